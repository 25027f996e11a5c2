package io.quorate.sinks.receivers;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait between attempts, and for how long to try: exponential back-off with jitter, so that receivers that come
 * back are not hit by everyone at once.
 *
 * @param first wait after the first attempt; doubles from there
 * @param longest wait between two attempts, unless the receiver itself asks for more
 * @param budget from the first attempt; after it the alert is given up
 */
public record Retry(Duration first, Duration longest, Duration budget) implements Serializable {

    public static final Retry DEFAULT = new Retry(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(24));

    /** Share of the wait that chance may take away. */
    private static final double JITTER = 0.25;

    private static final int MOST_DOUBLINGS = 30;

    public Retry {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(budget, "budget");
        if (first.isZero() || first.isNegative() || longest.compareTo(first) < 0 || budget.isNegative()) {
            throw new IllegalArgumentException("retry: first wait " + first + ", longest " + longest + ", budget "
                    + budget + "; expected 0 < first <= longest and a budget of 0 or more");
        }
    }

    public Retry within(Duration budget) {
        return new Retry(first, longest, budget);
    }

    /**
     * The wait after this attempt.
     *
     * @param attempt 1 for the first
     * @param chance in [0, 1)
     */
    public Duration waitAfter(int attempt, double chance) {
        double doubled = first.toMillis() * Math.pow(2, Math.min(attempt - 1, MOST_DOUBLINGS));
        double capped = Math.min(doubled, longest.toMillis());
        return Duration.ofMillis(Math.max(1, Math.round(capped * (1 - JITTER * chance))));
    }
}
