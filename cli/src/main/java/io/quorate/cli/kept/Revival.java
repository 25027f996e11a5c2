package io.quorate.cli.kept;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a process that has ended is started again: at once if it had lived for a while, else after a pause that doubles, so that
 * one which cannot live does not keep the machine busy.
 *
 * @param quickEnds how often in a row it ended soon after its start
 * @param due null while it lives
 */
public record Revival(
        Instant startedAt, int quickEnds, @Nullable Instant due) {

    private static final Duration WHILE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int DOUBLINGS = 5;

    public static Revival startedAt(Instant now) {
        return new Revival(now, 0, null);
    }

    /** Seen to have ended. */
    public Revival ended(Instant now) {
        if (due != null) {
            return this;
        }
        if (!now.isBefore(startedAt.plus(WHILE))) {
            return new Revival(startedAt, 0, now);
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(quickEnds, DOUBLINGS));
        return new Revival(startedAt, quickEnds + 1, now.plus(pause));
    }

    public boolean ripe(Instant now) {
        return due != null && !now.isBefore(due);
    }

    public Revival startedAgain(Instant now) {
        return new Revival(now, quickEnds, null);
    }
}
