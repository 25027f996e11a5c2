package io.quorate.jobs.detection;

import io.quorate.events.Histogram;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A window's series by metric, as every condition looks for its own. */
final class Indexed {

    private final Map<String, List<Histogram>> histograms = new HashMap<>();
    private final Map<String, List<Sample>> counters = new HashMap<>();
    private final Map<String, List<GaugeRange>> gauges = new HashMap<>();
    private final MemberWindow window;

    Indexed(MemberWindow window) {
        this.window = window;
        window.measures()
                .histograms()
                .forEach(series -> histograms
                        .computeIfAbsent(series.metric(), metric -> new ArrayList<>())
                        .add(series));
        window.measures()
                .counters()
                .forEach(series -> counters.computeIfAbsent(series.metric(), metric -> new ArrayList<>())
                        .add(series));
        window.measures()
                .gauges()
                .forEach(series -> gauges.computeIfAbsent(series.metric(), metric -> new ArrayList<>())
                        .add(series));
    }

    MemberWindow window() {
        return window;
    }

    List<Histogram> histograms(String metric) {
        return histograms.getOrDefault(metric, List.of());
    }

    List<Sample> counters(String metric) {
        return counters.getOrDefault(metric, List.of());
    }

    List<GaugeRange> gauges(String metric) {
        return gauges.getOrDefault(metric, List.of());
    }

    /** Every metric of which it has a series. */
    Set<String> metrics() {
        Set<String> metrics = new HashSet<>(histograms.keySet());
        metrics.addAll(counters.keySet());
        metrics.addAll(gauges.keySet());
        return metrics;
    }
}
