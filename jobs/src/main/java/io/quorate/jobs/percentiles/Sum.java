package io.quorate.jobs.percentiles;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Windows added up, series by series: bucket counts and increases as integers, gauges as ranges. What is of a member's
 * machine is not added over members: several may run on one.
 */
final class Sum {

    private final Catalogue catalogue = Catalogue.shipped();
    private final Level level;
    private final Map<Series, BucketVector> histograms = new TreeMap<>();
    private final Map<Series, Double> counters = new TreeMap<>();
    private final Map<Series, GaugeRange> gauges = new TreeMap<>();

    /** What is added to what. */
    enum Level {
        /** Labels that name a peer end here, and what each member counts of the same event is not added. */
        MEMBERS_TO_CLUSTER,
        /** Clusters to a group or the fleet. */
        CLUSTERS,
        /** Windows of one member, one after the other. */
        OVER_TIME
    }

    Sum(Level level) {
        this.level = level;
    }

    void add(Measures measures) {
        for (Histogram histogram : measures.histograms()) {
            histograms.merge(series(histogram.metric(), histogram.labels()), histogram.vector(), BucketVector::plus);
        }
        for (Sample counter : measures.counters()) {
            if (isOfMachine(counter.metric())) {
                continue;
            }
            BinaryOperator<Double> merge = seenByEachMember(counter.metric()) ? Math::max : Double::sum;
            counters.merge(series(counter.metric(), counter.labels()), counter.value(), merge);
        }
        for (GaugeRange gauge : measures.gauges()) {
            if (isOfMachine(gauge.metric())) {
                continue;
            }
            Series series = series(gauge.metric(), gauge.labels());
            gauges.merge(series, pooled(series, gauge), GaugeRange::followedBy);
        }
    }

    Measures total() {
        List<Histogram> allHistograms = new ArrayList<>(histograms.size());
        histograms.forEach(
                (series, vector) -> allHistograms.add(new Histogram(series.metric(), series.labels(), vector)));
        List<Sample> allCounters = new ArrayList<>(counters.size());
        counters.forEach((series, value) -> allCounters.add(new Sample(series.metric(), series.labels(), value)));
        return new Measures(allHistograms, allCounters, List.copyOf(gauges.values()));
    }

    private boolean isOfMachine(String metric) {
        Metric known = level == Level.MEMBERS_TO_CLUSTER ? catalogue.metric(metric) : null;
        return known != null && (known.origin() == Metric.Origin.NODE || known.merge() == Metric.Merge.NONE);
    }

    private Series series(String metric, String labels) {
        Metric known = level == Level.MEMBERS_TO_CLUSTER ? catalogue.metric(metric) : null;
        return new Series(
                metric,
                known == null || known.peerLabels().isEmpty() ? labels : Labels.without(labels, known.peerLabels()));
    }

    /** One event of the cluster that every member counts for itself, such as a leader change. */
    private boolean seenByEachMember(String counter) {
        Metric known = level == Level.MEMBERS_TO_CLUSTER ? catalogue.metric(counter) : null;
        return known != null && known.merge() == Metric.Merge.MAX;
    }

    private GaugeRange pooled(Series series, GaugeRange gauge) {
        return new GaugeRange(
                series.metric(), series.labels(), gauge.min(), gauge.sum(), gauge.samples(), gauge.max(), last(gauge));
    }

    /** Of many members at once there is no last. */
    private double last(GaugeRange gauge) {
        return level == Level.OVER_TIME ? gauge.last() : Double.NaN;
    }
}
