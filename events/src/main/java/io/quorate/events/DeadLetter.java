package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What could not be read or sent, whole, with why.
 *
 * @param source where it stood: a topic with partition and offset, a server, a receiver
 * @param reason class of the trouble, such as {@code unreadable}, {@code late}, {@code not-of-now}, {@code refused}
 * @param detail in words: what was wrong, what was expected
 * @param record the whole of it; Base64 with the prefix {@code base64:} where it is not text
 */
public record DeadLetter(
        String source,
        String reason,
        String detail,
        @Nullable String cluster,
        String record,
        Instant observedAt) {

    public DeadLetter {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(reason, "reason");
        detail = detail == null ? "" : detail;
        record = record == null ? "" : record;
        Objects.requireNonNull(observedAt, "observedAt");
    }
}
