package io.quorate.ingest.poll;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a target that keeps failing is asked again already: after some failures in a row only after a pause, twice
 * as long after each further one; one answer ends it. Safe from any thread.
 */
public final class Breaker {

    private static final int FAILURES = 5;
    /** Higher numbers tell nothing more, and one such as 401 would read as a status of HTTP. */
    private static final int MOST_TOLD = 100;

    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** How much of a pause differs by target, so that those that fell together do not come back together. */
    private static final double JITTER = 0.25;

    private final Duration interval;
    private final double jitter;
    private int failures;
    private String last = "";
    private long opensUntilNanos;

    /**
     * A closed one.
     *
     * @param interval between polls; the first pause is twice as long
     * @param jitter the target's own number, from 0 to 1
     */
    Breaker(Duration interval, double jitter) {
        this.interval = interval;
        this.jitter = jitter;
    }

    /** A closed one for the target of this context. */
    public static Breaker of(Duration interval, PollContext context) {
        return new Breaker(interval, context.spread(interval).toNanos() / (double) interval.toNanos());
    }

    /**
     * Why it is not asked now, in words; null when it is to be asked.
     *
     * @param nowNanos by a clock that never goes back
     * @param now for people
     */
    public synchronized @Nullable String refusal(long nowNanos, Instant now) {
        long left = opensUntilNanos - nowNanos;
        if (failures < FAILURES || left <= 0) {
            return null;
        }
        return (failures > MOST_TOLD ? "more than " + MOST_TOLD : failures) + " failures in a row, last: " + last
                + "; next try at "
                + now.plusNanos(left).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    }

    /** The target failed, with this to tell of it. */
    public synchronized void failed(String why, long nowNanos) {
        failures++;
        last = why;
        if (failures >= FAILURES) {
            int doublings = Math.min(failures - FAILURES + 1, 30);
            double nanos = Math.min(interval.toNanos() * (double) (1L << doublings), LONGEST.toNanos());
            opensUntilNanos = nowNanos + (long) (nanos * (1 - JITTER * jitter));
        }
    }

    /** The target answered. */
    public synchronized void answered() {
        failures = 0;
    }
}
