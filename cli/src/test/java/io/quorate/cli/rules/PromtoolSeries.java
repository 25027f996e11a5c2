package io.quorate.cli.rules;

import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.Sample;
import io.quorate.rules.RuleTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * What a rule's test is given, as the series that Prometheus would have scraped: one sample at the end of each window,
 * counters and buckets cumulative from zero, {@code up} 0 and everything else stale where a member was silent.
 */
final class PromtoolSeries {

    /** From one sample to the next: a window of a test. */
    static final long STEP_SECONDS = RuleTest.Window.SIZE.toSeconds();

    private final RuleTest test;
    private final long steps;
    private final Map<String, String> values = new LinkedHashMap<>();

    private PromtoolSeries(RuleTest test, long steps) {
        this.test = test;
        this.steps = steps;
    }

    /** By series as promtool names it, its values from time zero on; the last window goes on until then. */
    static Map<String, String> of(RuleTest test, long untilSecond) {
        PromtoolSeries series = new PromtoolSeries(test, untilSecond / STEP_SECONDS);
        for (int i = 1; i <= test.members(); i++) {
            series.add("m" + i);
        }
        return series.values;
    }

    /** The end of the last window. */
    static long lastSecond(RuleTest test) {
        return test.given().stream()
                .mapToLong(given -> ((RuleTest.Window) given).end().toSeconds())
                .max()
                .orElse(0);
    }

    private void add(String member) {
        SortedMap<Long, RuleTest.Window> windows = new TreeMap<>();
        for (RuleTest.Given given : test.given()) {
            RuleTest.Window window = (RuleTest.Window) given;
            if (window.member().equals(member) && !window.isSilent()) {
                windows.put(window.end().toSeconds() / STEP_SECONDS, window);
            }
        }
        if (windows.isEmpty()) {
            return;
        }
        long last = lastSecond(test) / STEP_SECONDS;
        RuleTest.Window goesOn = windows.get(last);
        for (long step = last + 1; goesOn != null && step <= steps; step++) {
            windows.put(step, goesOn);
        }
        long first = windows.firstKey();
        values.put(
                "up{" + labels(member, "") + "}",
                text(step -> step < first ? "_" : windows.containsKey(step) ? "1" : "0"));
        Map<String, TreeMap<Long, Double>> samples = new LinkedHashMap<>();
        windows.forEach((step, window) -> tell(samples, member, step, window));
        samples.forEach((name, known) -> values.put(name, text(step -> {
            Double value = known.get(step);
            return value != null
                    ? number(value)
                    : step > known.firstKey() && known.containsKey(step - 1) ? "stale" : "_";
        })));
    }

    private static void tell(
            Map<String, TreeMap<Long, Double>> samples, String member, long step, RuleTest.Window window) {
        for (GaugeRange gauge : window.measures().gauges()) {
            if (gauge.metric().equals("up")) {
                // Whoever has a window was scraped.
                continue;
            }
            samples.computeIfAbsent(name(gauge.metric(), member, gauge.labels()), name -> new TreeMap<>())
                    .put(step, gauge.last());
        }
        for (Sample counter : window.measures().counters()) {
            grow(samples, name(counter.metric(), member, counter.labels()), step, counter.value());
        }
        for (Histogram histogram : window.measures().histograms()) {
            double[] edges = histogram.vector().edges();
            long[] counts = histogram.vector().counts();
            long cumulative = 0;
            for (int i = 0; i < counts.length; i++) {
                cumulative += counts[i];
                String le = "le=\"" + (i < edges.length ? edges[i] : "+Inf") + '"';
                String labels = histogram.labels().isEmpty() ? le : histogram.labels() + ',' + le;
                grow(samples, name(histogram.metric() + "_bucket", member, labels), step, cumulative);
            }
        }
    }

    /** From what it was before, and from zero one step before it was first told of. */
    private static void grow(Map<String, TreeMap<Long, Double>> samples, String name, long step, double increase) {
        TreeMap<Long, Double> known = samples.computeIfAbsent(name, unused -> {
            TreeMap<Long, Double> fresh = new TreeMap<>();
            fresh.put(step - 1, 0.0);
            return fresh;
        });
        known.put(step, known.lastEntry().getValue() + increase);
    }

    private String text(LongFunction<String> value) {
        List<String> all = new ArrayList<>();
        for (long step = 0; step <= steps; step++) {
            all.add(value.apply(step));
        }
        return String.join(" ", all);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String name(String metric, String member, String labels) {
        return metric + '{' + labels(member, labels) + '}';
    }

    private static String labels(String member, String labels) {
        Map<String, String> all = new TreeMap<>(labels.isEmpty() ? Map.of() : Labels.parse(labels));
        all.put("job", "etcd");
        all.put("instance", member);
        return Labels.of(all);
    }
}
