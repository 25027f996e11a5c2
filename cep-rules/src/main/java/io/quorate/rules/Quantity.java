package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.rules.Threshold.Bound;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number as people write it: {@code 32ms}, {@code 0.5}, {@code 100MiB}, {@code 95 %}, {@code members}.
 *
 * @param number in the base unit
 * @param unit that it claims; a bare number claims none and fits every unit
 */
record Quantity(double number, Unit unit, Bound.Kind kind, String text) {

    private static final Pattern FORM =
            Pattern.compile("(-?\\d{1,15}(?:\\.\\d{1,9})?) ?(us|ms|s|m|h|d|B|KiB|MiB|GiB|TiB|%)?");

    private static final Map<String, BigDecimal> SECONDS = Map.of(
            "us",
            new BigDecimal("0.000001"),
            "ms",
            new BigDecimal("0.001"),
            "s",
            BigDecimal.ONE,
            "m",
            BigDecimal.valueOf(60),
            "h",
            BigDecimal.valueOf(3_600),
            "d",
            BigDecimal.valueOf(86_400));

    private static final Map<String, BigDecimal> BYTES = Map.of(
            "B", BigDecimal.ONE,
            "KiB", BigDecimal.valueOf(1L << 10),
            "MiB", BigDecimal.valueOf(1L << 20),
            "GiB", BigDecimal.valueOf(1L << 30),
            "TiB", BigDecimal.valueOf(1L << 40));

    /** Of a value that the schema took for one. */
    static Quantity of(JsonNode node) {
        if (node.isNumber()) {
            return new Quantity(node.asDouble(), Unit.NUMBER, Bound.Kind.NUMBER, node.asText());
        }
        return switch (node.asText()) {
            case "members" -> new Quantity(0, Unit.NUMBER, Bound.Kind.MEMBERS, "members");
            case "quorum" -> new Quantity(0, Unit.NUMBER, Bound.Kind.QUORUM, "quorum");
            default -> parse(node.asText()).orElseThrow(() -> new IllegalArgumentException(node.asText()));
        };
    }

    /** The number in this text; empty when there is none. */
    static Optional<Quantity> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String suffix = matcher.group(2) == null ? "" : matcher.group(2);
        Unit unit = suffix.isEmpty()
                ? Unit.NUMBER
                : suffix.equals("%") ? Unit.RATIO : SECONDS.containsKey(suffix) ? Unit.SECONDS : Unit.BYTES;
        // Decimal up to here, so that 51.2ms is the double that etcd's own edge of 0.0512 is.
        BigDecimal base = switch (unit) {
            case SECONDS -> number.multiply(SECONDS.get(suffix));
            case BYTES -> number.multiply(BYTES.get(suffix));
            case RATIO -> number.movePointLeft(2);
            case NUMBER -> number;
        };
        return Optional.of(new Quantity(base.doubleValue(), unit, Bound.Kind.NUMBER, text));
    }

    /** Whether it can be held against what this signal measures. */
    boolean fits(Signal signal) {
        Unit measured = Unit.of(signal);
        return kind == Bound.Kind.NUMBER ? unit == measured || unit == Unit.NUMBER : measured == Unit.NUMBER;
    }

    Bound bound() {
        return new Bound(number, kind, text);
    }
}
