package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.prometheus.NodeJoin;
import io.quorate.ingest.prometheus.PrometheusHistory.Limits;
import io.quorate.ingest.prometheus.PrometheusSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples that a real Prometheus took of the recorded clusters, against the scrapes that are made of them. */
class PrometheusRangeHistoryTest {

    /** An eighth of the recorder's scrape interval: each scrape lies on a border, and most borders between scrapes. */
    private static final Duration CHUNK = Duration.ofMillis(250);

    private static final Limits QUICK =
            new Limits(Duration.ofMinutes(10), 16 << 20, Duration.ofSeconds(60), 1, Duration.ZERO);

    @ParameterizedTest
    @CsvSource({"healthy, 0", "storm, 1", "kill, 1", "quota, 0", "slowdisk, 0"})
    void bringsEachSampleOnceAtItsOwnTime(String scenario, int leastFailed) throws Exception {
        List<Map<String, Object>> series = series(scenario);
        TreeMap<String, Double> expected = counted(series);
        assertThat(expected).hasSizeGreaterThan(2000);
        assertThat(expected.keySet().stream().filter(key -> key.endsWith(" failed")))
                .hasSizeGreaterThanOrEqualTo(leastFailed);
        try (FakeRangeApi api = new FakeRangeApi(series)) {
            PrometheusRangeHistory history =
                    new PrometheusRangeHistory(PrometheusSettings.of(api.url()), Set.of(), QUICK);

            assertThat(read(history, series, Duration.ofHours(1))).isEqualTo(expected);
        }
    }

    @Tag("slow")
    @Test
    void isTheSameInChunks() throws Exception {
        List<Map<String, Object>> series = series("kill");
        try (FakeRangeApi api = new FakeRangeApi(series)) {
            PrometheusRangeHistory history = new PrometheusRangeHistory(
                    PrometheusSettings.of(api.url()), Set.of("etcd_server_has_leader"), QUICK);

            TreeMap<String, Double> whole = read(history, series, Duration.ofHours(1));

            assertThat(whole).hasSizeGreaterThan(200);
            assertThat(whole.keySet()).noneMatch(key -> key.contains("wal_fsync"));
            assertThat(read(history, series, CHUNK)).isEqualTo(whole);
        }
    }

    @Test
    void tellsTheLabelsOfAClusterBeforeItsFirstScrape() throws Exception {
        List<Map<String, Object>> series = series("healthy");
        try (FakeRangeApi api = new FakeRangeApi(series);
                History.Reader reader = new PrometheusRangeHistory(
                                labelled(api.url()), Set.of("etcd_server_has_leader"), QUICK)
                        .open(Instant.EPOCH)) {
            List<Happened> happened =
                    new ArrayList<>(reader.chunk(first(series), first(series).plusSeconds(30)));
            happened.addAll(
                    reader.chunk(first(series).plusSeconds(30), last(series).plusSeconds(1)));

            assertThat(happened).filteredOn(one -> one.roster() != null).hasSize(1);
            ClusterRoster roster = Objects.requireNonNull(happened.get(0).roster());
            assertThat(roster.cluster()).isEqualTo("healthy");
            assertThat(roster.labels()).containsExactly(Map.entry("env", "prod"));
            assertThat(roster.tellsMembers()).isFalse();
            assertThat(happened).extracting(Happened::at).isSorted();
        }
    }

    @Test
    void saysWhatItLacks() {
        PrometheusSettings settings = PrometheusSettings.of("http://prometheus.example:9090");
        PrometheusRangeHistory bare = new PrometheusRangeHistory(settings, Set.of(), QUICK);
        PrometheusRangeHistory joined = new PrometheusRangeHistory(
                settings.with(new NodeJoin("{job=\"node\"}", null, null, null)), Set.of(), QUICK);

        assertThat(bare.grain()).isEqualTo(History.Grain.SCRAPES);
        assertThat(bare.lacks()).hasSize(5).allMatch(sentence -> sentence.endsWith("."));
        assertThat(joined.lacks()).isEqualTo(bare.lacks().subList(0, 4));
        assertThat(bare.tells()).containsExactlyInAnyOrder(History.Kind.WINDOWS, History.Kind.COVERAGE);
        assertThat(joined.tells()).contains(History.Kind.MACHINES);
    }

