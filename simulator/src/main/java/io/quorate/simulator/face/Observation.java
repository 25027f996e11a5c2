package io.quorate.simulator.face;

import io.quorate.simulator.model.StatusAnswer;
import org.jspecify.annotations.Nullable;

/**
 * One look at one member: a page, a status, or why there was neither.
 *
 * @param askedAt seconds since the epoch
 * @param took seconds
 * @param arrivesAt when a consumer has it: later than {@code askedAt + took} where delivery is late
 * @param source which of the collectors asked
 * @param error in words; null when answered
 */
public record Observation(
        double askedAt,
        double took,
        double arrivesAt,
        String cluster,
        String member,
        Kind kind,
        int source,
        @Nullable String page,
        @Nullable StatusAnswer status,
        @Nullable String error) {

    /** What was asked for. */
    public enum Kind {
        METRICS,
        STATUS
    }
}
