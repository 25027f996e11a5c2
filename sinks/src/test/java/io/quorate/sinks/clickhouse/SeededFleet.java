package io.quorate.sinks.clickhouse;

import io.quorate.events.Alert;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterEvent;
import io.quorate.events.Histogram;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Sample;
import io.quorate.events.ScopeWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Three clusters of three members for a minute, one of them with a bad disk and one with buckets of another layout; and
 * every single observation, so that a test can count for itself.
 */
final class SeededFleet {

    static final Instant BEGIN = Instant.parse("2026-03-29T01:00:00Z");
    static final Instant END = BEGIN.plusSeconds(60);
    static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    static final double[] EDGES = edges(0.001, 14);

    /** Shares 8, 32 and 512 ms with the others, but not 128 ms. */
    static final double[] OTHER_EDGES = {0.003, 0.008, 0.032, 0.1, 0.512, 3};

    private static final int WINDOWS = 6;

    /** Every fsync in seconds, by cluster and member. */
    final Map<String, Map<String, List<Double>>> fsyncs = new TreeMap<>();

    final List<MemberWindow> memberWindows = new ArrayList<>();
    final List<ScopeWindow> scopeWindows = new ArrayList<>();

    private final Random random = new Random(7);

    SeededFleet() {
        for (int i = 0; i < WINDOWS; i++) {
            Instant start = BEGIN.plusSeconds(10L * i);
            BucketVector fleet = null;
            for (String cluster : List.of("blue", "green", "red")) {
                BucketVector whole = null;
                for (String member : List.of("m1", "m2", "m3")) {
                    BucketVector own = observe(cluster, member);
                    memberWindows.add(window(cluster, member, start, own));
                    whole = whole == null ? own : whole.plus(own);
                }
                scopeWindows.add(scope(ScopeWindow.Scope.CLUSTER, cluster, start, whole));
                fleet = fleet == null ? whole : fleet.plus(whole);
            }
            scopeWindows.add(scope(ScopeWindow.Scope.FLEET, null, start, fleet));
        }
        // Of the open window: far too slow, and not to be counted yet.
        MemberWindow early = window("blue", "m1", END.minusSeconds(10), vector(EDGES, List.of(8.0, 8.0)));
        memberWindows.add(new MemberWindow(
                "blue", "blue-id", "m1", "m1-id", END.minusSeconds(10).plusMillis(1), END, false, 0, early.measures()));
    }

    /** Saves all of it, and what happened meanwhile. */
    void saveTo(ClickHouseSettings settings) throws Exception {
        Jobs.save(ClickHouseTables::saveMemberWindows, settings, memberWindows.toArray(MemberWindow[]::new));
        Jobs.save(ClickHouseTables::saveScopeWindows, settings, scopeWindows.toArray(ScopeWindow[]::new));
        Jobs.save(
                ClickHouseTables::saveLeaderChanges,
                settings,
                new LeaderChange(
                        "green",
                        "green-id",
                        "m1",
                        "m1-id",
                        "m2",
                        "m2-id",
                        8,
                        BEGIN.plusSeconds(25),
                        BEGIN.plusMillis(25_400),
                        LeaderChange.Planned.NO,
                        3));
        Jobs.save(
                ClickHouseTables::saveClusterEvents,
                settings,
                new ClusterEvent(
                        "green",
                        "green-id",
                        "m1",
                        "m1-id",
                        ClusterEvent.RESTARTED,
                        BEGIN.plusSeconds(24),
                        "09:00",
                        "01:00",
                        "its process began anew"));
        Jobs.save(
                ClickHouseTables::saveAlerts,
                settings,
                new Alert(
                        "0011223344556677",
                        "EtcdElectionStorm",
                        Alert.Severity.CRITICAL,
                        "green",
                        "green-id",
                        null,
                        null,
                        Alert.Status.FIRING,
                        BEGIN.plusSeconds(26),
                        BEGIN.plusSeconds(25),
                        "green changed its leader",
                        "the disk",
                        null,
                        "",
                        List.of()));
        Jobs.save(
                ClickHouseTables::saveMemberStatuses,
                settings,
                answer("m1", "m1-id", 0, 100, null),
                answer("m2", "m2-id", 1, 140, null),
                answer("m1", "m1-id", 2, 200, null),
                answer("m3", "m3-id", 3, 0, "timeout"));
        Jobs.save(
                ClickHouseTables::saveRuleCoverages,
                settings,
                cell("green", "m1", 10, RuleCoverage.BLIND),
                cell("green", "m1", 20, RuleCoverage.EVALUATED),
                cell("green", "m2", 10, RuleCoverage.EVALUATED),
                cell("green", "m2", 20, RuleCoverage.BLIND),
                cell("green", "m3", 20, RuleCoverage.BLIND),
                cell("blue", "m1", 20, RuleCoverage.TOO_FEW),
                cell("blue", null, 20, RuleCoverage.SHADOW));
        Jobs.save(
                ClickHouseTables::saveShadowAlerts,
                settings,
                shadow(Alert.Status.PENDING, 25),
                shadow(Alert.Status.FIRING, 45),
                shadow(Alert.Status.RESOLVED, 55));
        Jobs.save(ClickHouseTables::savePollTallies, settings, Events.tally());
        Jobs.save(ClickHouseTables::saveNotifications, settings, Events.notification());
    }

