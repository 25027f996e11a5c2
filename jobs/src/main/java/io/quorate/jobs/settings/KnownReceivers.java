package io.quorate.jobs.settings;

import io.quorate.rules.yaml.Nearest;
import io.quorate.rules.yaml.YamlSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The receivers that a file names, by which others in it are judged. */
final class KnownReceivers {

    private final Reading reading;
    private final Map<String, Room> rooms = new LinkedHashMap<>();
    private boolean judged = true;

    KnownReceivers(Reading reading) {
        this.reading = reading;
    }

    /** Whether it is the first of that name. */
    boolean add(String name, Room room) {
        return rooms.putIfAbsent(name, room) == null;
    }

    /** One of them could not be read that far: of a name nobody knows then whether it is its. */
    void hidesOne() {
        judged = false;
    }

    /** Complains of a name at this place that is no receiver's. */
    void check(String pointer, String key, String name) {
        if (!judged || rooms.containsKey(name)) {
            return;
        }
        reading.problem(
                pointer,
                "'" + key + "' names " + YamlSchema.shown(name) + ", which is no receiver; "
                        + Nearest.of(name, rooms.keySet())
                                .map(near -> "did you mean '" + near + "'?")
                                .orElseGet(() -> rooms.isEmpty()
                                        ? "expected one of alerting.receivers, which are none"
                                        : "expected one of " + String.join(", ", rooms.keySet())));
    }

    /** Complains of fallbacks that are nobody, or that lead back to where they began. */
    void judgeFallbacks() {
        Set<String> ended = new HashSet<>();
        rooms.forEach((name, room) -> {
            if (room.has("fallback")) {
                check(room.at("fallback"), "fallback", fallback(room));
            }
            List<String> way = new ArrayList<>();
            String at = name;
            while (rooms.containsKey(at) && !ended.contains(at) && !way.contains(at)) {
                way.add(at);
                at = fallback(Objects.requireNonNull(rooms.get(at)));
            }
            if (way.contains(at)) {
                List<String> circle = new ArrayList<>(way.subList(way.indexOf(at), way.size()));
                circle.add(at);
                reading.problem(
                        Objects.requireNonNull(rooms.get(at)).at("fallback"),
                        "'fallback' leads back to where it began (" + String.join(" -> ", circle)
                                + "); expected an end: one of them without a fallback");
            }
            ended.addAll(way);
        });
    }

    /** Nobody's name where there is none. */
    private static String fallback(Room room) {
        return room.has("fallback") ? room.text("fallback", "") : "";
    }
}
