package io.quorate.sinks.clickhouse;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of windows that have tables of their own, such as {@code member_window_1h}. Every other size stays in the table
 * without a suffix.
 */
enum RollUp {
    MINUTE("_1m", Duration.ofMinutes(1)),
    FIVE_MINUTES("_5m", Duration.ofMinutes(5)),
    HOUR("_1h", Duration.ofHours(1)),
    DAY("_1d", Duration.ofDays(1));

    private final String suffix;
    private final Duration size;

    RollUp(String suffix, Duration size) {
        this.suffix = suffix;
        this.size = size;
    }

    /** What the name of the table has behind that of the base windows. */
    String suffix() {
        return suffix;
    }

    /**
     * The one for this window; null when there is none. A base window that is set to one of these sizes goes to that table
     * too: it is the only window of its size, and whoever asks for minutes finds minutes.
     */
    static @Nullable RollUp of(Instant start, Instant end) {
        Duration size = Duration.between(start, end);
        for (RollUp rollUp : values()) {
            if (rollUp.size.equals(size)) {
                return rollUp;
            }
        }
        return null;
    }
}
