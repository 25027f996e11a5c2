package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import io.quorate.events.Quantile;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Threshold.Policy;
import io.quorate.rules.Verdict;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A signal's value, with all that a verdict on it needs.
 *
 * @param value in the signal's base unit; of a quantile where Prometheus would put it; NaN when there is nothing
 * @param bounds of a quantile; null for a value that is known exactly
 * @param vector of a quantile's operations
 * @param events how many there were of what is counted, where a least number is asked for
 * @param series which one it is the value of, where one of several counts; else empty
 */
record Measured(
        double value, @Nullable Quantile bounds, @Nullable BucketVector vector, double events, String series) {

    static Measured exactly(double value) {
        return new Measured(value, null, null, 0, "");
    }

    static Measured of(double value, String series) {
        return new Measured(value, null, null, 0, series);
    }

    /** A verdict, and whether there were too few operations for another one. */
    record Judged(Verdict verdict, boolean tooFew) {

        static final Judged UNDECIDED = new Judged(Verdict.UNDECIDED, false);
        private static final Judged TOO_FEW = new Judged(Verdict.UNDECIDED, true);
    }

    /** Against this bound of a limit. */
    Judged against(Threshold condition, Limit limit, double bound) {
        return against(condition.signal(), condition.policy(), limit.comparison(), bound);
    }

    /** What it is the value of, against this bound. */
    Judged against(Signal signal, Policy policy, Comparison comparison, double bound) {
        if (Double.isNaN(value)) {
            return Judged.TOO_FEW;
        }
        Verdict verdict =
                bounds == null ? Verdict.of(value, comparison, bound) : Verdict.of(bounds, comparison, bound, policy);
        if (verdict == Verdict.BREACH && tooFew(signal, policy, comparison, bound)) {
            return Judged.TOO_FEW;
        }
        return new Judged(verdict, false);
    }

    private boolean tooFew(Signal signal, Policy policy, Comparison comparison, double bound) {
        if (signal instanceof Signal.QuantileOf quantile && vector != null) {
            return comparison.isUpper() && slower(bound, policy) < quantile.atLeast();
        }
        return signal instanceof Signal.ShareOf share && events < share.atLeast();
    }

    /** How many took longer than this: certainly, or where a policy asks for no certainty, possibly. */
    long slower(double bound, Policy policy) {
        if (vector == null) {
            return 0;
        }
        double[] edges = vector.edges();
        int at = Arrays.binarySearch(edges, bound);
        boolean inside = at < 0;
        int below = inside ? -at - 2 : at;
        double from = inside && policy != Policy.CERTAIN ? (below < 0 ? 0 : edges[below]) : bound;
        return vector.slowerThan(from);
    }
}
