package io.quorate.jobs.percentiles;

import java.time.Duration;
import org.apache.flink.streaming.api.TimerService;

/**
 * When the open windows are told of: at beats that all keys share, the wider scopes a moment after the narrower ones, so
 * that one beat reaches the fleet.
 */
final class Early {

    private static final long APART_MILLIS = 100;

    private Early() {}

    /** In the order in which a beat passes them. */
    enum Level {
        MEMBER,
        CLUSTER,
        SHARE,
        WHOLE
    }

    /** The next beat of this level, in processing time. Asked twice in between it is the same, and one timer. */
    static long next(TimerService timers, Duration every, Level level) {
        long offset = level.ordinal() * APART_MILLIS;
        long beat = every.toMillis();
        return Math.floorDiv(timers.currentProcessingTime() - offset, beat) * beat + beat + offset;
    }
}
