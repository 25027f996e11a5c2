package io.quorate.jobs.ledger;

import io.quorate.events.Alert.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One episode of an alert: all transitions of one id.
 *
 * @param member name; null when it is about the whole cluster
 * @param severity the worst while it fired; of one that never fired, the worst while it was pending
 * @param startedAt the time of what first made the rule true
 * @param pendingAt null when it was never pending
 * @param firedAt null when it never fired
 * @param resolvedAt null when it is not over, or never fired
 * @param transitions how many
 * @param cause the last that was told; null when none is known
 * @param root the member that the last told cause comes of; null when it is none
 * @param partOf what larger it was part of at last; null for nothing
 * @param summary the last
 * @param told the severities of the messages that people get of it, in order; that it is over is not among them
 */
public record Episode(
        String id,
        String rule,
        String cluster,
        @Nullable String member,
        Severity severity,
        Instant startedAt,
        @Nullable Instant pendingAt,
        @Nullable Instant firedAt,
        @Nullable Instant resolvedAt,
        int transitions,
        @Nullable String cause,
        @Nullable String root,
        @Nullable String partOf,
        String summary,
        List<Severity> told) {

    public Episode {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(summary, "summary");
        told = List.copyOf(told);
    }

    public boolean fired() {
        return firedAt != null;
    }

    /** Whether it fires still. */
    public boolean isOpen() {
        return firedAt != null && resolvedAt == null;
    }

    /** Whether anybody is told of it. */
    public boolean notifies() {
        return !told.isEmpty();
    }

    /** How many messages of severity critical; one at most. */
    public int pages() {
        return messages(Severity.CRITICAL);
    }

    /** How many messages of severity warning; an episode that is a warning first and critical later has one of each. */
    public int warnings() {
        return messages(Severity.WARNING);
    }

    int messages(Severity severity) {
        return (int) told.stream().filter(severity::equals).count();
    }

    /** When people know: the time at which it fires, of one that does. */
    Instant knownAt() {
        return Objects.requireNonNull(firedAt, "an episode that never fired is known to nobody");
    }

    /** Of whom it speaks: {@code lab-1 m2}, or the cluster alone. */
    String who() {
        return member == null ? cluster : cluster + " " + member;
    }
}
