package io.quorate.jobs.backtest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Windows computed anew from the raw lines of recordings. It works on cumulative samples throughout and cuts buckets only at
 * the very end; it shares no code with the product, so that a mistake cannot be on both sides.
 */
final class Recomputation {

    private static final String START_TIME = "process_start_time_seconds";
    private static final int[] PER_MILLE = {500, 900, 950, 990, 999};

    /** One row: where, what, and from when. */
    record Where(
            String scope,
            @Nullable String cluster,
            @Nullable String member,
            String metric,
            SortedMap<String, String> labels,
            long start) {}

    /**
     * What is recomputed, by Prometheus' base names.
     *
     * @param countedByEach counters of what happens to the cluster and every member counts: their maximum, not their sum
     */
    record Metrics(Set<String> histograms, Set<String> counters, Set<String> countedByEach, Set<String> gauges) {

        boolean contain(String metric) {
            return histograms.contains(metric) || counters.contains(metric) || gauges.contains(metric);
        }
    }

    private record Member(String cluster, String name) {}

    private record Sampled(String name, SortedMap<String, String> labels) {

        Sampled without(String label) {
            SortedMap<String, String> kept = new TreeMap<>(labels);
            kept.remove(label);
            return new Sampled(name, kept);
        }

        Sampled withoutPeers() {
            return without("To").without("From").without("Local").without("Remote");
        }

        Sampled named(String other) {
            return new Sampled(other, labels);
        }
    }

    /** A poll of /metrics; null samples when it failed. */
    private record Poll(long time, @Nullable Map<Sampled, Double> samples) {}

    private record Reading(long time, Map<Sampled, Double> samples) {}

    /** What happened in one window of one scope, still cumulative over buckets. */
    private static final class Tally {
        private final Map<Sampled, Double> grown = new HashMap<>();
        private final Map<Sampled, List<Double>> seen = new HashMap<>();
        private boolean gap;

        void add(Tally other, Set<String> maxima) {
            other.grown.forEach((series, by) ->
                    grown.merge(series.withoutPeers(), by, maxima.contains(series.name()) ? Math::max : Double::sum));
            other.seen.forEach((series, values) -> seen.computeIfAbsent(series.withoutPeers(), s -> new ArrayList<>())
                    .addAll(values));
            gap |= other.gap;
        }
    }

    private final Metrics metrics;
    private final long size;
    private final Map<Member, List<Poll>> polls = new HashMap<>();
    private final Map<String, Optional<Sampled>> met = new HashMap<>();
    private long lastRecordAt;

    Recomputation(Metrics metrics, long sizeMillis) {
        this.metrics = metrics;
        this.size = sizeMillis;
    }

