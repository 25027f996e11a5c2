package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Meter} keeps of one stretch of one member's time.
 *
 * @param number of the stretch, counted from the epoch
 * @param vector of a histogram; null for all else
 * @param values by label value, or under {@link Meter#WHOLE}; what the numbers are, each meter knows
 */
public record Slot(
        long number,
        @Nullable BucketVector vector,
        @Nullable Map<String, double[]> values) {}
