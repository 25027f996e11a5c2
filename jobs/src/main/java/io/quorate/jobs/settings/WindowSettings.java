package io.quorate.jobs.settings;

import io.quorate.rules.yaml.Durations;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How windows are cut, and over whom they are summed.
 *
 * @param size of a base window; it is aligned to the epoch
 * @param horizon how late a reading may be to correct a closed window
 * @param early how often the open base window is told of before it closes; null for never
 * @param groups sets of labels of clusters: those whose values agree are summed; null for each label by itself
 */
public record WindowSettings(
        Duration size,
        Duration horizon,
        @Nullable Duration early,
        @Nullable List<List<String>> groups) implements Serializable {

    /** What people look at over hours, weeks and years. */
    private static final List<Duration> LARGER =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1));

    public static final Duration DEFAULT_EARLY = Duration.ofSeconds(2);

    /** As {@code percentiles} without a key, but for early rows: a replay has none. */
    public static final WindowSettings DEFAULT = replay(Duration.ofSeconds(10), Duration.ofSeconds(90));

    public WindowSettings {
        if (size.toMillis() < 1000) {
            throw new IllegalArgumentException(
                    "percentiles.window: " + Durations.text(size) + ", expected at least 1s");
        }
        if (Duration.ofHours(1).toMillis() % size.toMillis() != 0) {
            throw new IllegalArgumentException("percentiles.window: " + Durations.text(size)
                    + ", expected a part of an hour, such as 10s, 15s or 1m, as longer windows are sums of whole ones");
        }
        if (horizon.compareTo(size) < 0) {
            throw new IllegalArgumentException("percentiles.horizon: " + Durations.text(horizon)
                    + ", expected at least the window of " + Durations.text(size));
        }
        if (early != null && early.toMillis() < 500) {
            throw new IllegalArgumentException(
                    "percentiles.early: " + Durations.text(early) + ", expected at least 500ms, or off");
        }
    }

    /** For what has happened: nobody waits for a window to close. */
    public static WindowSettings replay(Duration size, Duration horizon) {
        return new WindowSettings(size, horizon, null, null);
    }

    /** When the window begins in which this moment lies. */
    public Instant startOf(Instant time) {
        long millis = size.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), millis) * millis);
    }

    /** The last moment of a window, in epoch milliseconds: when the watermark is there, nothing of it is to come. */
    public long closesAt(Instant start) {
        return start.plus(size).toEpochMilli() - 1;
    }

    /** Whether a window of these ends is a base window, and not a sum of some. */
    public boolean isBase(Instant start, Instant end) {
        return Duration.between(start, end).equals(size);
    }

    /** The sizes of longer windows, each a sum of whole ones of the size before it, the first of base windows. */
    public List<Duration> rollUps() {
        List<Duration> sizes = new ArrayList<>();
        Duration before = size;
        for (Duration larger : LARGER) {
            if (larger.compareTo(before) > 0 && larger.toMillis() % before.toMillis() == 0) {
                sizes.add(larger);
                before = larger;
            }
        }
        return sizes;
    }
}
