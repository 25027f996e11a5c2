package io.quorate.cli.demo;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What Quorate has said so far, as its topics tell it; the screen and the report look here. */
final class View {

    private final Map<String, MemberStatus> statuses = new TreeMap<>();
    private final Map<String, MemberWindow> members = new TreeMap<>();
    private final Map<ScopeWindow.Scope, ScopeWindow> scopes = new TreeMap<>();
    private final List<LeaderChange> changes = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private long windows;

    synchronized void see(MemberStatus status) {
        statuses.put(status.endpoint(), status);
    }

    synchronized void see(MemberWindow window) {
        members.merge(window.member(), window, (old, now) -> now.windowEnd().isBefore(old.windowEnd()) ? old : now);
        windows++;
    }

    synchronized void see(ScopeWindow window) {
        scopes.merge(window.scope(), window, (old, now) -> now.windowEnd().isBefore(old.windowEnd()) ? old : now);
        windows++;
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

    synchronized List<MemberWindow> members() {
        return List.copyOf(members.values());
    }

    synchronized @Nullable ScopeWindow scope(ScopeWindow.Scope scope) {
        return scopes.get(scope);
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
