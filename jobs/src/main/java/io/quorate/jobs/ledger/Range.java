package io.quorate.jobs.ledger;

import io.quorate.jobs.ledger.Sweep.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of {@code a..b} or {@code a..b/step}. */
final class Range {

    /** Each is a run over the whole history. */
    static final int MOST = 50;

    private static final String NUMBER = "(\\d{1,12}(?:\\.\\d{1,9})?) ?(us|ms|s|m|h|d|B|KiB|MiB|GiB|TiB|%)?";
    private static final Pattern FORM = Pattern.compile(NUMBER + "\\.\\." + NUMBER + "(?:/" + NUMBER + ")?");

    private static final Map<String, BigDecimal> BASE = Map.ofEntries(
            Map.entry("", BigDecimal.ONE),
            Map.entry("us", new BigDecimal("0.000001")),
            Map.entry("ms", new BigDecimal("0.001")),
            Map.entry("s", BigDecimal.ONE),
            Map.entry("m", BigDecimal.valueOf(60)),
            Map.entry("h", BigDecimal.valueOf(3_600)),
            Map.entry("d", BigDecimal.valueOf(86_400)),
            Map.entry("B", BigDecimal.ONE),
            Map.entry("KiB", BigDecimal.valueOf(1L << 10)),
            Map.entry("MiB", BigDecimal.valueOf(1L << 20)),
            Map.entry("GiB", BigDecimal.valueOf(1L << 30)),
            Map.entry("TiB", BigDecimal.valueOf(1L << 40)),
            Map.entry("%", new BigDecimal("0.01")));

    /** Units of which people mean the same thing, smaller ones first. */
    private static final List<List<String>> KINDS = List.of(
            List.of(""),
            List.of("us", "ms", "s", "m", "h", "d"),
            List.of("B", "KiB", "MiB", "GiB", "TiB"),
            List.of("%"));

    private Range() {}

    /**
     * From the first to the last, both where the step leads there. Without a step whole numbers go up by one and all
     * else is doubled, as the edges of etcd's histograms are; the last is there then in any case.
     *
     * @param sweep as it was asked for, for errors
     */
    static List<Value> values(String sweep, String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("--sweep " + sweep + ": '" + text
                    + "' is no range; expected a..b or a..b/step, such as 3..8, 16ms..512ms or 10s..60s/10s");
        }
        // 10..60s is what people write for 10s..60s.
        String unit = unit(form, 2).isEmpty() ? unit(form, 4) : unit(form, 2);
        List<String> kind = kind(unit);
        BigDecimal from = base(form.group(1), unit);
        BigDecimal to = base(form.group(3), unit(form, 4).isEmpty() ? unit : unit(form, 4));
        boolean whole =
                unit.isEmpty() && !form.group(1).contains(".") && !form.group(3).contains(".");
        BigDecimal step = form.group(5) == null
                ? whole ? BigDecimal.ONE : null
                : base(form.group(5), unit(form, 6).isEmpty() ? unit : unit(form, 6));
        if (!kind.contains(unit(form, 4).isEmpty() ? unit : unit(form, 4))
                || !kind.contains(unit(form, 6).isEmpty() ? unit : unit(form, 6))) {
            throw new IllegalArgumentException("--sweep " + sweep + ": '" + text
                    + "' mixes units; expected one kind of unit, such as 16ms..512ms");
        }
        if (from.compareTo(to) > 0 || (step != null && step.signum() <= 0) || (step == null && from.signum() <= 0)) {
            throw new IllegalArgumentException("--sweep " + sweep + ": '" + text + "' leads nowhere; expected a range"
                    + " from the smaller to the larger, and a step above 0 when it begins at 0, such as 0s..60s/10s");
        }
        List<Value> values = new ArrayList<>();
        BigDecimal at = from;
        while (at.compareTo(to) <= 0 && values.size() <= MOST) {
            values.add(value(at, unit, kind));
            at = step == null ? at.add(at) : at.add(step);
        }
        if (step == null && values.get(values.size() - 1).number() != to.doubleValue() && values.size() <= MOST) {
            values.add(value(to, unit, kind));
        }
        if (values.size() > MOST) {
            throw new IllegalArgumentException("--sweep " + sweep + ": '" + text + "' is more than " + MOST
                    + " values, each a run over the whole history; expected fewer: give a larger step, as in"
                    + " a..b/step");
        }
        return values;
    }

    private static String unit(Matcher form, int group) {
        return form.group(group) == null ? "" : form.group(group);
    }

    private static List<String> kind(String unit) {
        return KINDS.stream().filter(kind -> kind.contains(unit)).findFirst().orElseThrow();
    }

    private static BigDecimal base(String number, String unit) {
        return new BigDecimal(number).multiply(BASE.getOrDefault(unit, BigDecimal.ONE));
    }

    /**
     * In the largest of the units up to the one that was said in which it is a whole number: rules know no half
     * seconds.
     */
    private static Value value(BigDecimal base, String unit, List<String> kind) {
        BigDecimal size = BASE.getOrDefault(unit, BigDecimal.ONE);
        String shown = unit;
        for (int i = kind.indexOf(unit); i > 0 && !isWhole(base, size); i--) {
            shown = kind.get(i - 1);
            size = BASE.getOrDefault(shown, BigDecimal.ONE);
        }
        String number = quotient(base, size).stripTrailingZeros().toPlainString();
        return new Value(number + (shown.equals("%") ? " %" : shown), base.doubleValue());
    }

    private static boolean isWhole(BigDecimal base, BigDecimal size) {
        return base.remainder(size).signum() == 0;
    }

    private static BigDecimal quotient(BigDecimal base, BigDecimal size) {
        return base.divide(size, 9, RoundingMode.HALF_UP);
    }
}