    void read(Path recording) throws IOException {
        InputStream bytes = Files.newInputStream(recording);
        if (recording.toString().endsWith(".gz")) {
            bytes = new GZIPInputStream(bytes);
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                read(PlainJson.object(line));
            }
        }
    }

    long lastRecordAt() {
        return lastRecordAt;
    }

    private void read(Map<String, @Nullable Object> line) {
        long time =
                new BigDecimal(String.valueOf(line.get("t"))).movePointRight(3).longValueExact();
        lastRecordAt = Math.max(lastRecordAt, time);
        if (!"metrics".equals(line.get("kind"))) {
            return;
        }
        Object body = line.get("body");
        polls.computeIfAbsent(
                        new Member(String.valueOf(line.get("cluster")), String.valueOf(line.get("member"))),
                        member -> new ArrayList<>())
                .add(new Poll(time, line.containsKey("err") ? null : samples(String.valueOf(body))));
    }

    private Map<Sampled, Double> samples(String exposition) {
        Map<Sampled, Double> samples = new HashMap<>();
        int end;
        for (int at = 0; at < exposition.length(); at = end + 1) {
            end = exposition.indexOf('\n', at);
            end = end < 0 ? exposition.length() : end;
            if (end == at || exposition.charAt(at) == '#') {
                continue;
            }
            // Lines carry no timestamps: the value stands behind the last blank.
            int blank = exposition.lastIndexOf(' ', end - 1);
            String series = exposition.substring(at, blank);
            Optional<Sampled> sampled = met.computeIfAbsent(series, this::sampled);
            if (sampled.isPresent()) {
                samples.put(sampled.get(), Double.parseDouble(exposition.substring(blank + 1, end)));
            }
        }
        return samples;
    }

    private Optional<Sampled> sampled(String series) {
        int brace = series.indexOf('{');
        String name = brace < 0 ? series : series.substring(0, brace);
        if (!wanted(name)) {
            return Optional.empty();
        }
        SortedMap<String, String> labels = new TreeMap<>();
        if (brace >= 0) {
            labels(series, brace + 1, labels);
        }
        return Optional.of(new Sampled(name, labels));
    }

    private static void labels(String line, int from, SortedMap<String, String> into) {
        int at = from;
        while (line.charAt(at) != '}') {
            int equals = line.indexOf('=', at);
            String label = line.substring(at, equals);
            StringBuilder value = new StringBuilder();
            for (at = equals + 2; line.charAt(at) != '"'; at++) {
                if (line.charAt(at) == '\\') {
                    at++;
                    value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
                } else {
                    value.append(line.charAt(at));
                }
            }
            into.put(label, value.toString());
            at++;
            if (line.charAt(at) == ',') {
                at++;
            }
        }
    }

    private boolean wanted(String sampleName) {
        return sampleName.equals(START_TIME)
                || metrics.counters().contains(sampleName)
                || metrics.gauges().contains(sampleName)
                || partOfHistogram(sampleName);
    }

    private boolean partOfHistogram(String sampleName) {
        int underscore = sampleName.lastIndexOf('_');
        return underscore > 0
                && Set.of("_bucket", "_sum", "_count").contains(sampleName.substring(underscore))
                && metrics.histograms().contains(sampleName.substring(0, underscore));
    }

    /** Every row of every scope, and each row's figures by name; what has no value has no figure. */
    Map<Where, SortedMap<String, Double>> rows() {
        Map<Where, SortedMap<String, Double>> rows = new HashMap<>();
        Map<String, Map<Long, Tally>> clusters = new HashMap<>();
        Map<Long, Tally> fleet = new HashMap<>();
        polls.forEach((member, all) -> tallies(all).forEach((start, tally) -> {
            if (start + size > lastRecordAt) {
                return;
            }
            rows(rows, "member", member.cluster(), member.name(), start, tally);
            clusters.computeIfAbsent(member.cluster(), c -> new HashMap<>())
                    .computeIfAbsent(start, s -> new Tally())
                    .add(tally, metrics.countedByEach());
        }));
        clusters.forEach((cluster, windows) -> windows.forEach((start, tally) -> {
            rows(rows, "cluster", cluster, null, start, tally);
            fleet.computeIfAbsent(start, s -> new Tally()).add(tally, Set.of());
        }));
        fleet.forEach((start, tally) -> rows(rows, "fleet", null, null, start, tally));
        return rows;
    }

    private Map<Long, Tally> tallies(List<Poll> all) {
        List<Poll> ordered = new ArrayList<>(all);
        ordered.sort(Comparator.comparingLong(Poll::time));
        Map<Long, Tally> tallies = new TreeMap<>();
        Reading before = null;
        for (Poll poll : ordered) {
            long start = Math.floorDiv(poll.time(), size) * size;
            Tally tally = tallies.get(start);
            if (tally == null) {
                tally = new Tally();
                if (before != null) {
                    tally.gap = before.time() < start - size;
                    for (Sampled series : before.samples().keySet()) {
                        if (!metrics.gauges().contains(series.name())) {
                            tally.grown.put(series, 0.0);
                        }
                    }
                }
                tallies.put(start, tally);
            }
            if (poll.samples() == null) {
                tally.gap = true;
                continue;
            }
            for (Map.Entry<Sampled, Double> sample : poll.samples().entrySet()) {
                if (metrics.gauges().contains(sample.getKey().name())) {
                    tally.seen
                            .computeIfAbsent(sample.getKey(), s -> new ArrayList<>())
                            .add(sample.getValue());
                }
            }
            if (before != null) {
                boolean restarted = Math.abs(startTime(poll.samples()) - startTime(before.samples())) > 2;
                tally.gap |= restarted;
                for (Map.Entry<Sampled, Double> sample : poll.samples().entrySet()) {
                    if (!metrics.gauges().contains(sample.getKey().name())) {
                        double now = sample.getValue();
                        double then = restarted ? 0 : before.samples().getOrDefault(sample.getKey(), 0.0);
                        tally.grown.merge(sample.getKey(), now >= then ? now - then : now, Double::sum);
                    }
                }
            }
            before = new Reading(poll.time(), poll.samples());
        }
        return tallies;
    }

    private static double startTime(Map<Sampled, Double> samples) {
        Double startTime = samples.get(new Sampled(START_TIME, new TreeMap<>()));
        if (startTime == null) {
            throw new IllegalStateException("a reading without " + START_TIME);
        }
        return startTime;
    }

    private void rows(
            Map<Where, SortedMap<String, Double>> rows,
            String scope,
            @Nullable String cluster,
            @Nullable String member,
            long start,
            Tally tally) {
        Map<Sampled, SortedMap<Double, Double>> cumulative = new HashMap<>();
        tally.grown.forEach((series, by) -> {
            String name = series.name();
            if (name.endsWith("_bucket")) {
                String le = series.labels().getOrDefault("le", "");
                cumulative
                        .computeIfAbsent(series.without("le"), s -> new TreeMap<>())
                        .put(le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le), by);
            } else if (metrics.counters().contains(name)) {
                figures(rows, new Where(scope, cluster, member, name, series.labels(), start), tally)
                        .put("increase", by);
            }
        });
        cumulative.forEach((buckets, upTo) -> {
            String metric = buckets.name().substring(0, buckets.name().length() - "_bucket".length());
            SortedMap<String, Double> figures =
                    figures(rows, new Where(scope, cluster, member, metric, buckets.labels(), start), tally);
            double count = tally.grown.getOrDefault(buckets.named(metric + "_count"), Double.NaN);
            figures.put("count", count);
            figures.put("sum", tally.grown.getOrDefault(buckets.named(metric + "_sum"), Double.NaN));
            int i = 0;
            double lower = 0;
            for (Map.Entry<Double, Double> bucket : upTo.entrySet()) {
                if (bucket.getKey() < Double.POSITIVE_INFINITY) {
                    figures.put("edges[" + i + "]", bucket.getKey());
                }
                figures.put("counts[" + i++ + "]", bucket.getValue() - lower);
                lower = bucket.getValue();
            }
            for (int perMille : PER_MILLE) {
                quantile(figures, perMille, upTo, (long) count);
            }
        });
        tally.seen.forEach((gauge, values) -> {
            SortedMap<String, Double> figures =
                    figures(rows, new Where(scope, cluster, member, gauge.name(), gauge.labels(), start), tally);
            double sum = 0;
            for (double value : values) {
                figures.merge("min", value, Math::min);
                figures.merge("max", value, Math::max);
                sum += value;
            }
            figures.put("mean", sum / values.size());
            if (scope.equals("member")) {
                figures.put("last", values.get(values.size() - 1));
            }
        });
    }

    private static SortedMap<String, Double> figures(
            Map<Where, SortedMap<String, Double>> rows, Where where, Tally tally) {
        SortedMap<String, Double> figures = new TreeMap<>();
        if (rows.put(where, figures) != null) {
            throw new IllegalStateException("two rows for " + where);
        }
        figures.put("gap", tally.gap ? 1.0 : 0.0);
        return figures;
    }

    /** The bucket by the integer rank, the value by a straight line between the cumulative counts at its two edges. */
    private static void quantile(
            SortedMap<String, Double> figures, int perMille, SortedMap<Double, Double> upTo, long count) {
        if (count == 0) {
            return;
        }
        long rank = (perMille * count + 999) / 1000;
        String name = "quantiles."
                + new BigDecimal(perMille).movePointLeft(3).stripTrailingZeros().toPlainString();
        double low = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : upTo.entrySet()) {
            if (bucket.getValue() >= rank) {
                double high = bucket.getKey();
                figures.put(name + ".low", low);
                if (high == Double.POSITIVE_INFINITY) {
                    figures.put(name + ".value", low);
                    return;
                }
                double share = (perMille * count / 1000.0 - below) / (bucket.getValue() - below);
                figures.put(name + ".value", low * (1 - share) + high * share);
                figures.put(name + ".high", high);
                return;
            }
            low = bucket.getKey();
            below = bucket.getValue();
        }
        throw new IllegalStateException("rank " + rank + " of " + count + " lies in no bucket of " + upTo);
    }
}
