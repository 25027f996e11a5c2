package io.quorate.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which series the conditions of a rule read from windows.
 *
 * @param kinds by metric, what it is taken for
 * @param selectors each once
 */
record SeriesRead(Map<String, Kind> kinds, Set<Selector> selectors) {

    enum Kind {
        HISTOGRAM("70s..90s m1 100 x 1ms + 40 x 100ms, others 200 x 1ms"),
        COUNTER("10s..60s m1 += 3, others += 0"),
        GAUGE("10s..60s m1 = 0, others = 1");

        private final String example;

        Kind(String example) {
            this.example = example;
        }

        String example() {
            return example;
        }
    }

    static SeriesRead of(List<Rule.Condition> conditions) {
        Map<String, Kind> kinds = new TreeMap<>();
        Set<Selector> selectors = new LinkedHashSet<>();
        for (Signal signal : signals(conditions)) {
            for (Selector selector : signal.reads()) {
                kinds.put(selector.metric(), kind(signal, selector));
                selectors.add(selector);
            }
        }
        for (Rule.Condition condition : conditions) {
            if (condition instanceof Rule.Regression regression) {
                kinds.put(regression.metric(), Kind.HISTOGRAM);
                selectors.add(Selector.of(regression.metric()));
            }
        }
        return new SeriesRead(kinds, selectors);
    }

    private static List<Signal> signals(List<Rule.Condition> conditions) {
        List<Signal> signals = new ArrayList<>();
        for (Rule.Condition condition : conditions) {
            if (condition instanceof Threshold threshold) {
                signals.add(threshold.signal());
                if (threshold.guard() != null) {
                    signals.add(threshold.guard().signal());
                }
            }
        }
        return signals;
    }

    private static Kind kind(Signal signal, Selector selector) {
        if (signal instanceof Signal.QuantileOf) {
            return Kind.HISTOGRAM;
        }
        if (signal instanceof Signal.UtilizationOf utilization && selector.equals(utilization.to())) {
            return Kind.GAUGE;
        }
        boolean gauge = signal instanceof Signal.GaugeOf
                || signal instanceof Signal.ForecastOf
                || signal instanceof Signal.ChangesOf;
        return gauge ? Kind.GAUGE : Kind.COUNTER;
    }

    /** The metric of a value that names none. */
    String onlyMetric() throws Misread {
        if (kinds.size() != 1) {
            throw new Misread("no metric, of a rule that reads " + kinds.size() + "; expected one of "
                    + String.join(", ", kinds.keySet()) + " before each value");
        }
        return kinds.keySet().iterator().next();
    }

    Kind kind(String metric) throws Misread {
        Kind kind = kinds.get(metric);
        if (kind == null) {
            throw new Misread(
                    "'" + metric + "' is not read by this rule; expected one of " + String.join(", ", kinds.keySet()));
        }
        return kind;
    }

    /** The labels of a value that names none: those of the one series that the rule reads, none where it reads several. */
    Map<String, String> labels(String metric) {
        List<Selector> some = selectors.stream()
                .filter(selector -> selector.metric().equals(metric))
                .toList();
        return some.size() != 1
                ? Map.of()
                : some.get(0).where().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, label -> new TreeSet<>(label.getValue()).first()));
    }

    /** A line of a test, for who wrote one that is none. */
    String example() {
        return kinds.isEmpty()
                ? "10s all silent"
                : kinds.values().iterator().next().example();
    }
}
