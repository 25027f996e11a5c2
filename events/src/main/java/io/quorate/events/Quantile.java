package io.quorate.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A quantile of a {@link BucketVector}: certainly in {@code (low, high]}, and {@code value} where Prometheus would put it.
 *
 * @param high null when the observation lies beyond the last edge; {@code value} is then that edge
 */
public record Quantile(double low, double value, @Nullable Double high) {

    /** The quantiles that are written everywhere: p50, p90, p95, p99, p99.9. */
    public static final List<Double> LEVELS = List.of(0.5, 0.9, 0.95, 0.99, 0.999);
}
