package io.quorate.jobs.alerting.routes;

import java.util.ArrayList;
import java.util.List;

/** A list of matchers as people write it, read from its begin. */
final class MatcherText {

    private static final String EXPECTED = "expected matchers such as severity=\"critical\",env=~\"dev|test\"";

    private final String text;
    private int at;

    MatcherText(String text) {
        this.text = text;
    }

    List<LabelMatcher> matchers() {
        List<LabelMatcher> matchers = new ArrayList<>();
        boolean braces = takes("{");
        while (!isAtEnd(braces)) {
            matchers.add(matcher());
            if (!takes(",") && !isAtEnd(braces)) {
                throw problem("expected a comma or the end");
            }
        }
        if (braces && !takes("}")) {
            throw problem("the brace is not closed; expected } at the end");
        }
        skipBlanks();
        if (at < text.length()) {
            throw problem("expected nothing after the matchers");
        }
        return matchers;
    }

    static String label(String label) {
        return label.matches("[a-zA-Z_][a-zA-Z0-9_]*") ? label : quoted(label);
    }

    static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private LabelMatcher matcher() {
        String label = word();
        if (label.isEmpty()) {
            throw problem("no label; " + EXPECTED);
        }
        LabelMatcher.Op op = op(label);
        skipBlanks();
        int begin = at;
        String value = word();
        if (at == begin) {
            throw problem(
                    "no value after '" + label + op.text() + "'; expected one, or \"\" where the label is not there");
        }
        try {
            return new LabelMatcher(label, op, value);
        } catch (IllegalArgumentException e) {
            at = begin;
            throw problem(String.valueOf(e.getMessage()));
        }
    }

    private LabelMatcher.Op op(String label) {
        for (LabelMatcher.Op op : List.of(
                LabelMatcher.Op.MATCHES, LabelMatcher.Op.MATCHES_NOT, LabelMatcher.Op.IS_NOT, LabelMatcher.Op.IS)) {
            if (takes(op.text())) {
                return op;
            }
        }
        throw problem("after '" + label + "' expected =, !=, =~ or !~");
    }

    /** In quotes, or up to what cannot stand without them. */
    private String word() {
        if (takes("\"")) {
            return inQuotes();
        }
        int begin = at;
        while (at < text.length()
                && "{}!=~,\"".indexOf(text.charAt(at)) < 0
                && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.substring(begin, at);
    }

    private String inQuotes() {
        int begin = at - 1;
        StringBuilder word = new StringBuilder();
        while (at < text.length()) {
            char next = text.charAt(at++);
            if (next == '"') {
                return word.toString();
            }
            word.append(next == '\\' ? escaped() : next);
        }
        at = begin;
        throw problem("the quote is not closed; expected \" after the value");
    }

    private char escaped() {
        char next = at < text.length() ? text.charAt(at) : ' ';
        at++;
        return switch (next) {
            case 'n' -> '\n';
            case '"', '\\' -> next;
            default -> {
                at -= 2;
                throw problem("expected \\\\, \\\" or \\n after a backslash");
            }
        };
    }

    private boolean isAtEnd(boolean braces) {
        skipBlanks();
        return at >= text.length() || (braces && text.charAt(at) == '}');
    }

    private boolean takes(String sign) {
        skipBlanks();
        if (!text.startsWith(sign, at)) {
            return false;
        }
        at += sign.length();
        return true;
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException("matchers " + text + " at character " + (at + 1) + ": " + what);
    }
}
