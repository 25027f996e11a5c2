package io.quorate.jobs.percentiles;

import java.time.Duration;
import java.time.Instant;

/** From when to when a window goes, {@code [startMillis, endMillis)} of the epoch. A Flink POJO, as it keys state. */
public record Span(long startMillis, long endMillis) {

    static Span of(Instant start, Instant end) {
        return new Span(start.toEpochMilli(), end.toEpochMilli());
    }

    /** The one of this size, aligned to the epoch, in which this moment lies. */
    static Span around(long millis, Duration size) {
        long start = Math.floorDiv(millis, size.toMillis()) * size.toMillis();
        return new Span(start, start + size.toMillis());
    }

    Instant start() {
        return Instant.ofEpochMilli(startMillis);
    }

    Instant end() {
        return Instant.ofEpochMilli(endMillis);
    }

    boolean contains(long millis) {
        return startMillis <= millis && millis < endMillis;
    }

    long millis() {
        return endMillis - startMillis;
    }

    /** When the watermark is there, nothing of it is to come. */
    long closesAt() {
        return endMillis - 1;
    }

    /** When the watermark is there, no correction of it is to come either. */
    long settlesAt(Duration horizon) {
        return endMillis + horizon.toMillis();
    }
}
