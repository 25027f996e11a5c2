package io.quorate.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.Quantile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our quantiles on the samples a real Prometheus took of the recorded clusters, against its histogram_quantile. */
class PrometheusOwnSamplesTest {

    static final List<Double> QUANTILES = List.of(0.5, 0.9, 0.95, 0.99, 0.999);

    private static final List<String> BUCKETS = List.of(
            "etcd_disk_wal_fsync_duration_seconds_bucket",
            "etcd_disk_backend_commit_duration_seconds_bucket",
            "etcd_network_peer_round_trip_time_seconds_bucket",
            "grpc_server_handling_seconds_bucket{grpc_method=\"Put\"}");

    private static final double TOLERANCE = 1e-9;

    /** The growth of one histogram's cumulative buckets over a window, by upper bound. */
    record Growth(String histogram, long windowStart, long windowMillis, SortedMap<Double, Double> buckets) {

        double total() {
            return Objects.requireNonNull(buckets.get(Double.POSITIVE_INFINITY));
        }

        /** One observation more, beyond the last finite bound. */
        Growth tampered() {
            SortedMap<Double, Double> more = new TreeMap<>(buckets);
            more.put(Double.POSITIVE_INFINITY, total() + 1);
            return new Growth(histogram, windowStart, windowMillis, more);
        }

        BucketVector vector() {
            double[] edges = new double[buckets.size() - 1];
            long[] cumulative = new long[buckets.size()];
            int i = 0;
            for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
                if (i < edges.length) {
                    edges[i] = bucket.getKey();
                }
                cumulative[i++] = bucket.getValue().longValue();
            }
            return BucketVector.ofCumulative(edges, cumulative, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"healthy, 600", "storm, 735", "kill, 480", "quota, 615", "slowdisk, 645"})
    void quantilesAreWhatPrometheusWouldSay(String scenario, int leastPoints) throws Exception {
        int points = 0;
        List<String> disagreements = new ArrayList<>();
        for (Growth growth : growths(scenario)) {
            BucketVector ours = growth.vector();
            BucketVector tampered = growth.tampered().vector();
            boolean tamperingShows = false;
            for (double q : QUANTILES) {
                double theirs = histogramQuantile(q, growth.buckets());
                if (!same(ours.quantile(q), theirs)) {
                    disagreements.add(q + " is " + ours.quantile(q) + " and not " + theirs + ": " + growth);
                }
                tamperingShows |= !same(tampered.quantile(q), theirs);
                points += growth.total() > 0 ? 1 : 0;
            }
            assertThat(tamperingShows)
                    .as("one more observation goes unnoticed in %s", growth)
                    .isTrue();
        }

        assertThat(disagreements).isEmpty();
        assertThat(points).isGreaterThanOrEqualTo(leastPoints);
    }

    private static boolean same(@Nullable Quantile ours, double theirs) {
        if (ours == null || Double.isNaN(theirs)) {
            return ours == null && Double.isNaN(theirs);
        }
        return Math.abs(ours.value() - theirs) <= TOLERANCE * Math.max(Math.abs(ours.value()), Math.abs(theirs));
    }

    /**
     * Prometheus' histogram_quantile: a straight line through the first bucket that reaches the rank; below the first bound
     * from 0, beyond the last finite one that bound itself; NaN where there is nothing to say.
     */
    static double histogramQuantile(double q, SortedMap<Double, Double> cumulative) {
        if (Double.isNaN(q)) {
            return Double.NaN;
        }
        if (q < 0 || q > 1) {
            return q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (cumulative.size() < 2 || cumulative.lastKey() != Double.POSITIVE_INFINITY) {
            return Double.NaN;
        }
        double observations = 0;
        for (double count : cumulative.values()) {
            observations = Math.max(observations, count);
        }
        if (observations == 0) {
            return Double.NaN;
        }
        double rank = q * observations;
        double lowerBound = 0;
        double reachedBelow = 0;
        boolean first = true;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            double upperBound = bucket.getKey();
            double reached = Math.max(reachedBelow, bucket.getValue());
            if (upperBound == Double.POSITIVE_INFINITY) {
                break;
            }
            if (reached >= rank) {
                if (first && upperBound <= 0) {
                    return upperBound;
                }
                double within = reached - reachedBelow;
                return within == 0
                        ? Double.NaN
                        : lowerBound + (upperBound - lowerBound) * ((rank - reachedBelow) / within);
            }
            lowerBound = upperBound;
            reachedBelow = reached;
            first = false;
        }
        return lowerBound;
    }

