package io.quorate.sinks.receivers;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On which terms a receiver is told, whatever it speaks.
 *
 * @param timeout of one attempt
 * @param sendResolved whether it wants to hear that something is over
 * @param perMinute messages in any 60 s, retries apart; what comes beyond is told together later. 0 is without a limit
 * @param fallback name of the receiver that is told instead, when this one refuses or {@code fallbackAfter} has passed;
 *     null for none
 * @param allowPrivate whether a name may lead to loopback or a private network; an address that is written as a number may
 *     always, and link-local and metadata addresses never
 */
public record Terms(
        Duration timeout,
        Retry retry,
        boolean sendResolved,
        int perMinute,
        @Nullable String fallback,
        Duration fallbackAfter,
        boolean allowPrivate)
        implements Serializable {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_PER_MINUTE = 10;
    public static final Duration DEFAULT_FALLBACK_AFTER = Duration.ofMinutes(2);

    /** For receivers that wake people. */
    public static final Terms DEFAULT =
            new Terms(DEFAULT_TIMEOUT, Retry.DEFAULT, true, DEFAULT_PER_MINUTE, null, DEFAULT_FALLBACK_AFTER, false);

    /** For receivers that machines read. */
    public static final Terms UNLIMITED = DEFAULT.limitedTo(0);

    public Terms {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(fallbackAfter, "fallbackAfter");
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("timeout: " + timeout.toMillis() + "ms, expected more than 0");
        }
        if (perMinute < 0) {
            throw new IllegalArgumentException("per-minute: " + perMinute + ", expected 0 (no limit) or more");
        }
    }

    /** The same, with this many messages in any 60 s; 0 for no limit. */
    public Terms limitedTo(int messages) {
        return new Terms(timeout, retry, sendResolved, messages, fallback, fallbackAfter, allowPrivate);
    }

    /** The same, with this time-out and these retries. */
    public Terms patient(Duration timeout, Retry retry) {
        return new Terms(timeout, retry, sendResolved, perMinute, fallback, fallbackAfter, allowPrivate);
    }
}
