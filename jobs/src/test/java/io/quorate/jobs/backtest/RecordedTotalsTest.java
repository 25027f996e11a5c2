package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.rules.RuleReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Peer pairs, methods of gRPC and what members' machines show: labels and totals of a whole backtest, against the raw lines,
 * counted by code that shares nothing with it.
 */
class RecordedTotalsTest {

    private static final String START_TIME = "process_start_time_seconds";
    private static final long NODE_FRESH_MILLIS = 70_000;

    private static final Set<String> PEER_COUNTERS = Set.of(
            "etcd_network_peer_sent_bytes_total",
            "etcd_network_peer_received_bytes_total",
            "etcd_network_peer_sent_failures_total");
    private static final Set<String> METHOD_COUNTERS = Set.of("grpc_server_started_total", "grpc_server_handled_total");
    private static final Set<String> HISTOGRAMS =
            Set.of("etcd_network_peer_round_trip_time_seconds", "grpc_server_handling_seconds");
    private static final Set<String> NODE_COUNTERS = Set.of(
            "node_cpu_seconds_total",
            "node_disk_io_time_seconds_total",
            "node_disk_io_time_weighted_seconds_total",
            "node_disk_reads_completed_total",
            "node_disk_read_time_seconds_total",
            "node_disk_writes_completed_total",
            "node_disk_write_time_seconds_total",
            "node_disk_flush_requests_total",
            "node_disk_flush_requests_time_seconds_total",
            "node_disk_read_bytes_total",
            "node_disk_written_bytes_total",
            "node_network_receive_bytes_total",
            "node_network_transmit_bytes_total",
            "node_network_receive_packets_total",
            "node_network_transmit_packets_total",
            "node_network_receive_drop_total",
            "node_network_transmit_errs_total",
            "node_netstat_Tcp_RetransSegs",
            "node_pressure_cpu_waiting_seconds_total",
            "node_pressure_io_waiting_seconds_total",
            "node_pressure_io_stalled_seconds_total");
    /** Made of memory, files, or other devices' time. */
    private static final List<String> NO_DEVICES =
            List.of("loop", "ram", "zram", "sr", "fd", "lo", "veth", "docker", "br-", "tap", "virbr");
    /** Rows at zero, of methods that nobody called, are left out. */
    private static final Set<String> SPARSE = METHOD_COUNTERS;

    /** What a series as it is written is: it is written the same again and again. */
    private static final Map<String, Optional<Figure>> SEEN = new HashMap<>();

    /** Both tests look at the same rows, which take their time. */
    private static final Map<String, List<Map<String, @Nullable Object>>> BACKTESTS = new HashMap<>();

    @TempDir
    Path folder;

    /** What is counted: a counter's increase, a histogram's sum, or how many of its observations lie at or below an edge. */
    private record Figure(String member, String metric, SortedMap<String, String> labels, String part) {}

    private record Reading(
            long time, Map<Figure, Double> values, @Nullable Double startedAt) {}

    @ParameterizedTest
    @ValueSource(strings = {"healthy", "storm", "kill", "quota", "slowdisk"})
    void areWhatTheRawLinesSay(String scenario) throws Exception {
        List<Map<String, @Nullable Object>> lines = lines(resource(scenario + ".jsonl.gz"));
        List<Map<String, @Nullable Object>> rows = backtest(resource(scenario + ".jsonl.gz"), lastMillis(lines));
        Map<Figure, Double> told = told(rows, "member");
        Map<Figure, Double> counted = counted(lines, lastWindowEnds(rows));

        assertThat(labels(told)).isEqualTo(labels(counted));
        assertThat(disagreements(counted, told)).isEmpty();

        assertThat(labelValues(told, "etcd_network_peer_round_trip_time_seconds", "To"))
                .as("to both others, of three members")
                .hasSize(3);
        assertThat(told.keySet().stream()
                        .filter(figure -> figure.metric().equals("etcd_network_peer_round_trip_time_seconds")
                                && figure.part().equals("sum")))
                .hasSize(6);
        assertThat(labelValues(told, "grpc_server_handled_total", "grpc_method"))
                .contains("Put", "Status");
        assertThat(labelValues(told, "grpc_server_handling_seconds", "grpc_method"))
                .as("also of methods that nobody called")
                .contains("Put", "Status", "Range", "Txn");
        assertThat(labelValues(told, "node_cpu_seconds_total", "mode")).contains("iowait", "idle", "user");
        assertThat(labelValues(told, "node_disk_written_bytes_total", "device")).containsExactly("vda");
        // It was busy, though not for ever.
        double busy = total(told, "node_cpu_seconds_total");
        assertThat(busy / 3)
                .as("processor seconds of two processors in about 150 s")
                .isBetween(200.0, 360.0);
        assertThat(total(told, "etcd_network_peer_sent_bytes_total")).isGreaterThan(1e6);
        noticesWhatIsOneMore(counted, told);
    }

