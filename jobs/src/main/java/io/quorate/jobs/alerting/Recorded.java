package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger holds beyond the last checkpoint: after a crash everything since then comes again, and what the ledger
 * says is settled is not sent a second time.
 */
final class Recorded {

    private final Map<String, Instant> settled = new HashMap<>();
    private final Map<String, String> groups = new HashMap<>();
    private final Map<String, String> planned = new HashMap<>();
    private final Map<String, Set<String>> messages = new HashMap<>();
    private final Map<String, Map<String, Instant>> sent = new TreeMap<>();

    static Recorded nothing() {
        return new Recorded();
    }

    static Recorded of(List<Notification> lines) {
        Recorded recorded = new Recorded();
        lines.forEach(recorded::add);
        recorded.planned.keySet().removeAll(recorded.settled.keySet());
        return recorded;
    }

    private void add(Notification line) {
        String transition = transition(line.receiver(), Keys.of(line));
        if (line.group() != null) {
            groups.put(transition(line.receiver(), line.alertId()), line.group());
        }
        if (line.outcome() == Outcome.PLANNED) {
            planned.put(transition, line.key());
            messages.computeIfAbsent(transition(line.receiver(), line.key()), key -> new TreeSet<>())
                    .add(Keys.of(line));
        } else if (line.outcome() != Outcome.RETRIED && !line.receiver().equals(Notification.NOBODY)) {
            settled.put(transition, line.attemptedAt());
        }
        if (line.outcome() == Outcome.DELIVERED) {
            sent.computeIfAbsent(line.receiver(), receiver -> new LinkedHashMap<>())
                    .put(line.key(), line.attemptedAt());
        }
    }

    private static String transition(String receiver, String key) {
        return receiver + ' ' + key;
    }

    /** When this was settled with this receiver; null when it was not. */
    @Nullable
    Instant settledAt(String receiver, Alert alert) {
        return settled.get(transition(receiver, Keys.of(alert)));
    }

    /** The group in which this receiver was told of this alert; null when it was not. */
    @Nullable
    String groupOf(String receiver, Alert alert) {
        return groups.get(transition(receiver, alert.id()));
    }

    /** The message that was to tell this receiver of this; null when none was planned, or it is settled. */
    @Nullable
    String messageOf(String receiver, Alert alert) {
        return planned.get(transition(receiver, Keys.of(alert)));
    }

    /** What waits and was to be told in one message, the first of which all has come; nothing where none is whole. */
    List<PlacedAlert> wholeMessage(Lane lane) {
        Set<String> asked = new HashSet<>();
        for (PlacedAlert first : lane.waiting) {
            String message = messageOf(lane.receiver, first.alert());
            if (message != null && asked.add(message)) {
                List<PlacedAlert> those = of(message, lane, lane.waiting);
                if (those.size() == toldBy(lane.receiver, message).size() && !overtakes(those, lane.waiting)) {
                    return those;
                }
            }
        }
        return List.of();
    }

    /** What waits, may be told now and was to be told in no message. */
    List<PlacedAlert> neverPlanned(Lane lane) {
        return lane.nextNews().stream()
                .filter(placed -> messageOf(lane.receiver, placed.alert()) == null)
                .toList();
    }

    /** What has come of the message that was to tell what waits first. */
    List<PlacedAlert> partOfMessage(Lane lane) {
        List<PlacedAlert> news = lane.nextNews();
        return of(String.valueOf(messageOf(lane.receiver, news.get(0).alert())), lane, news);
    }

    private List<PlacedAlert> of(String message, Lane lane, List<PlacedAlert> waiting) {
        return waiting.stream()
                .filter(placed -> message.equals(messageOf(lane.receiver, placed.alert())))
                .toList();
    }

    /** Whether something earlier of the same alert waits for another message. */
    private static boolean overtakes(List<PlacedAlert> those, List<PlacedAlert> waiting) {
        return those.stream()
                .anyMatch(placed -> waiting.subList(0, waiting.indexOf(placed)).stream()
                        .anyMatch(earlier ->
                                earlier.alert().id().equals(placed.alert().id())));
    }

    /** All that is still this message's to tell. */
    private Set<String> toldBy(String receiver, String message) {
        return messages.getOrDefault(transition(receiver, message), Set.of()).stream()
                .filter(key -> message.equals(planned.get(transition(receiver, key))))
                .collect(Collectors.toSet());
    }

    /** That message is sent: what it was to tell and did not belongs to no message any more. */
    void spend(String receiver, String message) {
        toldBy(receiver, message).forEach(key -> planned.remove(transition(receiver, key)));
    }

    /** When each receiver was sent something. */
    Map<String, List<Instant>> sent() {
        Map<String, List<Instant>> times = new TreeMap<>();
        sent.forEach((receiver, byKey) -> times.put(
                receiver, new ArrayList<>(byKey.values()).stream().sorted().toList()));
        return times;
    }
}
