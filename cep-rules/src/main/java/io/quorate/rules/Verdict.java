package io.quorate.rules;

import io.quorate.events.BucketVector;
import io.quorate.events.Quantile;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Policy;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Whether a signal is beyond a limit, as far as its data can say. */
public enum Verdict {
    OK,
    BREACH,
    /** It may lie on either side. */
    UNDECIDED;

    /** Of a value that is known exactly. */
    public static Verdict of(double value, Comparison comparison, double bound) {
        return comparison.holds(value, bound) ? BREACH : OK;
    }

    /**
     * Of a quantile that is known by its bucket. At an edge the answer is exact, by counting alone: p99 is above an edge
     * when more than 1 % of the operations took longer. Under {@link Policy#CERTAIN} interpolation decides nothing.
     *
     * @param bounds of the quantile, by {@link #bounds}
     */
    public static Verdict of(Quantile bounds, Comparison comparison, double bound, Policy policy) {
        Verdict certain = certain(bounds, comparison, bound);
        return switch (policy) {
            case CERTAIN -> certain;
            case INTERPOLATED -> of(bounds.value(), comparison, bound);
            case POSSIBLE -> certain == UNDECIDED ? BREACH : certain;
        };
    }

    private static Verdict certain(Quantile bounds, Comparison comparison, double bound) {
        // The quantile is greater than low, and no greater than high.
        double low = bounds.low();
        double high = bounds.high() == null ? Double.POSITIVE_INFINITY : bounds.high();
        return switch (comparison) {
            case ABOVE -> low >= bound ? BREACH : high <= bound ? OK : UNDECIDED;
            case AT_LEAST -> low >= bound ? BREACH : high < bound ? OK : UNDECIDED;
            case BELOW -> high < bound ? BREACH : low >= bound ? OK : UNDECIDED;
            case AT_MOST -> high <= bound ? BREACH : low >= bound ? OK : UNDECIDED;
        };
    }

    /**
     * The bucket that holds the operation of rank ceil(q n), by whole numbers: no product of binary fractions moves it to
     * a neighbour. The value is Prometheus' own.
     *
     * @param q with at most six decimals
     * @return null when there are no observations
     */
    public static @Nullable Quantile bounds(BucketVector vector, double q) {
        Quantile interpolated = vector.quantile(q);
        if (interpolated == null) {
            return null;
        }
        BigDecimal exact = BigDecimal.valueOf(q);
        long scale = BigDecimal.TEN.pow(exact.scale()).longValueExact();
        long wanted = Math.multiplyExact(exact.unscaledValue().longValueExact(), vector.total());
        double[] edges = vector.edges();
        long[] counts = vector.counts();
        long reached = 0;
        int bucket = 0;
        while (bucket < edges.length && Math.multiplyExact(reached += counts[bucket], scale) < wanted) {
            bucket++;
        }
        return new Quantile(
                bucket == 0 ? 0 : edges[bucket - 1],
                interpolated.value(),
                bucket == edges.length ? null : (Double) edges[bucket]);
    }
}