    /** Where members' machines are one, adding them up would count it three times. */
    @ParameterizedTest
    @ValueSource(strings = {"healthy", "kill"})
    void ofMachinesStayWithTheMemberAndOfPeersAreAddedWithoutTheirNames(String scenario) throws Exception {
        List<Map<String, @Nullable Object>> lines = lines(resource(scenario + ".jsonl.gz"));
        List<Map<String, @Nullable Object>> rows = backtest(resource(scenario + ".jsonl.gz"), lastMillis(lines));

        for (String wider : List.of("cluster", "fleet")) {
            assertThat(rows)
                    .filteredOn(row -> wider.equals(row.get("scope")))
                    .isNotEmpty()
                    .extracting(row -> String.valueOf(row.get("metric")))
                    .noneMatch(RecordedTotalsTest::ofMachine);
            Map<Figure, Double> added = new HashMap<>();
            told(rows, "member").forEach((figure, value) -> {
                if (!ofMachine(figure.metric())) {
                    SortedMap<String, String> labels = new TreeMap<>(figure.labels());
                    labels.keySet().removeAll(Set.of("To", "From"));
                    added.merge(new Figure("", figure.metric(), labels, figure.part()), value, Double::sum);
                }
            });
            assertThat(disagreements(added, told(rows, wider))).as(wider).isEmpty();
        }
    }

    private static void noticesWhatIsOneMore(Map<Figure, Double> counted, Map<Figure, Double> told) {
        for (String metric : List.of(
                "etcd_network_peer_round_trip_time_seconds",
                "grpc_server_handled_total",
                "node_disk_written_bytes_total")) {
            Figure any = told.keySet().stream()
                    .filter(figure -> figure.metric().equals(metric))
                    .findFirst()
                    .orElseThrow();
            Map<Figure, Double> oneMore = new HashMap<>(told);
            oneMore.merge(any, 1.0, Double::sum);
            assertThat(disagreements(counted, oneMore)).hasSize(1);
        }
    }

    private static List<String> disagreements(Map<Figure, Double> expected, Map<Figure, Double> told) {
        Set<Figure> everything = new HashSet<>(expected.keySet());
        everything.addAll(told.keySet());
        List<String> disagreements = new ArrayList<>();
        for (Figure figure : everything) {
            Double wanted = expected.get(figure);
            Double found = told.get(figure);
            if (wanted == null || found == null) {
                disagreements.add((found == null ? "missing: " : "too many: ") + figure);
            } else if (Math.abs(wanted - found) > 1e-7 + 1e-12 * Math.abs(wanted)) {
                disagreements.add(found + " and not " + wanted + ": " + figure);
            }
        }
        return disagreements;
    }

