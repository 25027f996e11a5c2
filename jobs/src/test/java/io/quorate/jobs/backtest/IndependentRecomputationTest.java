package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.backtest.Recomputation.Metrics;
import io.quorate.jobs.backtest.Recomputation.Where;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleReader;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every figure of a backtest's windows, against a recomputation that shares nothing with it. */
class IndependentRecomputationTest {

    private static final Metrics METRICS = new Metrics(
            Set.of(
                    "etcd_disk_wal_fsync_duration_seconds",
                    "etcd_disk_backend_commit_duration_seconds",
                    "etcd_network_peer_round_trip_time_seconds",
                    "grpc_server_handling_seconds",
                    "etcd_disk_backend_snapshot_duration_seconds",
                    "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds"),
            Set.of(
                    "etcd_server_proposals_failed_total",
                    "etcd_mvcc_put_total",
                    "process_cpu_seconds_total",
                    "etcd_server_heartbeat_send_failures_total",
                    "etcd_disk_wal_write_bytes_total",
                    "etcd_network_peer_sent_bytes_total",
                    "etcd_network_peer_received_bytes_total",
                    "etcd_network_peer_sent_failures_total",
                    "etcd_network_disconnected_peers_total",
                    "etcd_server_leader_changes_seen_total"),
            Set.of("etcd_server_leader_changes_seen_total"),
            Set.of(
                    "etcd_mvcc_db_total_size_in_bytes",
                    "etcd_server_proposals_pending",
                    "etcd_server_has_leader",
                    "etcd_network_active_peers"));

