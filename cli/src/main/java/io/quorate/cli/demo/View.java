package io.quorate.cli.demo;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What Quorate has said so far, as its topics tell it; the screen and the report look here. */
final class View {

    /** Windows of one scope that are kept: the sums of a window follow its members' rows by one or two. */
    private static final int RECENT = 6;

    private final Map<String, MemberStatus> statuses = new TreeMap<>();
    private final Map<String, NavigableMap<Instant, MemberWindow>> members = new TreeMap<>();
    private final Map<ScopeWindow.Scope, NavigableMap<Instant, ScopeWindow>> scopes = new TreeMap<>();
    private final List<LeaderChange> changes = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private long windows;

    /**
     * One window at every scope, so that the rows add up.
     *
     * @param members by name; without those that have no row for it
     */
    record Windows(
            Instant start, Instant end, Map<String, MemberWindow> members, ScopeWindow cluster, ScopeWindow fleet) {}

    synchronized void see(MemberStatus status) {
        statuses.put(status.endpoint(), status);
    }

    synchronized void see(MemberWindow window) {
        if (!WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd())) {
            return;
        }
        NavigableMap<Instant, MemberWindow> recent = members.computeIfAbsent(window.member(), any -> new TreeMap<>());
        recent.merge(window.windowEnd(), window, (old, now) -> now.version() < old.version() ? old : now);
        forget(recent);
        windows++;
    }

    synchronized void see(ScopeWindow window) {
        if (!WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd())) {
            return;
        }
        NavigableMap<Instant, ScopeWindow> recent = scopes.computeIfAbsent(window.scope(), any -> new TreeMap<>());
        recent.merge(window.windowEnd(), window, (old, now) -> now.version() < old.version() ? old : now);
        forget(recent);
        windows++;
    }

    private static void forget(NavigableMap<Instant, ?> recent) {
        if (recent.size() > RECENT) {
            recent.pollFirstEntry();
        }
    }

    synchronized void see(LeaderChange change) {
        boolean known = changes.stream().anyMatch(other -> other.raftTerm() == change.raftTerm());
        if (!known) {
            changes.add(change);
        }
    }

    synchronized void see(Alert alert) {
        if (!alerts.contains(alert)) {
            alerts.add(alert);
        }
    }

    synchronized List<MemberStatus> statuses() {
        return statuses.values().stream()
                .sorted(Comparator.comparing(MemberStatus::member))
                .toList();
    }

    /** Whether each of them answers under its own name: until the first member list came, it is known by its address. */
    synchronized boolean knows(Collection<String> names) {
        return statuses.values().stream()
                .filter(MemberStatus::answered)
                .map(MemberStatus::member)
                .collect(Collectors.toSet())
                .containsAll(names);
    }

    /** Those that ever had a window. */
    synchronized Set<String> members() {
        return new TreeSet<>(members.keySet());
    }

    /** The newest window whose members, cluster and fleet are all here; null before the first. */
    synchronized @Nullable Windows newest() {
        NavigableMap<Instant, ScopeWindow> clusters = scopes.getOrDefault(ScopeWindow.Scope.CLUSTER, new TreeMap<>());
        NavigableMap<Instant, ScopeWindow> fleets = scopes.getOrDefault(ScopeWindow.Scope.FLEET, new TreeMap<>());
        for (ScopeWindow cluster : clusters.descendingMap().values()) {
            ScopeWindow fleet = fleets.get(cluster.windowEnd());
            Map<String, MemberWindow> rows = rows(cluster.windowEnd());
            if (fleet != null && cluster.members() == rows.size() && fleet.members() == rows.size()) {
                return new Windows(cluster.windowStart(), cluster.windowEnd(), rows, cluster, fleet);
            }
        }
        return null;
    }

    private Map<String, MemberWindow> rows(Instant end) {
        Map<String, MemberWindow> rows = new TreeMap<>();
        members.forEach((member, recent) -> {
            MemberWindow window = recent.get(end);
            if (window != null) {
                rows.put(member, window);
            }
        });
        return rows;
    }

    synchronized List<LeaderChange> changes() {
        return List.copyOf(changes);
    }

    synchronized List<Alert> alerts() {
        return List.copyOf(alerts);
    }

    /** Windows of every scope, corrections included. */
    synchronized long windows() {
        return windows;
    }
}
