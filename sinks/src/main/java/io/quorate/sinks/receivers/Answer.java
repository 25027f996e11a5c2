package io.quorate.sinks.receivers;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one attempt, and whether another is worth it. */
public sealed interface Answer {

    /** HTTP's, where the receiver speaks it. */
    @Nullable
    Integer httpStatus();

    /** In words, for the ledger; holds no secret. */
    @Nullable
    String detail();

    /** The receiver has it. */
    record Delivered(@Nullable Integer httpStatus, @Nullable String detail) implements Answer {}

    /**
     * Not now: a time-out, no connection, too many requests, trouble on the other side.
     *
     * @param after not before; null when the receiver did not say
     */
    record WorthRetrying(
            @Nullable Integer httpStatus,
            String detail,
            @Nullable Duration after) implements Answer {}

    /** Never: the same again would be refused again. */
    record Refused(@Nullable Integer httpStatus, String detail) implements Answer {}
}
