package io.quorate.jobs.settings;

import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.jobs.alerting.routes.Route.Escalation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code alerting.routes}: every alert must come to an end of them, and every one of them must be reached. */
final class RouteReader {

    private static final String OFF = "off";

    private final Reading reading;
    private final Room alerting;
    private final KnownReceivers known;

    RouteReader(Reading reading, Room alerting, KnownReceivers known) {
        this.reading = reading;
        this.alerting = alerting;
        this.known = known;
    }

    /** Those that can be used. */
    List<Route> routes() {
        if (!alerting.has("routes")) {
            return List.of();
        }
        List<Room> rooms = alerting.rooms("routes");
        List<Route> routes = new ArrayList<>();
        for (Room room : rooms) {
            Route route = route(room);
            if (route != null) {
                routes.add(route);
            }
        }
        // Between routes of which one was refused, nothing can be said.
        boolean whole =
                routes.size() == reading.file().root().at(alerting.at("routes")).size();
        if (whole && rooms.stream().noneMatch(room -> room.spoilt("where") || room.spoilt("continue"))) {
            judge(rooms, routes);
        }
        return routes;
    }

    private @Nullable Route route(Room room) {
        String name = room.text("name", "refused");
        reading.once(
                room,
                List.of("name"),
                "route " + name,
                "'name' is " + name + " a second time; expected a name each, as groups are known by it");
        @Nullable List<LabelMatcher> where = where(room);
        List<String> receivers = names(room, "receivers");
        List<String> groupBy = room.texts("group-by", Route.DEFAULT_GROUP_BY);
        Duration wait = room.duration("group-wait", Route.DEFAULT_GROUP_WAIT);
        // Of two durations one of which was refused nothing can be said.
        boolean judged = !room.spoilt("group-wait") && !room.spoilt("group-for");
        Duration open = judged ? room.duration("group-for", atLeast(wait, Route.DEFAULT_GROUP_FOR)) : wait;
        Duration repeat = OFF.equals(room.text("repeat")) ? null : room.duration("repeat", Route.DEFAULT_REPEAT);
        List<Escalation> escalations = room.has("escalate") ? room.each("escalate", this::escalation) : List.of();
        boolean goesOn = room.flag("continue", false);
        if (where == null) {
            return null;
        }
        return reading.built(
                room.pointer(),
                () -> new Route(name, where, receivers, groupBy, wait, open, repeat, escalations, goesOn));
    }

    /** Null when it cannot be read. */
    private @Nullable List<LabelMatcher> where(Room room) {
        String text = room.text("where");
        return text == null ? List.of() : reading.built(room.at("where"), () -> LabelMatcher.parse(text));
    }

    private @Nullable Escalation escalation(Room room) {
        Duration after = room.duration("after", Duration.ofSeconds(1));
        List<String> to = names(room, "to");
        return reading.built(room.pointer(), () -> new Escalation(after, to));
    }

    private List<String> names(Room room, String key) {
        List<String> names = room.texts(key);
        for (int i = 0; i < names.size(); i++) {
            String pointer = room.at(key) + "/" + i;
            if (!reading.spoilt(pointer)) {
                known.check(pointer, key + "[" + i + "]", names.get(i));
            }
        }
        // One who must be there and was refused is told of already.
        return names.isEmpty() ? List.of("refused") : names;
    }

    private static Duration atLeast(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void judge(List<Room> rooms, List<Route> routes) {
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            for (Route before : routes.subList(0, i)) {
                if (before.takesAllOf(route)) {
                    reading.problem(
                            rooms.get(i).pointer(),
                            "route " + route.name() + " is never reached, as " + before.name()
                                    + " takes all that it would; expected it before that one, or continue: true there");
                    break;
                }
            }
        }
        int last = routes.size() - 1;
        if (!routes.get(last).where().isEmpty()) {
            reading.problem(
                    rooms.get(last).at("where"),
                    "'where' stands in the last route: alerts that no route takes would be lost; expected a last route"
                            + " without where");
        }
    }
}
