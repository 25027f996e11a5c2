package io.quorate.jobs.settings;

import io.quorate.rules.yaml.Durations;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * How windows are cut.
 *
 * @param size of a base window; it is aligned to the epoch
 * @param horizon how late a reading may be to correct a closed window
 */
public record WindowSettings(Duration size, Duration horizon) implements Serializable {

    public static final WindowSettings DEFAULT = new WindowSettings(Duration.ofSeconds(10), Duration.ofSeconds(90));

    public WindowSettings {
        if (size.toMillis() < 1000) {
            throw new IllegalArgumentException(
                    "percentiles.window: " + Durations.text(size) + ", expected at least 1s");
        }
        if (horizon.compareTo(size) < 0) {
            throw new IllegalArgumentException("percentiles.horizon: " + Durations.text(horizon)
                    + ", expected at least the window of " + Durations.text(size));
        }
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
}
