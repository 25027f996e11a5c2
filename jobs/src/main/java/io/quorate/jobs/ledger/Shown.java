package io.quorate.jobs.ledger;

import io.quorate.rules.yaml.Durations;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as reports show them. */
final class Shown {

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Shown() {}

    /** Three significant digits; whole numbers whole. */
    static String number(double number) {
        if (number == Math.rint(number) && Math.abs(number) < 1e6) {
            return Long.toString((long) number);
        }
        BigDecimal rounded = new BigDecimal(number).round(new MathContext(3, RoundingMode.HALF_UP));
        return (Math.abs(number) >= 1000 ? rounded.setScale(0, RoundingMode.HALF_UP) : rounded.stripTrailingZeros())
                .toPlainString();
    }

    /** A share in percent; a dash where there is none. */
    static String share(@Nullable Double share) {
        return share == null ? "-" : number(Math.rint(share * 1000) / 10) + " %";
    }

    /** In UTC, to the second. */
    static String time(Instant at) {
        return SECONDS.format(at);
    }

    /** The same without the year, where columns are few. */
    static String day(Instant at) {
        return DAY.format(at);
    }

    /** As JSON has it. */
    static String millis(Instant at) {
        return MILLIS.format(at);
    }

    static String span(Duration span) {
        return Durations.format(span);
    }

    /** {@code 12 s later}. */
    static String shift(double seconds) {
        return seconds(Math.abs(seconds)) + (seconds < 0 ? " earlier" : " later");
    }

    static String seconds(double seconds) {
        return number(Math.rint(seconds * 10) / 10) + " s";
    }

    /** {@code 1 page}, {@code 3 pages}. */
    static String count(long n, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? one : many);
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    /** At most so many characters. */
    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1).stripTrailing() + "\u2026";
    }
}
