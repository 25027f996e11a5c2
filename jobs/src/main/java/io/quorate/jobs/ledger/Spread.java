package io.quorate.jobs.ledger;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How some times lie, in seconds. The q-quantile is the value of rank ceil(q x n). */
public record Spread(int count, double p50, double p95, double max) {

    /** Null when there are none. */
    static @Nullable Spread of(List<Double> seconds) {
        if (seconds.isEmpty()) {
            return null;
        }
        List<Double> sorted = seconds.stream().sorted().toList();
        return new Spread(sorted.size(), at(sorted, 0.50), at(sorted, 0.95), sorted.get(sorted.size() - 1));
    }

    private static double at(List<Double> sorted, double q) {
        return sorted.get(Math.max(0, (int) Math.ceil(q * sorted.size()) - 1));
    }
}