    /** Flink takes it along to where it reads. */
    @Test
    void travels() throws Exception {
        PrometheusRangeHistory history = new PrometheusRangeHistory(
                labelled("http://127.0.0.1:1").only(Set.of("c1")), Set.of("etcd_server_has_leader"), Limits.DEFAULT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(history);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
                History.Reader reader = ((History) in.readObject()).open(Instant.EPOCH)) {
            assertThatThrownBy(() -> reader.chunk(Instant.EPOCH, Instant.EPOCH.plusSeconds(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("http://127.0.0.1:1 does not tell its history: refused: ");
        }
    }

    private static PrometheusSettings labelled(String url) {
        PrometheusSettings usual = PrometheusSettings.of(url);
        return new PrometheusSettings(
                url,
                usual.selector(),
                usual.clusterLabel(),
                null,
                null,
                usual.interval(),
                usual.timeout(),
                usual.transport(),
                List.of(),
                Map.of("env", "prod"),
                null);
    }

    private static TreeMap<String, Double> read(
            PrometheusRangeHistory history, List<Map<String, Object>> series, Duration chunk) throws IOException {
        TreeMap<String, Double> read = new TreeMap<>();
        Instant end = last(series).plusMillis(1);
        try (History.Reader reader = history.open(first(series))) {
            for (Instant from = first(series); from.isBefore(end); from = from.plus(chunk)) {
                Instant to = from.plus(chunk).isBefore(end) ? from.plus(chunk) : end;
                for (Happened happened : reader.chunk(from, to)) {
                    assertThat(happened.at()).isBetween(from, to.minusMillis(1));
                    note(Objects.requireNonNull(happened.scrape()), read);
                }
            }
        }
        return read;
    }

    private static void note(MemberScrape scrape, TreeMap<String, Double> into) {
        String whose = scrape.member() + ' ' + scrape.observedAt().toEpochMilli() + ' ';
        if (!scrape.answered()) {
            assertThat(into.put(whose + "failed", 0.0)).as("once").isNull();
        }
        scrape.counters().forEach(one -> once(into, whose + one.metric() + one.labels(), one.value()));
        scrape.gauges().forEach(one -> once(into, whose + one.metric() + one.labels(), one.value()));
        scrape.histograms().forEach(one -> {
            long cumulative = 0;
            long[] counts = one.vector().counts();
            for (int i = 0; i < counts.length; i++) {
                cumulative += counts[i];
                double edge = i < counts.length - 1 ? one.vector().edges()[i] : Double.POSITIVE_INFINITY;
                once(into, whose + one.metric() + one.labels() + ' ' + edge, cumulative);
            }
            once(
                    into,
                    whose + one.metric() + one.labels() + " sum",
                    one.vector().sum());
        });
    }

    private static void once(TreeMap<String, Double> into, String key, double value) {
        assertThat(into.put(key, value)).as(key).isNull();
    }

    /**
     * The samples one by one, without putting scrapes together. The export has the sum of one histogram alone: the others are
     * left out as what makes no sense.
     */
    private static TreeMap<String, Double> counted(List<Map<String, Object>> series) {
        TreeMap<String, Double> counted = new TreeMap<>();
        Set<String> answered = new TreeSet<>();
        for (Map<String, Object> one : ofEtcd(series)) {
            Map<String, String> labels = new TreeMap<>(PlainJson.<String>map(one.get("metric")));
            String name = Objects.requireNonNull(labels.get("__name__"));
            String member = labels.get("member");
            for (List<Object> sample : PlainJson.<List<Object>>list(one.get("values"))) {
                String whose = member + ' ' + millis(sample) + ' ';
                double value = Double.parseDouble(String.valueOf(sample.get(1)));
                if (name.equals("up")) {
                    if (value == 0) {
                        counted.put(whose + "failed", 0.0);
                    } else {
                        answered.add(whose);
                    }
                } else if (name.startsWith("etcd_disk_wal_fsync_duration_seconds")) {
                    String part = name.substring("etcd_disk_wal_fsync_duration_seconds".length());
                    if (part.equals("_bucket")) {
                        String le = Objects.requireNonNull(labels.get("le"));
                        double edge = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
                        counted.put(whose + "etcd_disk_wal_fsync_duration_seconds " + edge, value);
                    } else if (part.equals("_sum")) {
                        counted.put(whose + "etcd_disk_wal_fsync_duration_seconds sum", value);
                    }
                } else {
                    Metric metric = Catalogue.shipped().metric(name);
                    if (metric != null && (value > 0 || !metric.sparse())) {
                        counted.put(whose + name, value);
                    }
                }
            }
        }
        assertThat(answered).isNotEmpty();
        return counted;
    }

    private static List<Map<String, Object>> ofEtcd(List<Map<String, Object>> series) {
        return series.stream()
                .filter(one ->
                        "etcd".equals(PlainJson.<String>map(one.get("metric")).get("job")))
                .toList();
    }

    private static Instant first(List<Map<String, Object>> series) {
        return Instant.ofEpochMilli(times(series).first());
    }

    private static Instant last(List<Map<String, Object>> series) {
        return Instant.ofEpochMilli(times(series).last());
    }

    private static TreeSet<Long> times(List<Map<String, Object>> series) {
        TreeSet<Long> times = new TreeSet<>();
        ofEtcd(series)
                .forEach(one ->
                        PlainJson.<List<Object>>list(one.get("values")).forEach(sample -> times.add(millis(sample))));
        return times;
    }

    private static long millis(List<Object> sample) {
        return ((BigDecimal) sample.get(0)).movePointRight(3).longValueExact();
    }

    private static List<Map<String, Object>> series(String scenario) throws IOException {
        try (var in = PrometheusRangeHistoryTest.class.getResourceAsStream(
                "/recordings/" + scenario + ".prometheus.json.gz")) {
            Map<String, List<Map<String, Object>>> raw = PlainJson.map(PlainJson.object(new String(
                            new GZIPInputStream(Objects.requireNonNull(in, scenario)).readAllBytes(),
                            StandardCharsets.UTF_8))
                    .get("raw"));
            return raw.values().stream().flatMap(List::stream).toList();
        }
    }
}
