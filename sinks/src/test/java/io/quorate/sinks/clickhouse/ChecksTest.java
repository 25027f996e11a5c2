package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An honest run of two clusters, and what becomes of the checks when somebody touches a row of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChecksTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final Path SQL = Path.of("src/main/resources/clickhouse");
    private static final int WINDOWS = 110;
    private static final Instant BEGIN = Instant.parse("2026-11-02T23:50:00Z");
    /** When cluster blue goes from region eu to ap. */
    private static final Instant MOVED = Instant.parse("2026-11-03T00:05:55Z");

    private static final List<String> SIZES = List.of("", "_1m", "_5m", "_1h", "_1d");
    private static final List<String> TABLES = Stream.of("member_window", "scope_window")
            .flatMap(table -> SIZES.stream().map(size -> table + size))
            .toList();

    private static final double[] FSYNC = edges(0.001, 14);
    private static final double[] ROUND_TRIP = edges(0.0001, 16);
    private static final double[] OTHER_LAYOUT = {0.0001 * 8, 0.003, 0.0001 * 64, 0.02, 0.0001 * 8192, 9};

    private final Random random = new Random(42);
    private ClickHouseSettings settings;
    private ClickHouseClient client;

    @BeforeAll
    void runHonestly() throws Exception {
        settings = Engine.databaseFor(ChecksTest.class);
        client = new ClickHouseClient(settings);
        List<MemberWindow> base = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            Instant start = BEGIN.plusSeconds(10L * i);
            for (String cluster : List.of("blue", "green")) {
                for (String member : List.of("m1", "m2", "m3")) {
                    base.add(member(
                            cluster, member, start, Duration.ofSeconds(10), histograms(cluster, member, i > 60)));
                }
            }
        }
        List<MemberWindow> members = new ArrayList<>(base);
        for (Duration size :
                List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1))) {
            members.addAll(longer(base, size));
        }
        assertThat(Jobs.save(ClickHouseTables::saveMemberWindows, settings, members.toArray(MemberWindow[]::new)))
                .isEmpty();
        assertThat(Jobs.save(
                        ClickHouseTables::saveScopeWindows,
                        settings,
                        wider(members).toArray(ScopeWindow[]::new)))
                .isEmpty();
        Jobs.save(
                ClickHouseTables::saveClusterRosters,
                settings,
                roster("blue", BEGIN.minus(Duration.ofDays(2)), Map.of("region", "eu", "az", "a")),
                roster("green", BEGIN.minus(Duration.ofDays(2)), Map.of("region", "us", "az", "a")),
                roster("blue", MOVED, Map.of("region", "ap", "az", "a")));
        for (String table : TABLES) {
            keepHonest(table);
        }
        keepHonest("cluster_roster");
    }

    @Test
    void findNothingInAnHonestRun() throws IOException {
        assertThat(run("checks/recompute_quantiles.sql")).isEmpty();
        assertThat(run("checks/recompute_sums.sql")).isEmpty();
        assertThat(run("checks/recompute_rollups.sql")).isEmpty();
    }

    @Test
    void sayHowMuchTheyCompared() throws IOException {
        Map<String, Verification.Check> checks = new TreeMap<>();
        Verification.of(settings)
                .checks()
                .forEach(check -> checks.put(check.name() + ' ' + check.scope() + ' ' + check.size(), check));
        for (String scope : List.of("member", "cluster", "group", "fleet")) {
            for (String size : List.of("base", "1m", "5m", "1h", "1d")) {
                assertThat(checks).containsKey("quantiles " + scope + ' ' + size);
                assertThat(checks.containsKey("sums " + scope + ' ' + size)).isEqualTo(!scope.equals("member"));
                assertThat(checks.containsKey("rollups " + scope + ' ' + size)).isEqualTo(!size.equals("base"));
            }
        }
        assertThat(checks).hasSize(20 + 15 + 16);
        assertThat(checks.values()).allSatisfy(check -> {
            assertThat(check.differing()).as(check.toString()).isZero();
            assertThat(check.rowsWithObservations()).as(check.toString()).isPositive();
            assertThat(check.rows())
                    .as(check.toString())
                    .isGreaterThanOrEqualTo(check.size().equals("base") ? 2 * WINDOWS : 1);
        });
        assertThat(Verification.of(settings).holds()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "member_window    | quantile_value | arrayMap(v -> v * 1.00000000001, quantile_value)",
                "member_window    | quantile_low   | arrayMap(v -> v + 1e-15, quantile_low)",
                "member_window    | quantile_high  | arrayMap(v -> 9e9, quantile_high)",
                "member_window    | quantile_value | []",
                "member_window    | quantile_value | arrayMap(v -> nan, quantile_value)",
                "member_window    | count          | count + 1",
                "member_window_1m | quantile_value | arrayMap(v -> v * 1.00000000001, quantile_value)",
                "member_window_5m | count          | count + 1",
                "member_window_1h | quantile_high  | arrayMap(v -> v * 2, quantile_high)",
                "member_window_1d | quantile_low   | arrayMap(v -> v + 1e-15, quantile_low)",
                "scope_window     | quantile_value | arrayMap(v -> v * 1.00000000001, quantile_value)",
                "scope_window     | quantile_high  | arrayMap(v -> v * 2, quantile_high)",
                "scope_window_1m  | quantile_value | []",
                "scope_window_5m  | count          | count + 1",
                "scope_window_1h  | quantile_value | arrayMap(v -> nan, quantile_value)",
                "scope_window_1d  | quantile_high  | arrayMap(v -> v * 2, quantile_high)"
            })
    void findAQuantileThatWasTamperedWith(String table, String column, String by) throws IOException {
        tamper(table, column, by);
        try {
            assertThat(run("checks/recompute_quantiles.sql").lines()).hasSize(1);
            assertThat(run("checks/recompute_sums.sql")).isEmpty();
            assertThat(run("checks/recompute_rollups.sql")).isEmpty();
        } finally {
            restore(table);
        }
        assertThat(run("checks/recompute_quantiles.sql")).isEmpty();
    }

    /**
     * A member's row stands in one cluster's sum, a cluster's in its own comparison, the fleet's and that of its two groups;
     * over time each in its own comparison, but for a base window, and in that of the next longer window, but for a day.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "member_window    | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1 | 1",
                "member_window_1m | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1 | 2",
                "member_window_5m | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1 | 2",
                "member_window_1h | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1 | 2",
                "member_window_1d | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1 | 1",
                "scope_window     | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 4 | 1",
                "scope_window_1m  | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 4 | 2",
                "scope_window_5m  | edges  | arrayMap(e -> e * 1.0000000001, edges)                          | 4 | 2",
                "scope_window_1h  | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 4 | 2",
                "scope_window_1d  | edges  | arrayMap(e -> e * 1.0000000001, edges)                          | 4 | 1",
                "scope_window     | edges  | arrayMap(e -> e * 1.0000000001, edges)                          | 4 | 1"
            })
    void findASumThatWasTamperedWith(String table, String column, String by, int sums, int rollUps) throws IOException {
        tamper(table, column, by);
        try {
            assertThat(run("checks/recompute_sums.sql").lines()).hasSize(sums);
            assertThat(run("checks/recompute_rollups.sql").lines()).hasSize(rollUps);
            assertThat(Verification.of(settings).holds()).isFalse();
        } finally {
            restore(table);
        }
        assertThat(run("checks/recompute_sums.sql")).isEmpty();
        assertThat(run("checks/recompute_rollups.sql")).isEmpty();
    }

    /** Windows from before a cluster's labels were told may stand in its groups or not. */
    @Test
    void leaveGroupsUndecidedUntilLabelsAreTold() throws IOException {
        client.execute("TRUNCATE TABLE cluster_roster");
        client.execute(
                "INSERT INTO cluster_roster SELECT * REPLACE (toDateTime64('2026-11-03 00:30:00', 3, 'UTC') AS observed_at)"
                        + " FROM honest_cluster_roster AS r WHERE r.observed_at < '2026-11-02 00:00:00'");
        tamper("scope_window", "counts", "arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts))");
        try {
            // Of region ap no roster tells then.
            assertThat(run("checks/recompute_sums.sql").lines().filter(line -> !line.contains("region=\"ap\"")))
                    .extracting(line -> line.split("\t")[0])
                    .containsExactlyInAnyOrder("cluster", "fleet");
        } finally {
            restore("scope_window");
            restore("cluster_roster");
        }
    }

    @Test
    void findASumThatIsMissing() throws IOException {
        client.execute(
                "INSERT INTO member_window SELECT * REPLACE ('alone' AS metric, 9 AS version) FROM member_window AS m"
                        + " FINAL WHERE m.metric = 'etcd_disk_wal_fsync_duration_seconds' AND window_start = '2026-11-02 23:55:00' LIMIT 1");
        try {
            assertThat(run("checks/recompute_sums.sql").lines())
                    .singleElement()
                    .asString()
                    .contains("\talone\t");
            assertThat(run("checks/recompute_rollups.sql").lines())
                    .singleElement()
                    .asString()
                    .startsWith("member\t1m\t")
                    .contains("\talone\t");
        } finally {
            restore("member_window");
        }
    }

    @ParameterizedTest
    @CsvSource({"member_window", "scope_window"})
    void leaveEarlyRowsOut(String table) throws IOException {
        String before = run("checks/summary.sql");
        client.execute("INSERT INTO " + table + " SELECT * REPLACE (0 AS version, [7] AS counts,"
                + " w.window_start + INTERVAL 1 HOUR AS window_start, w.window_end + INTERVAL 1 HOUR AS window_end) FROM "
                + table + " AS w FINAL");
        try {
            assertThat(run("checks/summary.sql")).isEqualTo(before);
        } finally {
            restore(table);
        }
    }

    /** Shorter windows are kept for a shorter time, and a longer one is not wrong when they go. */
    @Test
    void missNothingThatMayHaveGone() throws IOException {
        client.execute("INSERT INTO member_window_1m SELECT * REPLACE (now64(3) - INTERVAL 6 DAY AS written_at,"
                + " w.version + 1 AS version) FROM member_window_1m AS w FINAL");
        client.execute("TRUNCATE TABLE member_window");
        client.execute("INSERT INTO member_window SELECT * REPLACE (now64(3) - INTERVAL 6 DAY AS written_at)"
                + " FROM honest_member_window WHERE toSecond(window_start) != 20");
        try {
            assertThat(run("checks/recompute_rollups.sql")).isEmpty();
        } finally {
            restore("member_window");
            restore("member_window_1m");
        }
    }

    @Test
    void compareEverythingWhereNothingExpires() throws IOException {
        String before = run("checks/summary.sql");
        client.execute("ALTER TABLE scope_window REMOVE TTL");
        client.execute("ALTER TABLE member_window REMOVE TTL");
        try {
            assertThat(run("checks/summary.sql")).isEqualTo(before);
        } finally {
            Retention.DEFAULT.applyTo(settings);
        }
    }

    @Test
    void tellAnEpisodeInOneRow() throws Exception {
        Jobs.save(ClickHouseTables::saveAlerts, settings, Events.alert());
        assertThat(client.execute("SELECT id, severity, fired_at, resolved_at, last_status, cause FROM alert_episode"))
                .isEqualTo("0011223344556677\tcritical\t2026-03-29 01:00:11.123\t\\N\tfiring\tthe disk\n");
    }

    private String run(String file) throws IOException {
        return client.execute(Files.readString(SQL.resolve(file)));
    }

    /** Writes one row again, in a higher version. */
    private void tamper(String table, String column, String by) throws IOException {
        client.execute(
                "INSERT INTO " + table + " SELECT * REPLACE (" + by + " AS " + column + ", 9 AS version) FROM " + table
                        + " FINAL WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND cluster = 'blue'"
                        + " AND '2026-11-02 23:55:00' >= window_start AND '2026-11-02 23:55:00' < window_end"
                        + " AND counts[3] > 0 LIMIT 1");
        assertThat(client.execute("SELECT count() FROM " + table + " FINAL WHERE version = 9"))
                .isEqualTo("1\n");
    }

    /** From a copy: a merge may have dropped the honest version already. */
    private void restore(String table) throws IOException {
        client.execute("TRUNCATE TABLE " + table);
        client.execute("INSERT INTO " + table + " SELECT * FROM honest_" + table);
    }

    private void keepHonest(String table) throws IOException {
        client.execute("CREATE TABLE honest_" + table + " AS " + table);
        client.execute("INSERT INTO honest_" + table + " SELECT * FROM " + table + " FINAL");
    }

    /** Layouts differ among members, and with an upgrade also from one window to the next. */
    private List<Histogram> histograms(String cluster, String member, boolean upgraded) {
        boolean other = cluster.equals("green") && (member.equals("m3") || member.equals("m2") && upgraded);
        double[] roundTrip = other ? OTHER_LAYOUT : ROUND_TRIP;
        return List.of(
                new Histogram("etcd_disk_wal_fsync_duration_seconds", "", vector(FSYNC, 200)),
                new Histogram("grpc", "grpc_method=\"Put,To=x\"", vector(FSYNC, random.nextInt(3))),
                new Histogram("peer_rtt", "To=\"a\\\",\\\\b\"", vector(roundTrip, 20)),
                new Histogram("peer_rtt", "To=\"c\"", vector(roundTrip, 20)),
                new Histogram("edgeless", "", new BucketVector(new double[0], new long[] {random.nextInt(9)}, 1)),
                new Histogram("sorted", "A=\"1\",From=\"a\",Z=\"2\"", vector(FSYNC, 5)));
    }

    private BucketVector vector(double[] edges, int most) {
        long[] counts = new long[edges.length + 1];
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            counts[Math.min(edges.length, (int) (Math.abs(random.nextGaussian()) * edges.length / 3))]++;
        }
        return new BucketVector(edges, counts, random.nextDouble());
    }

    private static MemberWindow member(
            String cluster, String member, Instant start, Duration size, List<Histogram> histograms) {
        return new MemberWindow(
                cluster,
                cluster + "-id",
                member,
                null,
                start,
                start.plus(size),
                false,
                1,
                new Measures(histograms, List.of(), List.of()));
    }

    private static List<MemberWindow> longer(List<MemberWindow> base, Duration size) {
        Map<List<Object>, Map<String, Histogram>> sums = new LinkedHashMap<>();
        for (MemberWindow window : base) {
            long start = Math.floorDiv(window.windowStart().getEpochSecond(), size.toSeconds()) * size.toSeconds();
            Map<String, Histogram> sum = sums.computeIfAbsent(
                    List.of(window.cluster(), window.member(), Instant.ofEpochSecond(start)), key -> new TreeMap<>());
            window.measures().histograms().forEach(histogram -> add(sum, histogram, List.of()));
        }
        return sums.entrySet().stream()
                .map(sum -> member(
                        (String) sum.getKey().get(0),
                        (String) sum.getKey().get(1),
                        (Instant) sum.getKey().get(2),
                        size,
                        List.copyOf(sum.getValue().values())))
                .toList();
    }

    private static List<ScopeWindow> wider(List<MemberWindow> members) {
        Map<ScopeWindow, Map<String, Histogram>> sums = new LinkedHashMap<>();
        for (MemberWindow window : members) {
            boolean blue = window.cluster().equals("blue");
            String region = !blue ? "us" : window.windowEnd().isBefore(MOVED) ? "eu" : "ap";
            List<ScopeWindow> scopes = List.of(
                    scope(
                            ScopeWindow.Scope.CLUSTER,
                            window.cluster(),
                            null,
                            window.windowStart(),
                            window.windowEnd(),
                            Measures.NONE),
                    scope(
                            ScopeWindow.Scope.GROUP,
                            null,
                            "az=\"a\"",
                            window.windowStart(),
                            window.windowEnd(),
                            Measures.NONE),
                    scope(
                            ScopeWindow.Scope.GROUP,
                            null,
                            "region=\"" + region + '"',
                            window.windowStart(),
                            window.windowEnd(),
                            Measures.NONE),
                    scope(
                            ScopeWindow.Scope.FLEET,
                            null,
                            null,
                            window.windowStart(),
                            window.windowEnd(),
                            Measures.NONE));
            for (ScopeWindow scope : scopes) {
                Map<String, Histogram> sum = sums.computeIfAbsent(scope, key -> new TreeMap<>());
                window.measures()
                        .histograms()
                        .forEach(histogram -> add(sum, histogram, List.of("To", "From", "Local", "Remote")));
            }
        }
        return sums.entrySet().stream()
                .map(sum -> scope(
                        sum.getKey().scope(),
                        sum.getKey().cluster(),
                        sum.getKey().group(),
                        sum.getKey().windowStart(),
                        sum.getKey().windowEnd(),
                        new Measures(List.copyOf(sum.getValue().values()), List.of(), List.of())))
                .toList();
    }

    private static void add(Map<String, Histogram> sums, Histogram histogram, List<String> without) {
        String labels = Labels.without(histogram.labels(), without);
        sums.merge(
                histogram.metric() + labels,
                new Histogram(histogram.metric(), labels, histogram.vector()),
                (some, more) -> new Histogram(
                        some.metric(), some.labels(), some.vector().plus(more.vector())));
    }

    private static ScopeWindow scope(
            ScopeWindow.Scope scope,
            @Nullable String cluster,
            @Nullable String group,
            Instant start,
            Instant end,
            Measures measures) {
        return new ScopeWindow(scope, cluster, null, group, start, end, 3, false, 1, measures);
    }

    private static ClusterRoster roster(String cluster, Instant at, Map<String, String> labels) {
        return new ClusterRoster(cluster, cluster + "-id", at, at, List.of(), labels);
    }

    private static double[] edges(double first, int count) {
        double[] edges = new double[count];
        for (int i = 0; i < count; i++) {
            edges[i] = first * (1 << i);
        }
        return edges;
    }
}
