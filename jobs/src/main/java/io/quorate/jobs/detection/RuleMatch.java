package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import java.util.List;
import java.util.Objects;

/** The changes that made a level of a rule true, in order; the last one completed it. */
public record RuleMatch(String cluster, Alert.Severity severity, List<LeaderChange> changes) {

    public RuleMatch {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(changes, "changes");
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a match without changes");
        }
    }

    LeaderChange last() {
        return changes.get(changes.size() - 1);
    }
}
