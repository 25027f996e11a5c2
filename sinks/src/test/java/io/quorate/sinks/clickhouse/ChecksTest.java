package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
        List<MemberWindow> members = new ArrayList<>();
        List<ScopeWindow> scopes = new ArrayList<>();
        for (int i = 0; i < WINDOWS; i++) {
            Instant start = BEGIN.plusSeconds(10L * i);
            Map<String, Histogram> fleet = new TreeMap<>();
            for (String cluster : List.of("blue", "green")) {
                Map<String, Histogram> sum = new TreeMap<>();
                for (String member : List.of("m1", "m2", "m3")) {
                    List<Histogram> histograms = histograms(cluster, member);
                    members.add(new MemberWindow(
                            cluster,
                            cluster + "-id",
                            member,
                            null,
                            start,
                            start.plusSeconds(10),
                            false,
                            0,
                            new Measures(histograms, List.of(), List.of())));
                    histograms.forEach(histogram -> add(sum, histogram));
                }
                sum.values().forEach(histogram -> add(fleet, histogram));
                scopes.add(scope(ScopeWindow.Scope.CLUSTER, cluster, start, sum));
            }
            scopes.add(scope(ScopeWindow.Scope.FLEET, null, start, fleet));
        }
        assertThat(Jobs.save(ClickHouseTables::saveMemberWindows, settings, members.toArray(MemberWindow[]::new)))
                .isEmpty();
        assertThat(Jobs.save(ClickHouseTables::saveScopeWindows, settings, scopes.toArray(ScopeWindow[]::new)))
                .isEmpty();
        keepHonest("member_window");
        keepHonest("scope_window");
    }

    @Test
    void findNothingInAnHonestRun() throws IOException {
        assertThat(run("checks/recompute_quantiles.sql")).isEmpty();
        assertThat(run("checks/recompute_sums.sql")).isEmpty();
    }

    @Test
    void sayHowMuchTheyCompared() throws IOException {
        assertThat(run("checks/summary.sql").lines().map(line -> line.split("\t")))
                .hasSize(5)
                .allSatisfy(row -> {
                    assertThat(Integer.parseInt(row[2]))
                            .as(String.join(" ", row))
                            .isGreaterThanOrEqualTo(2 * WINDOWS);
                    assertThat(Integer.parseInt(row[3]))
                            .as(String.join(" ", row))
                            .isGreaterThanOrEqualTo(100);
                    assertThat(row[4]).as(String.join(" ", row)).isEqualTo("0");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "member_window | quantile_value | arrayMap(v -> v * 1.00000000001, quantile_value)",
                "member_window | quantile_low   | arrayMap(v -> v + 1e-15, quantile_low)",
                "member_window | quantile_high  | arrayMap(v -> 9e9, quantile_high)",
                "member_window | quantile_value | []",
                "member_window | quantile_value | arrayMap(v -> nan, quantile_value)",
                "member_window | count          | count + 1",
                "scope_window  | quantile_value | arrayMap(v -> v * 1.00000000001, quantile_value)",
                "scope_window  | quantile_high  | arrayMap(v -> v * 2, quantile_high)"
            })
    void findAQuantileThatWasTamperedWith(String table, String column, String by) throws IOException {
        tamper(table, column, by);
        try {
            assertThat(run("checks/recompute_quantiles.sql").lines()).hasSize(1);
            assertThat(run("checks/recompute_sums.sql")).isEmpty();
        } finally {
            restore(table);
        }
        assertThat(run("checks/recompute_quantiles.sql")).isEmpty();
    }

    /** A member's row stands in one cluster's sum, a cluster's in its own comparison and in the fleet's. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "member_window | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 1",
                "scope_window  | counts | arrayMap((c, i) -> c + (i = 3), counts, arrayEnumerate(counts)) | 2",
                "scope_window  | edges  | arrayMap(e -> e * 1.0000000001, edges)                            | 2"
            })
    void findASumThatWasTamperedWith(String table, String column, String by, int differing) throws IOException {
        tamper(table, column, by);
        try {
            assertThat(run("checks/recompute_sums.sql").lines()).hasSize(differing);
        } finally {
            restore(table);
        }
        assertThat(run("checks/recompute_sums.sql")).isEmpty();
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
        } finally {
            restore("member_window");
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
                        + " FINAL WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND cluster = 'blue' AND window_start ="
                        + " '2026-11-02 23:55:00' AND counts[3] > 0 LIMIT 1");
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

    private List<Histogram> histograms(String cluster, String member) {
        double[] roundTrip = cluster.equals("green") && member.equals("m3") ? OTHER_LAYOUT : ROUND_TRIP;
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

    private static void add(Map<String, Histogram> sums, Histogram histogram) {
        String labels = Labels.without(histogram.labels(), List.of("To", "From", "Local", "Remote"));
        sums.merge(
                histogram.metric() + labels,
                new Histogram(histogram.metric(), labels, histogram.vector()),
                (some, more) -> new Histogram(
                        some.metric(), some.labels(), some.vector().plus(more.vector())));
    }

    private static ScopeWindow scope(
            ScopeWindow.Scope scope, @Nullable String cluster, Instant start, Map<String, Histogram> sums) {
        return new ScopeWindow(
                scope,
                cluster,
                null,
                null,
                start,
                start.plusSeconds(10),
                3,
                false,
                0,
                new Measures(List.copyOf(sums.values()), List.of(), List.of()));
    }

    private static double[] edges(double first, int count) {
        double[] edges = new double[count];
        for (int i = 0; i < count; i++) {
            edges[i] = first * (1 << i);
        }
        return edges;
    }
}