    /** Of every histogram in every window of 30 s and 60 s: its last sample less its first, where one process took both. */
    static List<Growth> growths(String scenario) throws Exception {
        Map<String, @Nullable Object> export;
        try (var in =
                PrometheusOwnSamplesTest.class.getResourceAsStream("/recordings/" + scenario + ".prometheus.json.gz")) {
            export = PlainJson.object(new String(
                    new GZIPInputStream(Objects.requireNonNull(in, scenario)).readAllBytes(), StandardCharsets.UTF_8));
        }
        Map<String, List<Map<String, Object>>> raw = PlainJson.map(export.get("raw"));
        Map<String, SortedMap<Long, Double>> startTimes = new HashMap<>();
        for (Map<String, Object> series : Objects.requireNonNull(raw.get("process_start_time_seconds{job=\"etcd\"}"))) {
            startTimes.put(
                    Objects.requireNonNull(
                            PlainJson.<String>map(series.get("metric")).get("member")),
                    samples(series));
        }
        List<Growth> growths = new ArrayList<>();
        for (String name : BUCKETS) {
            Map<SortedMap<String, String>, SortedMap<Double, SortedMap<Long, Double>>> histograms = new HashMap<>();
            for (Map<String, Object> series : Objects.requireNonNull(raw.get(name), name)) {
                SortedMap<String, String> labels = new TreeMap<>(PlainJson.<String>map(series.get("metric")));
                String le = Objects.requireNonNull(labels.remove("le"));
                histograms
                        .computeIfAbsent(labels, l -> new TreeMap<>())
                        .put(le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le), samples(series));
            }
            for (long size : new long[] {30_000, 60_000}) {
                histograms.forEach((labels, buckets) -> growths.addAll(
                        growths(labels, buckets, Objects.requireNonNull(startTimes.get(labels.get("member"))), size)));
            }
        }
        return growths;
    }

    private static List<Growth> growths(
            SortedMap<String, String> labels,
            SortedMap<Double, SortedMap<Long, Double>> buckets,
            SortedMap<Long, Double> startTimes,
            long size) {
        List<Growth> growths = new ArrayList<>();
        Set<Long> starts = new TreeSet<>();
        buckets.values().forEach(samples -> samples.keySet().forEach(time -> starts.add(time / size * size)));
        for (long start : starts) {
            Set<Double> processes =
                    new HashSet<>(startTimes.subMap(start, start + size).values());
            if (processes.size() > 1) {
                continue;
            }
            SortedMap<Double, Double> grown = new TreeMap<>();
            Set<Long> ends = new HashSet<>();
            buckets.forEach((bound, samples) -> {
                SortedMap<Long, Double> inside = samples.subMap(start, start + size);
                if (inside.size() > 1) {
                    long first = inside.firstKey();
                    long last = inside.lastKey();
                    ends.add(first);
                    ends.add(last);
                    grown.put(bound, inside.getOrDefault(last, 0.0) - inside.getOrDefault(first, 0.0));
                }
            });
            if (grown.isEmpty()) {
                continue;
            }
            assertThat(ends).as("all buckets come from the same two scrapes").hasSize(2);
            assertThat(grown).hasSameSizeAs(buckets);
            growths.add(new Growth(labels.toString(), start, size, grown));
        }
        return growths;
    }

    private static SortedMap<Long, Double> samples(Map<String, Object> series) {
        SortedMap<Long, Double> samples = new TreeMap<>();
        for (List<Object> sample : PlainJson.<List<Object>>list(series.get("values"))) {
            samples.put(
                    new BigDecimal(String.valueOf(sample.get(0)))
                            .movePointRight(3)
                            .longValueExact(),
                    Double.parseDouble(String.valueOf(sample.get(1))));
        }
        return samples;
    }
}