    private static Set<String> labels(Map<Figure, Double> figures) {
        return figures.keySet().stream()
                .map(figure -> figure.member() + ' ' + figure.metric() + figure.labels())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labelValues(Map<Figure, Double> figures, String metric, String label) {
        return figures.keySet().stream()
                .filter(figure -> figure.metric().equals(metric))
                .map(figure -> Objects.requireNonNull(figure.labels().get(label)))
                .collect(Collectors.toSet());
    }

    private static double total(Map<Figure, Double> figures, String metric) {
        return figures.entrySet().stream()
                .filter(one -> one.getKey().metric().equals(metric))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    // What the backtest says.

    private static List<Map<String, @Nullable Object>> backtest(Path recording, long clock) throws Exception {
        String name = String.valueOf(recording.getFileName());
        List<Map<String, @Nullable Object>> known = BACKTESTS.get(name);
        if (known != null) {
            return known;
        }
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        Backtest.ofRecordings(
                        List.of(recording),
                        Instant.ofEpochMilli(clock),
                        WindowSettings.DEFAULT,
                        // Of windows; what rules say of them is another matter, and takes its time.
                        new Controls(List.of(RuleReader.shipped("EtcdElectionStorm")), List.of(), "fleet"))
                .run(StreamExecutionEnvironment.createLocalEnvironment(2), line -> {
                    String metric =
                            line.name().substring(0, Math.max(0, line.name().indexOf(' ')));
                    if (line.output() == Output.WINDOWS && (counts(metric) || ofMachine(metric))) {
                        Map<String, @Nullable Object> row = PlainJson.object(line.json());
                        if (end(row) - millis(row, "windowStart") == 10_000) {
                            rows.add(row);
                        }
                    }
                });
        BACKTESTS.put(name, rows);
        return rows;
    }

    private static boolean ofMachine(String metric) {
        return metric.startsWith("node_") || metric.equals("quorate_node_up");
    }

    private static Map<Figure, Double> told(List<Map<String, @Nullable Object>> rows, String scope) {
        Map<Figure, Double> totals = new HashMap<>();
        for (Map<String, @Nullable Object> row : rows) {
            String metric = String.valueOf(row.get("metric"));
            if (!scope.equals(row.get("scope")) || !counts(metric)) {
                continue;
            }
            String member = scope.equals("member") ? String.valueOf(row.get("member")) : "";
            SortedMap<String, String> labels = new TreeMap<>(PlainJson.<String>map(row.get("labels")));
            if (row.get("increase") instanceof BigDecimal increase) {
                totals.merge(new Figure(member, metric, labels, "increase"), increase.doubleValue(), Double::sum);
                continue;
            }
            totals.merge(
                    new Figure(member, metric, labels, "sum"),
                    ((BigDecimal) Objects.requireNonNull(row.get("sum"))).doubleValue(),
                    Double::sum);
            List<BigDecimal> edges = PlainJson.list(row.get("edges"));
            List<BigDecimal> counts = PlainJson.list(row.get("counts"));
            double upTo = 0;
            for (int i = 0; i < counts.size(); i++) {
                upTo += counts.get(i).doubleValue();
                String edge = i < edges.size() ? edge(edges.get(i).toPlainString()) : "+Inf";
                totals.merge(new Figure(member, metric, labels, "le " + edge), upTo, Double::sum);
            }
        }
        return totals;
    }

    private static Map<String, Long> lastWindowEnds(List<Map<String, @Nullable Object>> rows) {
        Map<String, Long> ends = new HashMap<>();
        rows.stream()
                .filter(row -> "member".equals(row.get("scope")))
                .forEach(row -> ends.merge(String.valueOf(row.get("member")), end(row), Math::max));
        return ends;
    }

    private static long end(Map<String, @Nullable Object> row) {
        return millis(row, "windowEnd");
    }

    private static long millis(Map<String, @Nullable Object> row, String field) {
        return Instant.parse(String.valueOf(row.get(field))).toEpochMilli();
    }

    // What the raw lines say.

    private static boolean counts(String metric) {
        return PEER_COUNTERS.contains(metric)
                || METHOD_COUNTERS.contains(metric)
                || HISTOGRAMS.contains(metric)
                || NODE_COUNTERS.contains(metric);
    }

    /** From each member's first reading to its last one before its last window ended. */
    private static Map<Figure, Double> counted(
            List<Map<String, @Nullable Object>> lines, Map<String, Long> lastWindowEnds) {
        List<Reading> nodes = new ArrayList<>();
        Map<String, List<Reading>> members = new TreeMap<>();
        for (Map<String, @Nullable Object> line : lines) {
            String member = String.valueOf(line.get("member"));
            if (line.containsKey("err")) {
                continue;
            }
            if ("node".equals(line.get("kind"))) {
                nodes.add(reading("", line));
            } else if ("metrics".equals(line.get("kind"))) {
                members.computeIfAbsent(member, unseen -> new ArrayList<>()).add(reading(member, line));
            }
        }
        Map<Figure, Double> totals = new HashMap<>();
        members.forEach((member, readings) -> {
            long end = Objects.requireNonNull(lastWindowEnds.get(member));
            readings.removeIf(reading -> reading.time() >= end);
            readings.sort(Comparator.comparingLong(Reading::time));
            count(readings, true, totals);
            // As of each of the member's readings, the newest page of its machine.
            List<Reading> machine = new ArrayList<>();
            for (Reading reading : readings) {
                nodes.stream()
                        .filter(node ->
                                node.time() <= reading.time() && node.time() >= reading.time() - NODE_FRESH_MILLIS)
                        .max(Comparator.comparingLong(Reading::time))
                        .ifPresent(node -> machine.add(of(member, node)));
            }
            count(machine, false, totals);
        });
        totals.keySet()
                .removeIf(figure -> SPARSE.contains(figure.metric())
                        && members.values().stream()
                                .flatMap(List::stream)
                                .noneMatch(reading -> reading.values().getOrDefault(figure, 0.0) > 0));
        return totals;
    }

    /** What is new on a page that was read before grew from nothing; but a machine is older than its first reading. */
    private static void count(List<Reading> readings, boolean ofProcess, Map<Figure, Double> totals) {
        Map<Figure, Double> last = new HashMap<>();
        Reading before = null;
        for (Reading reading : readings) {
            if (ofProcess
                    && before != null
                    && Math.abs(Objects.requireNonNull(reading.startedAt())
                                    - Objects.requireNonNull(before.startedAt()))
                            > 2) {
                last.clear();
            }
            for (Map.Entry<Figure, Double> now : reading.values().entrySet()) {
                double earlier = last.getOrDefault(now.getKey(), ofProcess ? 0.0 : now.getValue());
                double grown = before == null ? 0 : now.getValue() - earlier;
                assertThat(grown).as("%s shrank", now.getKey()).isNotNegative();
                totals.merge(now.getKey(), grown, Double::sum);
            }
            last.putAll(reading.values());
            before = reading;
        }
    }

    private static Reading of(String member, Reading node) {
        Map<Figure, Double> values = new HashMap<>();
        node.values()
                .forEach((figure, value) ->
                        values.put(new Figure(member, figure.metric(), figure.labels(), figure.part()), value));
        return new Reading(node.time(), values, null);
    }

    private static Reading reading(String member, Map<String, @Nullable Object> line) {
        Map<Figure, Double> values = new HashMap<>();
        Double[] startedAt = {null};
        String.valueOf(line.get("body")).lines().forEach(text -> {
            if (text.startsWith("#") || text.isBlank()) {
                return;
            }
            int blank = text.lastIndexOf(' ');
            double value = Double.parseDouble(text.substring(blank + 1));
            String series = text.substring(0, blank);
            if (series.equals(START_TIME)) {
                startedAt[0] = value;
                return;
            }
            Figure figure = SEEN.computeIfAbsent(
                            member + ' ' + series, unseen -> Optional.ofNullable(figure(member, series)))
                    .orElse(null);
            if (figure != null) {
                // Of processors, their times are added up by mode; anything else is there once.
                Double other = values.merge(figure, value, Double::sum);
                assertThat(other == value || figure.metric().equals("node_cpu_seconds_total"))
                        .as(text)
                        .isTrue();
            }
        });
        return new Reading(time(line), values, startedAt[0]);
    }

    private static @Nullable Figure figure(String member, String series) {
        int brace = series.indexOf('{');
        String name = brace < 0 ? series : series.substring(0, brace);
        SortedMap<String, String> labels =
                brace < 0 ? new TreeMap<>() : labels(series.substring(brace + 1, series.length() - 1));
        if (NODE_COUNTERS.contains(name)) {
            String device = labels.getOrDefault("device", "");
            labels.keySet().retainAll(Set.of("device", "mode"));
            return NO_DEVICES.stream().anyMatch(device::startsWith)
                    ? null
                    : new Figure(member, name, labels, "increase");
        }
        if (PEER_COUNTERS.contains(name) || METHOD_COUNTERS.contains(name)) {
            return new Figure(member, name, labels, "increase");
        }
        int underscore = name.lastIndexOf('_');
        String base = name.substring(0, Math.max(0, underscore));
        if (!HISTOGRAMS.contains(base) || name.endsWith("_count")) {
            return null;
        }
        String le = labels.remove("le");
        return new Figure(member, base, labels, le == null ? "sum" : "le " + edge(le));
    }

    private static String edge(String le) {
        return le.equals("+Inf") ? le : new BigDecimal(le).stripTrailingZeros().toPlainString();
    }

    /** No label of these holds a quote or a comma. */
    private static SortedMap<String, String> labels(String text) {
        SortedMap<String, String> labels = new TreeMap<>();
        for (String label : text.split(",", -1)) {
            int equals = label.indexOf('=');
            labels.put(label.substring(0, equals), label.substring(equals + 2, label.length() - 1));
        }
        return labels;
    }

    private static long time(Map<String, @Nullable Object> line) {
        return new BigDecimal(String.valueOf(line.get("t"))).movePointRight(3).longValueExact();
    }

    private static long lastMillis(List<Map<String, @Nullable Object>> lines) {
        return lines.stream().mapToLong(RecordedTotalsTest::time).max().orElseThrow();
    }

    private static List<Map<String, @Nullable Object>> lines(Path recording) throws Exception {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(recording)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                all.add(PlainJson.object(line));
            }
        }
        return all;
    }

    private Path resource(String name) throws Exception {
        Path copy = folder.resolve(name);
        if (!Files.exists(copy)) {
            try (var in = RecordedTotalsTest.class.getResourceAsStream("/recordings/" + name)) {
                Files.copy(Objects.requireNonNull(in, name), copy);
            }
        }
        return copy;
    }
}
