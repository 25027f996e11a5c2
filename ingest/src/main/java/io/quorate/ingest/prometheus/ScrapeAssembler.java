package io.quorate.ingest.prometheus;

import io.quorate.events.BucketVector;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the samples of one scrape of one member together. A series that makes no sense is left out and named; the rest of
 * the scrape stands. Equal samples make equal scrapes, in whatever order they come.
 */
public final class ScrapeAssembler {

    private static final String PROCESS_START = "process_start_time_seconds";
    private static final int NAMED = 5;

    private final Map<SeriesKey, Sample> counters = new HashMap<>();
    private final Map<SeriesKey, Sample> gauges = new HashMap<>();
    private final Map<SeriesKey, Buckets> histograms = new HashMap<>();
    private final List<String> refused = new ArrayList<>();
    private @Nullable String memberId;
    private @Nullable Double processStartSeconds;
    private int samples;

    private record SeriesKey(String metric, String labels) {}

    /** Takes one sample. */
    public void add(Series series, double value) {
        samples++;
        SeriesKey key = new SeriesKey(series.metric().name(), series.labels());
        switch (series.part()) {
            case MEMBER_ID -> memberId = series.labels().isEmpty() ? memberId : series.labels();
            case BUCKET ->
                histograms.computeIfAbsent(key, unseen -> new Buckets()).add(series.edge(), value);
            case SUM -> histograms.computeIfAbsent(key, unseen -> new Buckets()).sum(value);
            case SHARE -> addShare(series, key, value);
            case VALUE -> {
                if (series.metric().kind() == Metric.Kind.COUNTER) {
                    addCounter(series, key, value);
                } else {
                    addGauge(series, key, value);
                }
            }
        }
    }

    private void addShare(Series series, SeriesKey key, double value) {
        if (!Double.isFinite(value) || value < 0) {
            refuse(series.text() + ": a counter cannot be " + value);
            return;
        }
        counters.merge(
                key,
                new Sample(key.metric(), key.labels(), value),
                (one, other) -> new Sample(key.metric(), key.labels(), one.value() + other.value()));
    }

    private void addCounter(Series series, SeriesKey key, double value) {
        if (!Double.isFinite(value) || value < 0) {
            refuse(series.text() + ": a counter cannot be " + value);
        } else if (value > 0 || !series.metric().sparse()) {
            put(counters, series, key, value);
        }
    }

    private void addGauge(Series series, SeriesKey key, double value) {
        if (!Double.isFinite(value)) {
            refuse(series.text() + ": a gauge cannot be " + value);
            return;
        }
        if (key.metric().equals(PROCESS_START) && key.labels().isEmpty()) {
            processStartSeconds = value;
        }
        put(gauges, series, key, value);
    }

    private void put(Map<SeriesKey, Sample> into, Series series, SeriesKey key, double value) {
        if (into.putIfAbsent(key, new Sample(key.metric(), key.labels(), value)) != null) {
            refuse(series.text() + ": twice in one scrape, the first one counts");
        }
    }

    /** What is known of the member's machine at the time of its scrape. To be told once the scrape itself is whole. */
    void join(NodeReading node) {
        ScrapeAssembler page = node.page();
        SeriesKey up = new SeriesKey(
                Catalogue.NODE_UP, Labels.of(page == null ? Map.of("why", node.why()) : Map.of("node", node.node())));
        gauges.put(up, new Sample(up.metric(), up.labels(), page == null ? 0 : 1));
        if (page != null) {
            counters.putAll(page.counters);
            gauges.putAll(page.gauges);
            refused.addAll(page.refused);
        }
    }

    /** The labels of each series of this metric. */
    List<Map<String, String>> labelsOf(String metric) {
        return Stream.concat(counters.keySet().stream(), gauges.keySet().stream())
                .filter(key -> key.metric().equals(metric))
                .map(key -> Labels.parse(key.labels()))
                .toList();
    }

    /** Forgets the series of metrics that begin so, but for those with these labels. */
    void keepOnly(String prefix, Predicate<Map<String, String>> labels) {
        for (Map<SeriesKey, Sample> samplesOf : List.of(counters, gauges)) {
            samplesOf
                    .keySet()
                    .removeIf(key -> key.metric().startsWith(prefix) && !labels.test(Labels.parse(key.labels())));
        }
    }

