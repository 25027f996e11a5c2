package io.quorate.rules;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.Sample;
import io.quorate.rules.RuleTest.Given;
import io.quorate.rules.RuleTest.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Windows of members: {@code 70s..90s m1 gap 100 x 1ms + 40 x 100ms, m2 silent, others METRIC{label="v"} = 30MiB and
 * METRIC += 3}. The times are the windows' ends. Lines that tell of one member and end make one window.
 */
final class WindowLines implements Lines {

    private static final Pattern SERIES = Pattern.compile("(?:([a-z][a-zA-Z0-9_]*)?(\\{[^}]*})? )?(\\S.*)");
    private static final Pattern OPERATIONS = Pattern.compile("\\d{1,9} x \\d{1,9}(?:\\.\\d{1,6})?(?:us|ms|s)"
            + "(?: \\+ \\d{1,9} x \\d{1,9}(?:\\.\\d{1,6})?(?:us|ms|s))*");

    private final int members;
    private final SeriesRead reads;
    private final Map<WhoAndWhen, Told> windows = new LinkedHashMap<>();

    WindowLines(int members, SeriesRead reads) {
        this.members = members;
        this.reads = reads;
    }

    private record WhoAndWhen(String member, Duration end) {}

    /** What lines told of one window. */
    private static final class Told {
        boolean silent;
        boolean gap;
        final List<Histogram> histograms = new ArrayList<>();
        final List<Sample> counters = new ArrayList<>();
        final List<GaugeRange> gauges = new ArrayList<>();

        boolean isNothing() {
            return histograms.isEmpty() && counters.isEmpty() && gauges.isEmpty();
        }

        boolean tells(String metric, String labels) {
            return histograms.stream()
                            .anyMatch(one ->
                                    one.metric().equals(metric) && one.labels().equals(labels))
                    || counters.stream()
                            .anyMatch(one ->
                                    one.metric().equals(metric) && one.labels().equals(labels))
                    || gauges.stream()
                            .anyMatch(one ->
                                    one.metric().equals(metric) && one.labels().equals(labels));
        }

        Measures measures() {
            histograms.sort(Comparator.comparing(Histogram::metric).thenComparing(Histogram::labels));
            counters.sort(Comparator.comparing(Sample::metric).thenComparing(Sample::labels));
            gauges.sort(Comparator.comparing(GaugeRange::metric).thenComparing(GaugeRange::labels));
            return new Measures(List.copyOf(histograms), List.copyOf(counters), List.copyOf(gauges));
        }
    }

    @Override
    public void add(String line) throws Misread {
        During during = During.of(line, Window.SIZE, "window", reads.example());
        Map<String, String> byMember = Lines.byMember(Lines.split(during.rest(), ", "), members);
        for (Map.Entry<String, String> member : byMember.entrySet()) {
            for (Duration end : during.times(Window.SIZE)) {
                Told told = windows.computeIfAbsent(new WhoAndWhen(member.getKey(), end), key -> new Told());
                tell(told, member.getKey(), member.getValue(), line);
            }
        }
    }

    private void tell(Told told, String member, String text, String line) throws Misread {
        boolean gap = text.startsWith("gap ");
        if (told.silent || (text.equals("silent") && !told.isNothing())) {
            throw new Misread("'" + member + "' is silent and is told of in one window; expected one of both");
        }
        if (text.equals("silent")) {
            told.silent = true;
            return;
        }
        told.gap |= gap;
        for (String one : Lines.split(gap ? text.substring("gap ".length()) : text, " and ")) {
            Matcher series = SERIES.matcher(one);
            if (!series.matches()) {
                throw noWindow(line);
            }
            String metric = series.group(1) == null ? reads.onlyMetric() : series.group(1);
            String labels = labels(metric, series.group(2));
            if (told.tells(metric, labels)) {
                throw new Misread(
                        "'" + metric + "' of " + member + " is told of twice in one window; expected it once");
            }
            tell(told, metric, labels, series.group(3), line);
        }
    }

    private String labels(String metric, @Nullable String braces) throws Misread {
        if (braces == null) {
            return Labels.of(reads.labels(metric));
        }
        try {
            return Labels.of(Labels.parse(braces.substring(1, braces.length() - 1)));
        } catch (IllegalArgumentException e) {
            throw new Misread("'" + braces + "' are no labels; expected some like {grpc_code=\"Internal\",To=\"m2\"}");
        }
    }

    private void tell(Told told, String metric, String labels, String value, String line) throws Misread {
        SeriesRead.Kind kind = reads.kind(metric);
        switch (kind) {
            case HISTOGRAM -> {
                if (!OPERATIONS.matcher(value).matches()) {
                    throw notOf(metric, value, line, kind);
                }
                told.histograms.add(new Histogram(metric, labels, operations(metric, value)));
            }
            case COUNTER -> {
                double increase = number(metric, value, "+= ", line, kind);
                if (increase < 0) {
                    throw new Misread("'" + value + "' of a counter, which never falls; expected a number from 0");
                }
                told.counters.add(new Sample(metric, labels, increase));
            }
            case GAUGE -> {
                double one = number(metric, value, "= ", line, kind);
                told.gauges.add(new GaugeRange(metric, labels, one, one, 1, one, one));
            }
        }
    }

    private double number(String metric, String value, String sign, String line, SeriesRead.Kind kind) throws Misread {
        if (!value.startsWith(sign)) {
            throw notOf(metric, value, line, kind);
        }
        return Quantity.parse(value.substring(sign.length()))
                .orElseThrow(() -> notOf(metric, value, line, kind))
                .number();
    }

    private Misread notOf(String metric, String value, String line, SeriesRead.Kind kind) {
        boolean isValue = value.startsWith("= ")
                || value.startsWith("+= ")
                || OPERATIONS.matcher(value).matches();
        return isValue
                ? new Misread("'" + value + "' is no value of " + metric + ", which this rule reads as a "
                        + kind.name().toLowerCase(Locale.ROOT) + "; expected one like '" + kind.example() + "'")
                : noWindow(line);
    }

    private Misread noWindow(String line) {
        return new Misread("'" + line + "' is no window; expected one like '" + reads.example() + "'");
    }

    /** So many that took so long, and so on, in the buckets of this histogram. */
    private static BucketVector operations(String metric, String text) throws Misread {
        double[] edges = Buckets.edges(metric);
        if (edges.length == 0) {
            throw new Misread(
                    "the buckets of " + metric + " are not known; expected a test of a histogram of etcd's own");
        }
        long[] counts = new long[edges.length + 1];
        double sum = 0;
        for (String some : text.split(" \\+ ")) {
            String[] countAndTook = some.split(" x ");
            long count = Long.parseLong(countAndTook[0]);
            double seconds = Quantity.parse(countAndTook[1]).orElseThrow().number();
            double took = metric.endsWith("_milliseconds") ? seconds * 1000 : seconds;
            int bucket = 0;
            while (bucket < edges.length && edges[bucket] < took) {
                bucket++;
            }
            counts[bucket] += count;
            sum += count * took;
        }
        return new BucketVector(edges, counts, sum);
    }

    @Override
    public List<Given> given() {
        List<Given> given = new ArrayList<>();
        windows.forEach((who, told) -> {
            given.add(new Window(who.end(), who.member(), told.gap || told.silent, told.measures()));
        });
        return given;
    }
}
