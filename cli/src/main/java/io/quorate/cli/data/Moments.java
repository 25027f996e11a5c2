package io.quorate.cli.data;

import io.quorate.rules.yaml.Durations;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Times as people write them. */
public final class Moments {

    private Moments() {}

    /**
     * ISO-8601, or a span before now.
     *
     * @param option whose value it is, for errors
     * @throws IllegalArgumentException when it is neither
     */
    public static Instant parse(String option, String text, Instant now) {
        if (text.matches("\\d+(ms|s|m|h|d)")) {
            return now.minus(Durations.parse(text));
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    option + " " + text + " is no time; expected one like 2026-03-29T01:00:00Z, or a span before now"
                            + " like 90s, 15m, 24h or 7d",
                    e);
        }
    }
}
