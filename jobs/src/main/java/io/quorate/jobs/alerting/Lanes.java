package io.quorate.jobs.alerting;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All lanes there are: by id, by the alerts in them, by the group that is open, and by when something is to be done. */
final class Lanes {

    private record Due(Instant at, String lane) implements Comparable<Due> {

        private static final Comparator<Due> ORDER =
                Comparator.comparing(Due::at).thenComparing(Due::lane);

        @Override
        public int compareTo(Due other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<String, Lane> byId = new LinkedHashMap<>();
    private final Map<String, Set<String>> byAlert = new HashMap<>();
    private final Map<String, String> openGroups = new HashMap<>();
    private final NavigableSet<Due> queue = new TreeSet<>();

    Collection<Lane> all() {
        return byId.values();
    }

    @Nullable
    Lane byId(@Nullable String id) {
        return id == null ? null : byId.get(id);
    }

    /** Those that this alert is in. */
    List<Lane> of(String alertId) {
        return byAlert.getOrDefault(alertId, Set.of()).stream()
                .map(byId::get)
                .map(Objects::requireNonNull)
                .toList();
    }

    /** The newest that takes alerts with these labels; null when there is none. */
    @Nullable
    Lane open(String receiver, String route, Map<String, String> labels) {
        return byId(openGroups.get(openKey(receiver, route, labels)));
    }

    /** Alerts with its labels join it from now on, where it stands for all that share them. */
    void enter(Lane lane, boolean open) {
        byId.put(lane.id(), lane);
        if (open) {
            openGroups.put(openKey(lane.receiver, lane.route, lane.labels), lane.id());
        }
        alertsOf(lane).forEach(alert -> index(alert, lane));
    }

    void index(String alertId, Lane lane) {
        byAlert.computeIfAbsent(alertId, id -> new TreeSet<>()).add(lane.id());
    }

    /** Returns the alerts that are in no lane any more. */
    List<String> leave(Lane lane) {
        byId.remove(lane.id());
        openGroups.remove(openKey(lane.receiver, lane.route, lane.labels), lane.id());
        schedule(lane, null);
        List<String> gone = new ArrayList<>();
        for (String alert : alertsOf(lane).toList()) {
            Set<String> others = byAlert.get(alert);
            if (others != null && others.remove(lane.id()) && others.isEmpty()) {
                byAlert.remove(alert);
                gone.add(alert);
            }
        }
        return gone;
    }

    /** Something is to be done for it then; nothing when null, until something happens. */
    void schedule(Lane lane, @Nullable Instant at) {
        if (lane.due != null) {
            queue.remove(new Due(lane.due, lane.id()));
        }
        lane.due = at;
        if (at != null) {
            queue.add(new Due(at, lane.id()));
        }
    }

    /** Takes out the first for which something is to be done by now; null when there is none. */
    @Nullable
    Lane due(Instant now) {
        if (queue.isEmpty() || queue.first().at().isAfter(now)) {
            return null;
        }
        Lane lane = Objects.requireNonNull(byId.get(queue.first().lane()));
        schedule(lane, null);
        return lane;
    }

    @Nullable
    Instant nextDue() {
        return queue.isEmpty() ? null : queue.first().at();
    }

    private static Stream<String> alertsOf(Lane lane) {
        return Stream.concat(
                lane.told.keySet().stream(),
                lane.waiting.stream().map(placed -> placed.alert().id()));
    }

    private static String openKey(String receiver, String route, Map<String, String> labels) {
        return receiver + '\n' + route + '\n' + labels;
    }
}
