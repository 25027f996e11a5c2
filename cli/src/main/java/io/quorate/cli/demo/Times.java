package io.quorate.cli.demo;

import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Moments and spans as a person reads them; what is not known yet is blank. */
final class Times {

    private static final DateTimeFormatter WHOLE =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter TENTHS =
            DateTimeFormatter.ofPattern("HH:mm:ss.S", Locale.ROOT).withZone(ZoneId.systemDefault());

    private Times() {}

    static String clock(@Nullable Instant time) {
        return time == null ? "" : TENTHS.format(time);
    }

    /** Without tenths: of what falls on a whole second. */
    static String wholeClock(Instant time) {
        return WHOLE.format(time);
    }

    /** Whole seconds, rounded up. */
    static String seconds(Duration duration) {
        return Durations.format(Duration.ofSeconds(duration.plusMillis(999).toSeconds()));
    }

    static String plus(@Nullable Instant from, @Nullable Instant to) {
        return from == null || to == null
                ? ""
                : "+%.1f s".formatted(Duration.between(from, to).toMillis() / 1000.0);
    }
}
