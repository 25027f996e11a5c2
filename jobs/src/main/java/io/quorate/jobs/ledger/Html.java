package io.quorate.jobs.ledger;

import io.quorate.events.Alert.Severity;
import java.util.Locale;

/**
 * HTML while it is written. What is said of a fleet is text, whatever it looks like: it goes through {@link #escaped}.
 */
final class Html {

    private final StringBuilder html = new StringBuilder();

    /** Markup, as it stands. */
    Html raw(String markup) {
        html.append(markup);
        return this;
    }

    Html text(String text) {
        html.append(escaped(text));
        return this;
    }

    /** An element with text in it. */
    Html element(String name, String text) {
        return raw("<" + name + ">").text(text).raw("</" + name.split(" ")[0] + ">");
    }

    /** A heading row; columns whose name begins with # hold numbers. */
    Html head(String... names) {
        raw("<div class=scroll><table><thead><tr>");
        for (String name : names) {
            boolean number = name.startsWith("#");
            element(number ? "th class=n" : "th", number ? name.substring(1) : name);
        }
        return raw("</tr></thead><tbody>\n");
    }

    Html cell(String text) {
        return element("td", text);
    }

    Html number(String text) {
        return element("td class=n", text);
    }

    Html severity(Severity severity) {
        String word = Shown.lower(severity);
        return raw("<td>" + badge(word, word) + "</td>");
    }

    /** A word in its colour. */
    static String badge(String kind, String text) {
        return "<span class=\"badge " + kind + "\">" + escaped(text) + "</span>";
    }

    Html end() {
        return raw("</tbody></table></div>\n");
    }

    /** A sentence beside a table; nothing when there is none to say. */
    Html note(String sentence) {
        return sentence.isEmpty() ? this : element("p class=note", sentence);
    }

    /** A number for an attribute of SVG. */
    static String coordinate(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                // No browser takes control characters.
                default -> safe.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        return safe.toString();
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
