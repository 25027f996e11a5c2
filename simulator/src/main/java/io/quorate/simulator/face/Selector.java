package io.quorate.simulator.face;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A selector of PromQL, with or without a range: the part of the language that the simulator answers.
 *
 * @param rangeMillis 0 for none
 */
record Selector(List<Match> matches, long rangeMillis) {

    static final String NAME = "__name__";

    private static final Pattern FORM = Pattern.compile(
            "\\s*([a-zA-Z_:][a-zA-Z0-9_:]*)?\\s*(\\{(.*)})?\\s*(\\[\\s*([0-9a-z]+)\\s*])?\\s*", Pattern.DOTALL);
    /** Values run to thousands of characters: no alternatives inside a loop, which would recurse for each. */
    private static final Pattern ONE = Pattern.compile(
            "\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"\\s*(,|$)",
            Pattern.DOTALL);

    private static final Pattern SPAN = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    /** One matcher: a label, and the values that it may have. */
    record Match(String label, Pattern pattern, boolean wanted) {

        boolean accepts(String value) {
            return pattern.matcher(value).matches() == wanted;
        }
    }

    /**
     * Reads a selector.
     *
     * @throws IllegalArgumentException when it is something else
     */
    static Selector parse(String query) {
        Matcher form = FORM.matcher(query);
        if (!form.matches() || (form.group(1) == null && form.group(2) == null)) {
            throw new IllegalArgumentException(
                    "the simulator answers selectors only, with or without a range, not: " + query);
        }
        List<Match> matches = new ArrayList<>();
        if (form.group(1) != null) {
            matches.add(new Match(NAME, Pattern.compile(Pattern.quote(form.group(1))), true));
        }
        String inner = form.group(3) == null ? "" : form.group(3);
        Matcher one = ONE.matcher(inner);
        int at = 0;
        while (at < inner.length() && !inner.substring(at).isBlank()) {
            if (!one.find(at) || one.start() != at) {
                throw new IllegalArgumentException("no matcher at: " + inner.substring(at));
            }
            matches.add(match(one.group(1), one.group(2), unescaped(one.group(3))));
            at = one.end();
        }
        return new Selector(List.copyOf(matches), form.group(5) == null ? 0 : millis(form.group(5)));
    }

    private static Match match(String label, String operator, String value) {
        boolean regex = operator.endsWith("~");
        try {
            Pattern pattern = Pattern.compile(regex ? value : Pattern.quote(value), Pattern.DOTALL);
            return new Match(label, pattern, !operator.startsWith("!"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("no regular expression: " + value, e);
        }
    }

    private static String unescaped(String quoted) {
        return quoted.replaceAll("\\\\(.)", "$1");
    }

    /** A span as Prometheus writes it, such as {@code 90s} or {@code 1m30s}. */
    static long millis(String span) {
        Matcher part = SPAN.matcher(span);
        long millis = 0;
        int at = 0;
        while (part.find() && part.start() == at) {
            long unit = switch (part.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                default -> 86_400_000;
            };
            millis += Long.parseLong(part.group(1)) * unit;
            at = part.end();
        }
        if (at != span.length() || at == 0) {
            throw new IllegalArgumentException("no duration: " + span);
        }
        return millis;
    }

    /** Whether these labels, and no others, are accepted; a label that is not there is empty. */
    boolean accepts(Map<String, String> labels) {
        for (Match match : matches) {
            if (!match.accepts(labels.getOrDefault(match.label(), ""))) {
                return false;
            }
        }
        return true;
    }
}
