package io.quorate.sinks.clickhouse;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Quantile;
import io.quorate.events.Sample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one series saw in one window, flat: the columns that the window tables share.
 *
 * @param quantileLow aligned with {@link Quantile#LEVELS}, like its two sisters; empty without observations
 * @param quantileHigh infinite beyond the last edge
 */
public record SeriesRow(
        String metric,
        String labels,
        Kind kind,
        long count,
        double sum,
        double[] edges,
        long[] counts,
        double[] quantileLow,
        double[] quantileValue,
        double[] quantileHigh,
        @Nullable Double increase,
        long samples,
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double last) {

    private static final double[] NO_REALS = {};
    private static final long[] NO_COUNTS = {};

    /** What the series is. */
    public enum Kind {
        HISTOGRAM,
        COUNTER,
        GAUGE
    }

    /** One row per series. */
    static List<SeriesRow> of(Measures measures) {
        List<SeriesRow> rows = new ArrayList<>();
        measures.histograms().forEach(histogram -> rows.add(of(histogram)));
        measures.counters().forEach(counter -> rows.add(of(counter)));
        measures.gauges().forEach(gauge -> rows.add(of(gauge)));
        return rows;
    }

    private static SeriesRow of(Histogram histogram) {
        BucketVector vector = histogram.vector();
        long count = vector.total();
        int levels = count == 0 ? 0 : Quantile.LEVELS.size();
        double[] low = new double[levels];
        double[] value = new double[levels];
        double[] high = new double[levels];
        for (int i = 0; i < levels; i++) {
            Quantile quantile = vector.quantile(Quantile.LEVELS.get(i));
            if (quantile == null) {
                throw new IllegalStateException("a histogram of " + count + " observations without quantiles");
            }
            Double bound = quantile.high();
            low[i] = quantile.low();
            value[i] = quantile.value();
            high[i] = bound == null ? Double.POSITIVE_INFINITY : bound;
        }
        return new SeriesRow(
                histogram.metric(),
                histogram.labels(),
                Kind.HISTOGRAM,
                count,
                vector.sum(),
                vector.edges(),
                vector.counts(),
                low,
                value,
                high,
                null,
                0,
                null,
                null,
                null);
    }

    private static SeriesRow of(Sample counter) {
        return new SeriesRow(
                counter.metric(),
                counter.labels(),
                Kind.COUNTER,
                0,
                0,
                NO_REALS,
                NO_COUNTS,
                NO_REALS,
                NO_REALS,
                NO_REALS,
                counter.value(),
                0,
                null,
                null,
                null);
    }

    private static SeriesRow of(Measures.GaugeRange gauge) {
        return new SeriesRow(
                gauge.metric(),
                gauge.labels(),
                Kind.GAUGE,
                0,
                gauge.sum(),
                NO_REALS,
                NO_COUNTS,
                NO_REALS,
                NO_REALS,
                NO_REALS,
                null,
                gauge.samples(),
                gauge.min(),
                gauge.max(),
                Double.isNaN(gauge.last()) ? null : gauge.last());
    }

    /** The shared columns, asked of whatever row holds a series. */
    static <R> List<Column<R>> columns(Column.Of<R, SeriesRow> series) {
        return List.of(
                Column.text("metric", row -> series.apply(row).metric()),
                Column.text("labels", row -> series.apply(row).labels()),
                Column.word("kind", row -> series.apply(row).kind()),
                Column.whole("count", row -> series.apply(row).count()),
                Column.real("sum", row -> series.apply(row).sum()),
                Column.reals("edges", row -> series.apply(row).edges()),
                Column.wholes("counts", row -> series.apply(row).counts()),
                Column.reals("quantile_low", row -> series.apply(row).quantileLow()),
                Column.reals("quantile_value", row -> series.apply(row).quantileValue()),
                Column.reals("quantile_high", row -> series.apply(row).quantileHigh()),
                Column.real("increase", row -> series.apply(row).increase()),
                Column.whole("samples", row -> series.apply(row).samples()),
                Column.real("min", row -> series.apply(row).min()),
                Column.real("max", row -> series.apply(row).max()),
                Column.real("last", row -> series.apply(row).last()));
    }
}