    private static RuleCoverage cell(String cluster, @Nullable String member, int second, String state) {
        boolean blind = state.equals(RuleCoverage.BLIND);
        return new RuleCoverage(
                member == null ? "EtcdNoQuorum" : "EtcdWalFsyncSlow",
                cluster,
                null,
                member,
                null,
                BEGIN.plusSeconds(second),
                state,
                blind ? FSYNC : null,
                blind ? "not-scraped" : null,
                blind ? "nobody scrapes it" : null,
                "0011aabb");
    }

    private static Alert shadow(Alert.Status status, int second) {
        return new Alert(
                "8899aabbccddeeff",
                "EtcdWalFsyncSlow",
                Alert.Severity.WARNING,
                "green",
                null,
                "m2",
                null,
                status,
                BEGIN.plusSeconds(second),
                BEGIN.plusSeconds(25),
                "the disk of m2 is slow",
                null,
                null,
                null,
                List.of());
    }

    /** Green's member m2 waits for its disk. */
    private BucketVector observe(String cluster, String member) {
        boolean bad = cluster.equals("green") && member.equals("m2");
        List<Double> seen = new ArrayList<>();
        for (int i = 0; i < 60 + random.nextInt(40); i++) {
            boolean slow = random.nextDouble() < (bad ? 0.3 : 0.004);
            // In whole microseconds, and never on an edge.
            seen.add((slow ? 150_000.5 + random.nextInt(300_000) : 100.5 + random.nextInt(6_000)) / 1e6);
        }
        fsyncs.computeIfAbsent(cluster, none -> new TreeMap<>())
                .computeIfAbsent(member, none -> new ArrayList<>())
                .addAll(seen);
        return vector(cluster.equals("red") && member.equals("m3") ? OTHER_EDGES : EDGES, seen);
    }

    private static BucketVector vector(double[] edges, List<Double> observations) {
        long[] counts = new long[edges.length + 1];
        for (double observed : observations) {
            int bucket = 0;
            while (bucket < edges.length && observed > edges[bucket]) {
                bucket++;
            }
            counts[bucket]++;
        }
        return new BucketVector(
                edges,
                counts,
                observations.stream().mapToDouble(Double::doubleValue).sum());
    }

    private static MemberWindow window(String cluster, String member, Instant start, BucketVector fsync) {
        return new MemberWindow(
                cluster,
                cluster + "-id",
                member,
                member + "-id",
                start,
                start.plusSeconds(10),
                false,
                1,
                new Measures(
                        List.of(
                                new Histogram(FSYNC, "", fsync),
                                new Histogram(
                                        "etcd_network_peer_round_trip_time_seconds",
                                        "To=\"" + (member.equals("m1") ? "m2" : "m1") + "-id\"",
                                        vector(edges(0.0001, 16), List.of(0.0011, 0.0012)))),
                        counters(member),
                        List.of(
                                gauge("etcd_mvcc_db_total_size_in_bytes", size(start)),
                                gauge("etcd_mvcc_db_total_size_in_use_in_bytes", size(start)),
                                gauge("etcd_server_quota_backend_bytes", 8L << 30),
                                gauge("etcd_server_is_leader", member.equals("m1") ? 1 : 0),
                                gauge("etcd_server_has_leader", 1))));
    }

    private static List<Sample> counters(String member) {
        return List.of(
                new Sample("etcd_server_proposals_failed_total", "", 1),
                new Sample("etcd_server_proposals_committed_total", "", 97),
                new Sample("etcd_server_heartbeat_send_failures_total", "", member.equals("m1") ? 2 : 0),
                new Sample("etcd_mvcc_put_total", "", 100),
                new Sample("process_cpu_seconds_total", "", 1),
                new Sample("grpc_server_handled_total", call("OK"), 95),
                new Sample("grpc_server_handled_total", call("Unavailable"), 5),
                new Sample("grpc_server_handled_total", call("NotFound"), 7),
                new Sample("etcd_debugging_mvcc_db_compaction_keys_total", "", 0));
    }

    private static String call(String code) {
        return "grpc_code=\"" + code + "\",grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"";
    }

    /** A mebibyte more in each window. */
    private static long size(Instant start) {
        return (64 + (start.getEpochSecond() - BEGIN.getEpochSecond()) / 10) << 20;
    }

    private static Measures.GaugeRange gauge(String metric, double value) {
        return new Measures.GaugeRange(metric, "", value, value, 1, value, value);
    }

    private static ScopeWindow scope(
            ScopeWindow.Scope scope, @Nullable String cluster, Instant start, @Nullable BucketVector fsync) {
        if (fsync == null) {
            throw new IllegalStateException("a scope has members");
        }
        return new ScopeWindow(
                scope,
                cluster,
                null,
                null,
                start,
                start.plusSeconds(10),
                3,
                false,
                1,
                new Measures(List.of(new Histogram(FSYNC, "", fsync)), counters("m1"), List.of()));
    }

    private static MemberStatus answer(
            String member, String memberId, int second, long index, @Nullable String failure) {
        Instant at = BEGIN.plusSeconds(30 + second);
        return new MemberStatus(
                "blue",
                "blue-id",
                member,
                memberId,
                "http://" + member + ":2379",
                at,
                at,
                failure == null ? "3.5.16" : null,
                1 << 20,
                1 << 19,
                failure == null ? "m1-id" : null,
                7,
                index,
                index,
                false,
                List.of(),
                3,
                failure,
                failure == null ? null : "not answered within 500 ms");
    }

    private static double[] edges(double first, int count) {
        double[] edges = new double[count];
        for (int i = 0; i < count; i++) {
            edges[i] = first * (1 << i);
        }
        return edges;
    }
}
