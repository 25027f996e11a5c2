package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rule's condition is true of a member or a cluster: told when it becomes so, while it stays so, and when it ends.
 *
 * @param rule the name of the rule whose condition it is
 * @param member name; null when it is true of the cluster
 * @param kind onset, still or clear
 * @param since the beginning of the first window that told it
 * @param from the beginning of the window that tells this
 * @param until the end of that window, exclusive
 * @param clusterSize voting members, as far as known; 0 when not
 * @param value what was measured, for people
 */
public record Symptom(
        String rule,
        String cluster,
        @Nullable String clusterId,
        @Nullable String member,
        @Nullable String memberId,
        Kind kind,
        Instant since,
        Instant from,
        Instant until,
        int clusterSize,
        String value) {

    public enum Kind {
        ONSET,
        STILL,
        CLEAR
    }

    public Symptom {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
        value = value == null ? "" : value;
    }
}
