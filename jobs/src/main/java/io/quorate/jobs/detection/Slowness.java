package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import io.quorate.events.Quantile;
import io.quorate.rules.Rule;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a member's operations compare with its own past, by bucket edges and integers alone.
 *
 * @param verdict what that makes of the windows compared
 * @param reason by which of the two it was judged
 * @param tail how many were slower than the past's p99 bucket
 * @param median how many were slower than the median may become
 * @param past how many operations the past holds
 * @param pastP99 of the past
 */
record Slowness(
        Verdict verdict,
        Reason reason,
        Beyond tail,
        Beyond median,
        long past,
        @Nullable Quantile pastP99) {

    enum Verdict {
        CALM,
        /** Slow, but too few operations to say so. */
        TOO_FEW,
        BREACHED
    }

    /** What is looked at. */
    enum Reason {
        TAIL,
        MEDIAN
    }

    /** So many of so many took longer than this edge; an edge beyond all others has nothing beyond it. */
    record Beyond(double edge, long slow, long total) {

        static Beyond of(BucketVector operations, double edge) {
            return new Beyond(edge, Double.isFinite(edge) ? operations.slowerThan(edge) : 0, operations.total());
        }

        double share() {
            return (double) slow / total;
        }
    }

    /** Both vectors must hold something. */
    static Slowness of(Rule.Regression rule, BucketVector past, BucketVector operations) {
        Quantile pastP99 = past.quantile(0.99);
        Beyond tail = Beyond.of(operations, high(pastP99));
        double medianMay = edgesAbove(past.edges(), high(past.quantile(0.5)), rule.p50Edges());
        Beyond median = Beyond.of(operations, medianMay);
        Quantile p50 = operations.quantile(0.5);
        boolean tailSlow = tail.share() > rule.share();
        boolean medianSlow = p50 != null && p50.low() >= medianMay;
        Reason reason = medianSlow && (!tailSlow || tail.slow() < rule.atLeast()) ? Reason.MEDIAN : Reason.TAIL;
        long slow = (reason == Reason.TAIL ? tail : median).slow();
        Verdict verdict =
                !tailSlow && !medianSlow ? Verdict.CALM : slow < rule.atLeast() ? Verdict.TOO_FEW : Verdict.BREACHED;
        return new Slowness(verdict, reason, tail, median, past.total(), pastP99);
    }

    Beyond by(Reason other) {
        return other == Reason.TAIL ? tail : median;
    }

    /** What it was judged by. */
    Beyond beyond() {
        return by(reason);
    }

    private static double high(@Nullable Quantile quantile) {
        return quantile == null || quantile.high() == null ? Double.POSITIVE_INFINITY : quantile.high();
    }

    private static double edgesAbove(double[] edges, double edge, int more) {
        for (int i = 0; i + more < edges.length; i++) {
            if (edges[i] == edge) {
                return edges[i + more];
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** An edge in the unit in which people speak of it. */
    static String text(double seconds) {
        return seconds < 1 ? plain(seconds * 1000) + " ms" : plain(seconds) + " s";
    }

    static String plain(double value) {
        return new BigDecimal(value)
                .round(new MathContext(4))
                .stripTrailingZeros()
                .toPlainString();
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
