package io.quorate.cli.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A measured number as an alert's evidence words it, moved outward to where it is certainly not beyond.
 *
 * @param number in the base unit: seconds, a ratio, what is counted
 * @param text as a rule can say it
 */
record Measurement(double number, String text) {

    /** {@code 412 ms, certainly in (256 ms, 512 ms]}, {@code 12.3 %}, {@code 7}. */
    private static final Pattern VALUE =
            Pattern.compile("(-?[0-9.]+)( ms| s| %)?(?:, certainly in \\((.+?), (.+)])?.*");

    private static final Pattern NUMBER = Pattern.compile("(-?[0-9.]+)( ms| s| %)?");

    /** As many digits as people set limits with. */
    private static final int DIGITS = 3;

    /** Null for what is no number, or has no upper end. */
    static @Nullable Measurement of(String value, boolean upper) {
        Matcher matcher = VALUE.matcher(value);
        if (!matcher.matches()) {
            return null;
        }
        if (matcher.group(3) != null) {
            // An edge is exact: a limit at it can be decided.
            String edge = upper ? matcher.group(4) : matcher.group(3);
            Matcher exact = NUMBER.matcher(edge);
            return exact.matches() ? new Measurement(base(exact), edge) : null;
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        BigDecimal step = BigDecimal.ONE.movePointLeft(DIGITS - 1 - exponent(number));
        RoundingMode outward = upper ? RoundingMode.CEILING : RoundingMode.FLOOR;
        BigDecimal rounded = number.divide(step, 0, outward).multiply(step);
        // What it was is itself rounded.
        BigDecimal beyond = upper ? rounded.add(step) : rounded.subtract(step);
        String unit = matcher.group(2) == null ? "" : matcher.group(2);
        String text = beyond.stripTrailingZeros().toPlainString() + unit;
        Matcher said = NUMBER.matcher(text);
        return said.matches() ? new Measurement(base(said), text) : null;
    }

    /** A bound as YAML: a number where it has no unit. */
    static JsonNode node(String bound) {
        return bound.matches("-?[0-9]+(\\.[0-9]+)?")
                ? JsonNodeFactory.instance.numberNode(new BigDecimal(bound))
                : JsonNodeFactory.instance.textNode(bound);
    }

    private static int exponent(BigDecimal number) {
        return number.signum() == 0 ? 0 : number.precision() - number.scale() - 1;
    }

    private static double base(Matcher matcher) {
        BigDecimal number = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2) == null ? "" : matcher.group(2);
        return switch (unit) {
            case " ms" -> number.movePointLeft(3).doubleValue();
            case " %" -> number.movePointLeft(2).doubleValue();
            default -> number.doubleValue();
        };
    }
}
