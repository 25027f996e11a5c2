package io.quorate.jobs.alerting.routes;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A condition on one label, as Prometheus and Alertmanager write it. A label that is not there is empty. Regular expressions
 * are RE2's, matched against the whole value, and take time linear in its length.
 */
public record LabelMatcher(String label, Op op, String value) implements Serializable {

    /** How the value is compared. */
    public enum Op {
        IS("="),
        IS_NOT("!="),
        MATCHES("=~"),
        MATCHES_NOT("!~");

        private final String text;

        Op(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public LabelMatcher {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(op, "op");
        Objects.requireNonNull(value, "value");
        if (op == Op.MATCHES || op == Op.MATCHES_NOT) {
            try {
                Pattern.compile(value);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        '\'' + value + "' is no regular expression (" + e.getDescription()
                                + "); expected one of RE2, such as dev|test",
                        e);
            }
        }
    }

    /**
     * The matchers in a list such as {@code severity="critical",env=~"dev|test"}, with or without braces and quotes; none in an
     * empty one.
     *
     * @throws IllegalArgumentException with the place of what is wrong, and what was expected there
     */
    public static List<LabelMatcher> parse(String text) {
        return new MatcherText(text).matchers();
    }

    /** The list that {@link #parse} reads as these. */
    public static String text(List<LabelMatcher> matchers) {
        return matchers.stream().map(LabelMatcher::toString).collect(Collectors.joining(",", "{", "}"));
    }

    public boolean matches(Map<String, String> labels) {
        String actual = labels.getOrDefault(label, "");
        return switch (op) {
            case IS -> actual.equals(value);
            case IS_NOT -> !actual.equals(value);
            case MATCHES -> isMatchedBy(actual);
            case MATCHES_NOT -> !isMatchedBy(actual);
        };
    }

    private boolean isMatchedBy(String actual) {
        return Pattern.compile(value, Pattern.DOTALL).matches(actual);
    }

    @Override
    public String toString() {
        return MatcherText.label(label) + op.text + MatcherText.quoted(value);
    }
}
