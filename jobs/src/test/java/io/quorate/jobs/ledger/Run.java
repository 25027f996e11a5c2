package io.quorate.jobs.ledger;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run said, told in seconds since {@link #T0}: {@code run.of("Rule", "c1", "m1").fires(10, CRITICAL).ends(20)}.
 */
final class Run {

    static final Instant T0 = Instant.parse("2026-11-20T12:00:00Z");

    private final List<Alert> alerts = new ArrayList<>();

    /** The episode that is told of. */
    final class Told {

        private final String rule;
        private final String cluster;
        private final @Nullable String member;
        private @Nullable String partOf;
        private @Nullable String root;
        private @Nullable Instant startedAt;
        private Severity severity = Severity.WARNING;

        private Told(String rule, String cluster, @Nullable String member) {
            this.rule = rule;
            this.cluster = cluster;
            this.member = member;
        }

        Told within(@Nullable String larger) {
            partOf = larger;
            return this;
        }

        Told because(String rootMember) {
            root = rootMember;
            return this;
        }

        Told pends(int at, Severity how) {
            return is(Status.PENDING, at, how);
        }

        Told fires(int at, Severity how) {
            return is(Status.FIRING, at, how);
        }

        Told becomes(int at, Severity how) {
            return is(Status.UPDATED, at, how);
        }

        Run ends(int at) {
            is(Status.RESOLVED, at, severity);
            return Run.this;
        }

        /** It goes on. */
        Run stays() {
            return Run.this;
        }

        private Told is(Status status, int seconds, Severity how) {
            Instant at = T0.plusSeconds(seconds);
            startedAt = startedAt == null ? at : startedAt;
            severity = how;
            alerts.add(new Alert(
                    Alert.idOf(rule, cluster, member, startedAt),
                    rule,
                    how,
                    cluster,
                    null,
                    member,
                    null,
                    status,
                    at,
                    startedAt,
                    rule + " of " + cluster + " " + status,
                    root == null ? null : "the disk of " + root + " is slow",
                    partOf,
                    null,
                    root == null ? List.of() : List.of(new Evidence("root member", root, at))));
            return this;
        }
    }

    Told of(String rule, String cluster, @Nullable String member) {
        return new Told(rule, cluster, member);
    }

    List<Alert> alerts() {
        return List.copyOf(alerts);
    }

    Ledger ledger() {
        return Ledger.of(alerts);
    }
}
