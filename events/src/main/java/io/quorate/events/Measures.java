package io.quorate.events;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** What one window saw, series by series, in order of metric and labels. */
public record Measures(List<Histogram> histograms, List<Sample> counters, List<GaugeRange> gauges)
        implements Serializable {

    public static final Measures NONE = new Measures(List.of(), List.of(), List.of());

    public Measures {
        histograms = histograms == null ? List.of() : histograms;
        counters = counters == null ? List.of() : counters;
        gauges = gauges == null ? List.of() : gauges;
    }

    /**
     * How one gauge moved within a window. Sum and samples are kept, not the mean, so that means pool exactly.
     *
     * @param sum of the samples
     * @param samples how many
     * @param last by time; at wider scopes than a member there is no such thing, and it is NaN
     */
    public record GaugeRange(
            String metric, String labels, double min, double sum, long samples, double max, double last)
            implements Serializable {

        public GaugeRange {
            Objects.requireNonNull(metric, "metric");
            labels = Labels.checked(Objects.requireNonNull(labels, "labels"));
            if (samples <= 0) {
                throw new IllegalArgumentException("a gauge without samples has no range");
            }
        }

        /** This and then what follows it in time, under this one's name. */
        public GaugeRange followedBy(GaugeRange later) {
            return new GaugeRange(
                    metric,
                    labels,
                    Math.min(min, later.min),
                    sum + later.sum,
                    samples + later.samples,
                    Math.max(max, later.max),
                    later.last);
        }

        public double mean() {
            return sum / samples;
        }
    }

    public boolean isEmpty() {
        return histograms.isEmpty() && counters.isEmpty() && gauges.isEmpty();
    }
}
