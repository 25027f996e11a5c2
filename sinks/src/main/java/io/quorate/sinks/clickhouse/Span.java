package io.quorate.sinks.clickhouse;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What lies in [from, to). A window is in it when it begins there, so that neighbouring spans share none and miss none. */
public record Span(Instant from, Instant to) {

    private static final DateTimeFormatter CLICKHOUSE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Span {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "--from " + from + " is not before --to " + to + "; expected a span of time");
        }
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    String fromText() {
        return CLICKHOUSE.format(from);
    }

    String toText() {
        return CLICKHOUSE.format(to);
    }
}
