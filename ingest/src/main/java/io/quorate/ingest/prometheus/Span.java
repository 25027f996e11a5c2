package io.quorate.ingest.prometheus;

import io.quorate.ingest.prometheus.MatrixAnswer.SeriesTaker;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** A stretch of the past that is asked for: from the first time to the second, exclusive, both whole milliseconds. */
record Span(Instant from, Instant to) {

    Duration length() {
        return Duration.between(from, to);
    }

    /**
     * The last millisecond that belongs to it. The range that ends there and is as long as the span begins one
     * millisecond before it: where a range holds its left end, as in Prometheus 2, that one is too much, and where it does
     * not, as in Prometheus 3, none is missing.
     */
    Instant at() {
        return to.minusMillis(1);
    }

    /** Passes on the samples that belong to it. */
    SeriesTaker only(SeriesTaker taker) {
        long first = from.toEpochMilli();
        long end = to.toEpochMilli();
        return (labels, times, values, count) -> {
            int start = 0;
            while (start < count && times[start] < first) {
                start++;
            }
            int stop = count;
            while (stop > start && times[stop - 1] >= end) {
                stop--;
            }
            if (stop > start) {
                taker.take(
                        labels,
                        Arrays.copyOfRange(times, start, stop),
                        Arrays.copyOfRange(values, start, stop),
                        stop - start);
            }
        };
    }
}