    private static final double TOLERANCE = 1e-9;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"healthy, 2900", "storm, 3300", "kill, 3100", "quota, 3100", "slowdisk, 3600"})
    void everyWindowIsWhatTheRawLinesSay(String scenario, int leastRows) throws Exception {
        holdsAgainstRecomputation(leastRows, resource(scenario + ".jsonl.gz"));
    }

    @Test
    void twoClustersAtTheSameTimeAreOneFleet() throws Exception {
        Path storm = resource("storm.jsonl.gz");
        // Moved onto the time of the storm, and by no whole number of windows.
        Path kill = moved(resource("kill.jsonl.gz"), -173);

        Map<Where, SortedMap<String, Double>> rows = holdsAgainstRecomputation(6000, storm, kill);

        assertThat(rows.keySet().stream()
                        .filter(where -> where.scope().equals("cluster"))
                        .map(Where::cluster))
                .contains("storm", "kill");
    }

    private static Map<Where, SortedMap<String, Double>> holdsAgainstRecomputation(int leastRows, Path... recordings)
            throws Exception {
        Recomputation recomputation = new Recomputation(METRICS, 10_000);
        for (Path recording : recordings) {
            recomputation.read(recording);
        }
        Map<Where, SortedMap<String, Double>> expected = recomputation.rows();
        Map<Where, SortedMap<String, Double>> told = told(recomputation.lastRecordAt(), recordings);

        assertThat(disagreements(expected, told)).isEmpty();
        assertThat(told).hasSizeGreaterThanOrEqualTo(leastRows);
        assertThat(told.values().stream().filter(figures -> figures.containsKey("quantiles.0.99.value")))
                .hasSizeGreaterThan(told.size() / 20);
        noticesEveryTampering(expected, told);
        return told;
    }

    private static void noticesEveryTampering(
            Map<Where, SortedMap<String, Double>> expected, Map<Where, SortedMap<String, Double>> told) {
        Where histogram = told.keySet().stream()
                .filter(where -> where.metric().equals("etcd_disk_wal_fsync_duration_seconds")
                        && where.scope().equals("member"))
                .findFirst()
                .orElseThrow();
        SortedMap<String, Double> figures = Objects.requireNonNull(told.get(histogram));

        for (String figure : List.of("count", "counts[3]")) {
            assertThat(disagreements(expected, with(told, histogram, changed(figures, figure, 1))))
                    .as("%s is one more", figure)
                    .hasSize(1);
        }
        double gap = Objects.requireNonNull(figures.get("gap"));
        assertThat(disagreements(expected, with(told, histogram, changed(figures, "gap", 1 - 2 * gap))))
                .as("gap is flipped")
                .hasSize(1);
        assertThat(disagreements(expected, with(told, histogram, changed(figures, "sum", 1e-6))))
                .as("sum is a microsecond more")
                .hasSize(1);

        Map<Where, SortedMap<String, Double>> oneLess = new HashMap<>(told);
        oneLess.remove(histogram);
        assertThat(disagreements(expected, oneLess)).as("a row is missing").hasSize(1);
        assertThat(disagreements(oneLess, told)).as("a row too many").hasSize(1);
    }

    private static SortedMap<String, Double> changed(SortedMap<String, Double> figures, String figure, double by) {
        SortedMap<String, Double> changed = new TreeMap<>(figures);
        changed.merge(figure, by, Double::sum);
        return changed;
    }

    private static Map<Where, SortedMap<String, Double>> with(
            Map<Where, SortedMap<String, Double>> rows, Where where, SortedMap<String, Double> figures) {
        Map<Where, SortedMap<String, Double>> changed = new HashMap<>(rows);
        changed.put(where, figures);
        return changed;
    }

    private static List<String> disagreements(
            Map<Where, SortedMap<String, Double>> expected, Map<Where, SortedMap<String, Double>> told) {
        List<String> disagreements = new ArrayList<>();
        Set<Where> everywhere = new HashSet<>(expected.keySet());
        everywhere.addAll(told.keySet());
        for (Where where : everywhere) {
            SortedMap<String, Double> recomputed = expected.get(where);
            SortedMap<String, Double> figures = told.get(where);
            if (recomputed == null || figures == null) {
                disagreements.add((figures == null ? "missing: " : "too many: ") + where);
                continue;
            }
            Set<String> names = new HashSet<>(recomputed.keySet());
            names.addAll(figures.keySet());
            for (String name : names) {
                Double wanted = recomputed.get(name);
                Double found = figures.get(name);
                if (wanted == null || found == null || !same(name, wanted, found)) {
                    disagreements.add(name + " is " + found + " and not " + wanted + ": " + where);
                }
            }
        }
        return disagreements;
    }

    private static boolean same(String figure, double wanted, double found) {
        if (figure.startsWith("count") || figure.startsWith("edges") || figure.equals("gap")) {
            return wanted == found;
        }
        // Sums are differences of large numbers: their last digits depend on the order of subtraction.
        double noise = figure.equals("sum") || figure.equals("increase") ? 1e-12 : 0;
        return Math.abs(wanted - found) <= TOLERANCE * Math.max(Math.abs(wanted), Math.abs(found)) + noise;
    }

    private static Map<Where, SortedMap<String, Double>> told(long clock, Path... recordings) throws Exception {
        List<Line> lines = new ArrayList<>();
        Backtest.ofRecordings(
                        List.of(recordings),
                        Instant.ofEpochMilli(clock),
                        WindowSettings.DEFAULT,
                        // Of windows; what rules say of them is another matter, and takes its time.
                        new Controls(List.of(RuleReader.shipped("EtcdElectionStorm")), List.of(), "fleet"))
                .run(StreamExecutionEnvironment.createLocalEnvironment(2), lines::add);
        Map<Where, SortedMap<String, Double>> rows = new HashMap<>();
        for (Line line : lines) {
            if (line.output() == Output.WINDOWS) {
                Map<String, @Nullable Object> row = PlainJson.object(line.json());
                if (METRICS.contain(String.valueOf(row.get("metric")))) {
                    Where where = where(row);
                    assertThat(rows.put(where, figures(row)))
                            .as("a second %s", where)
                            .isNull();
                }
            }
        }
        return rows;
    }

    private static Where where(Map<String, @Nullable Object> row) {
        long start = Instant.parse(String.valueOf(row.get("windowStart"))).toEpochMilli();
        assertThat(Instant.parse(String.valueOf(row.get("windowEnd"))).toEpochMilli())
                .isEqualTo(start + 10_000);
        return new Where(
                String.valueOf(row.get("scope")),
                (String) row.get("cluster"),
                (String) row.get("member"),
                String.valueOf(row.get("metric")),
                new TreeMap<>(PlainJson.<String>map(row.get("labels"))),
                start);
    }

    private static SortedMap<String, Double> figures(Map<String, @Nullable Object> row) {
        SortedMap<String, Double> figures = new TreeMap<>();
        row.forEach((name, value) -> {
            if (value instanceof BigDecimal number && !name.equals("version")) {
                figures.put(name, number.doubleValue());
            } else if (value instanceof Boolean flag) {
                figures.put(name, flag ? 1.0 : 0.0);
            } else if (value instanceof Collection<?> numbers) {
                int i = 0;
                for (Object number : numbers) {
                    figures.put(name + "[" + i++ + "]", ((BigDecimal) number).doubleValue());
                }
            } else if (name.equals("quantiles")) {
                PlainJson.<Map<String, @Nullable BigDecimal>>map(value)
                        .forEach((quantile, bracket) -> bracket.forEach((part, number) -> {
                            if (number != null) {
                                figures.put("quantiles." + quantile + "." + part, number.doubleValue());
                            }
                        }));
            }
        });
        return figures;
    }

    private Path moved(Path recording, long seconds) throws Exception {
        Path moved = folder.resolve("moved.jsonl");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(recording)), StandardCharsets.UTF_8));
                BufferedWriter out = Files.newBufferedWriter(moved)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                BigDecimal time = new BigDecimal(line.substring("{\"t\":".length(), comma));
                out.write("{\"t\":" + time.add(BigDecimal.valueOf(seconds)).toPlainString() + line.substring(comma));
                out.write('\n');
            }
        }
        return moved;
    }

    private Path resource(String name) throws Exception {
        Path copy = folder.resolve(name);
        try (var in = IndependentRecomputationTest.class.getResourceAsStream("/recordings/" + name)) {
            assertThat(in).as(name).isNotNull();
            Files.copy(Objects.requireNonNull(in), copy);
        }
        return copy;
    }
}