    void refuse(String what) {
        refused.add(what);
    }

    /** Whether no sample of the catalogue came. */
    public boolean isEmpty() {
        return samples == 0;
    }

    int samples() {
        return samples;
    }

    /** So many series of counters and gauges; those that are added up are one. */
    int series() {
        return counters.size() + gauges.size();
    }

    /** The scrape. To be asked once, at the end. */
    public MemberScrape scrape(String cluster, String member, String source, Instant observedAt, Instant ingestedAt) {
        List<Histogram> vectors = new ArrayList<>(histograms.size());
        histograms.forEach((key, buckets) -> {
            try {
                vectors.add(new Histogram(key.metric(), key.labels(), buckets.vector()));
            } catch (IllegalArgumentException e) {
                refuse(key.metric() + (key.labels().isEmpty() ? "" : "{" + key.labels() + "}") + ": " + e.getMessage());
            }
        });
        vectors.sort(Comparator.comparing(Histogram::metric).thenComparing(Histogram::labels));
        return new MemberScrape(
                cluster,
                null,
                member,
                memberId,
                source,
                observedAt,
                ingestedAt,
                processStartSeconds,
                null,
                vectors,
                sorted(counters.values()),
                sorted(gauges.values()));
    }

    /** What was left out of the scrape; null when nothing was. To be asked after it. */
    public @Nullable DeadLetter deadLetter(String cluster, String member, String source, Instant observedAt) {
        if (refused.isEmpty()) {
            return null;
        }
        List<String> all = refused.stream().sorted().toList();
        String detail = all.size() + " series of " + member + " left out: "
                + String.join("; ", all.subList(0, Math.min(NAMED, all.size()))) + (all.size() > NAMED ? "; ..." : "");
        return new DeadLetter(source, "malformed", detail, cluster, String.join("\n", all), observedAt);
    }

    private static List<Sample> sorted(Collection<Sample> unsorted) {
        List<Sample> samples = new ArrayList<>(unsorted);
        samples.sort(Comparator.comparing(Sample::metric).thenComparing(Sample::labels));
        return samples;
    }

    /** The buckets of one series, as they come. */
    private static final class Buckets {

        private static final double MAX_COUNT = 1L << 53;

        private double[] edges = new double[20];
        private double[] cumulative = new double[20];
        private int size;
        private double sum = Double.NaN;
        private @Nullable String trouble;

        void add(double edge, double count) {
            if (Double.isNaN(edge)) {
                trouble = "le is no number";
                return;
            }
            if (!(count >= 0 && count <= MAX_COUNT && count == Math.rint(count))) {
                trouble = "a bucket cannot hold " + count + " observations";
                return;
            }
            if (size == edges.length) {
                edges = Arrays.copyOf(edges, size * 2);
                cumulative = Arrays.copyOf(cumulative, size * 2);
            }
            // Nearly always in order; else sorted in, from the end.
            int at = size++;
            while (at > 0 && edges[at - 1] > edge) {
                edges[at] = edges[at - 1];
                cumulative[at] = cumulative[at - 1];
                at--;
            }
            edges[at] = edge;
            cumulative[at] = count;
        }

        void sum(double value) {
            trouble = Double.isNaN(sum) ? trouble : "_sum is there twice";
            sum = value;
        }

        BucketVector vector() {
            if (trouble != null) {
                throw new IllegalArgumentException(trouble);
            }
            if (size == 0 || edges[size - 1] != Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("no bucket +Inf, expected one as the last");
            }
            if (!Double.isFinite(sum)) {
                throw new IllegalArgumentException("no finite _sum");
            }
            long[] counts = new long[size];
            for (int i = 0; i < size; i++) {
                counts[i] = (long) cumulative[i];
                if (i > 0 && counts[i] < counts[i - 1]) {
                    throw new IllegalArgumentException("bucket " + edges[i] + " holds " + counts[i] + ", less than the "
                            + counts[i - 1] + " of the smaller one");
                }
            }
            return BucketVector.ofCumulative(Arrays.copyOf(edges, size - 1), counts, sum);
        }
    }
}
