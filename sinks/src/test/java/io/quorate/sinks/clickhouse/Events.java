package io.quorate.sinks.clickhouse;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.PollTally;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of each, at a time that lies well in the past, with every field that can be filled filled. */
final class Events {

    static final Instant AT = Instant.parse("2026-03-29T01:00:10.123Z");
    static final double[] EDGES = {0.001, 0.002, 0.004};

    private Events() {}

    static MemberWindow window(int version, Measures measures) {
        Instant start = Instant.parse("2026-03-29T01:00:00Z");
        return new MemberWindow(
                "prod", "c1", "m1", "a1", start, start.plus(Duration.ofSeconds(10)), true, version, measures);
    }

    static Measures measures() {
        return new Measures(
                List.of(
                        new Histogram("fsync", "", new BucketVector(EDGES, new long[] {50, 40, 9, 1}, 0.25)),
                        new Histogram("rtt", "To=\"a\\\"b\",x=\"1,2\"", BucketVector.empty(EDGES))),
                List.of(new Sample("failed_total", "", 7)),
                List.of(new Measures.GaugeRange("db_bytes", "", 1, 12, 4, 5, 3)));
    }

    static MemberStatus status() {
        return new MemberStatus(
                "prod",
                "c1",
                "m1",
                "a1",
                "http://m1:2379",
                AT,
                AT.plusMillis(1),
                "3.4.23",
                100,
                90,
                "a1",
                7,
                1000,
                999,
                true,
                List.of("alarm: NOSPACE", "quote ' and \\"),
                3,
                null,
                null);
    }

    static ClusterRoster roster() {
        return new ClusterRoster(
                "prod",
                "c1",
                AT,
                AT.plusMillis(1),
                List.of(
                        new ClusterRoster.Member("a1", "m1", false, List.of("http://m1:2379", "http://m1b:2379")),
                        new ClusterRoster.Member("a2", "", true, List.of())),
                Map.of("env", "prod", "az", "b"));
    }

    /** Two metrics, one of them perhaps missing. */
    static Coverage coverage(Instant at, @Nullable String missing) {
        List<String> all = List.of("etcd_server_has_leader", "grpc_server_handling_seconds");
        return new Coverage(
                "prod",
                "c1",
                "m1",
                "a1",
                "3.4.23",
                at,
                all.stream().filter(metric -> !metric.equals(missing)).toList(),
                missing == null
                        ? List.of()
                        : List.of(new Coverage.Missing(missing, "basic-metrics", "set the flag", true)));
    }

    static PollTally tally() {
        Instant minute = Instant.parse("2026-03-29T01:00:00Z");
        return new PollTally(
                "metrics",
                "prod/m1",
                "prod",
                minute,
                minute.plusSeconds(10),
                minute.plusMillis(60_500),
                50,
                60,
                56,
                1,
                List.of(new PollTally.Failed("http-status", 1), new PollTally.Failed("timeout", 2)));
    }

    static LeaderChange change() {
        return new LeaderChange(
                "prod", "c1", "m1", "a1", "m2", "a2", 8, AT, AT.plusMillis(400), LeaderChange.Planned.NO, 3);
    }

    /** Of one moment: two alarms of a member, and nothing but what is needed. */
    static ClusterEvent[] clusterEvents() {
        return new ClusterEvent[] {
            new ClusterEvent(
                    "prod", "c1", "m1", "a1", ClusterEvent.ALARM_RAISED, AT, null, "NOSPACE", "as m2 answered"),
            new ClusterEvent("prod", "c1", "m1", "a1", ClusterEvent.ALARM_RAISED, AT, null, "CORRUPT", null),
            new ClusterEvent("prod", null, null, null, "later-kind", AT, null, null, null)
        };
    }

    static Alert alert() {
        return new Alert(
                "0011223344556677",
                "EtcdElectionStorm",
                Alert.Severity.CRITICAL,
                "prod",
                "c1",
                null,
                null,
                Alert.Status.FIRING,
                AT.plusSeconds(1),
                AT,
                "three leader changes",
                "the disk",
                "fedcba9876543210",
                "runbooks/storm.md",
                List.of(new Alert.Evidence("leader change", "m1 -> m2", AT)));
    }

    /** Of one cell of a member, or of a cluster when there is none. */
    static RuleCoverage ruleCoverage(@Nullable String member, Instant at, String state) {
        boolean blind = state.equals(RuleCoverage.BLIND);
        return new RuleCoverage(
                "EtcdWalFsyncSlow",
                "prod",
                "c1",
                member,
                member == null ? null : "a1",
                at,
                state,
                blind ? "etcd_disk_wal_fsync_duration_seconds" : null,
                blind ? "not-scraped" : null,
                blind ? "nobody scrapes it" : null,
                "0011aabb");
    }

    static Notification notification() {
        return new Notification(
                "0011223344556677-critical",
                "fedcba9876543210",
                "0011223344556677",
                "EtcdElectionStorm",
                Alert.Severity.CRITICAL,
                "prod",
                null,
                Alert.Status.FIRING,
                "webhook",
                2,
                Notification.Outcome.DELIVERED,
                200,
                null,
                AT.plusSeconds(1),
                AT.plusSeconds(2));
    }

    static DeadLetter letter() {
        return new DeadLetter("member-scrape-0@17", "unreadable", "not JSON: \u00e4", null, "{\"a\":\n1", AT);
    }
}
