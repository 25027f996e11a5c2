package io.quorate.rules.yaml;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 10s}, {@code 15m}, {@code 24h}, {@code 7d}. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /**
     * The duration in this text.
     *
     * @throws IllegalArgumentException when it is not in this form
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration; expected one like 10s, 15m or 24h");
        }
        long n = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(n);
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }

    /** The same duration as {@link #parse} reads it, in the largest unit that divides it: {@code 90s}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        String[] units = {"d", "h", "m", "s"};
        long[] sizes = {86_400_000, 3_600_000, 60_000, 1_000};
        for (int i = 0; i < units.length; i++) {
            if (millis % sizes[i] == 0) {
                return millis / sizes[i] + units[i];
            }
        }
        return millis + "ms";
    }

    /** The shortest such text, in at most two units: {@code 1m 30s}. */
    public static String format(Duration duration) {
        if (duration.toMillis() < 1000) {
            return duration.toMillis() + "ms";
        }
        long seconds = duration.toSeconds();
        String[] units = {"d", "h", "m", "s"};
        long[] sizes = {86_400, 3_600, 60, 1};
        StringBuilder text = new StringBuilder();
        for (int i = 0, written = 0; i < units.length && written < 2; i++) {
            long n = seconds / sizes[i];
            if (n > 0) {
                text.append(written == 0 ? "" : " ").append(n).append(units[i]);
                seconds -= n * sizes[i];
                written++;
            }
        }
        return text.toString();
    }
}
