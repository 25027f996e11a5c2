package io.quorate.rules;

import io.quorate.rules.Finding.Severity;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Policy;
import java.math.BigDecimal;

/**
 * Whether a quantile's bounds can be decided from the buckets of its histogram. Above or at most an edge is exact: it is
 * known how many operations took longer than the edge. Everything else is undecided while the quantile lies in one bucket
 * with the bound.
 */
record Decidable(Signal.QuantileOf quantile, Policy policy) {

    record Judged(Severity severity, String message) {}

    Judged judge(String key, Comparison comparison, Bound bound) {
        double[] edges = Buckets.edges(quantile.of().metric());
        String said = key + " " + bound.text();
        if (edges.length == 0) {
            return new Judged(
                    Severity.INFO,
                    said + ": the buckets of " + quantile.of().metric()
                            + " are not known here, so neither is whether it can be decided");
        }
        int next = 0;
        while (next < edges.length && edges[next] < bound.number()) {
            next++;
        }
        boolean isEdge = next < edges.length && edges[next] == bound.number();
        boolean isExact = comparison == Comparison.ABOVE || comparison == Comparison.AT_MOST;
        if (isEdge && isExact) {
            return new Judged(Severity.INFO, said + ": exact");
        }
        if (isEdge) {
            return undecided(
                    said + ": undecided when the quantile lies in its bucket, (" + low(edges, next) + ", "
                            + value(edges[next]) + "]",
                    comparison == Comparison.AT_LEAST ? "above " + bound.text() : "at-most " + bound.text());
        }
        if (next == edges.length) {
            return undecided(
                    said + ": beyond the last edge, undecided when the quantile is above " + value(edges[next - 1]),
                    "at most " + value(edges[next - 1]));
        }
        return undecided(
                said + ": inside (" + low(edges, next) + ", " + value(edges[next])
                        + "], undecided when the quantile lies there",
                "an edge, the nearest are " + low(edges, next) + " and " + value(edges[next]));
    }

    private Judged undecided(String what, String expected) {
        return switch (policy) {
            case CERTAIN -> new Judged(Severity.WARNING, what + "; expected " + expected);
            case INTERPOLATED ->
                new Judged(Severity.INFO, what + ", where Prometheus' interpolation speaks; certain at " + expected);
            case POSSIBLE -> new Judged(Severity.INFO, what + ", where it counts as a breach; certain at " + expected);
        };
    }

    private String low(double[] edges, int index) {
        return index == 0 ? "0" : value(edges[index - 1]);
    }

    /** In people's units, as rules may write it. */
    private String value(double edge) {
        BigDecimal number = BigDecimal.valueOf(edge);
        if (Unit.of(quantile.of().metric()) != Unit.SECONDS) {
            return number.stripTrailingZeros().toPlainString();
        }
        return edge < 1
                ? number.movePointRight(3).stripTrailingZeros().toPlainString() + "ms"
                : number.stripTrailingZeros().toPlainString() + "s";
    }
}
