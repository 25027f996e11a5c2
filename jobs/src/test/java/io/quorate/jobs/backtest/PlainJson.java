package io.quorate.jobs.backtest;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON reader of the tests' own, so that a checker shares no reader with what it checks. Objects are maps, arrays lists,
 * numbers BigDecimal: the digits as written.
 */
final class PlainJson {

    private final String text;
    private int at;

    private PlainJson(String text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(String text) {
        PlainJson json = new PlainJson(text);
        Object value = json.value();
        json.blanks();
        if (json.at != text.length() || !(value instanceof Map)) {
            throw json.unexpected("one object");
        }
        return (Map<String, @Nullable Object>) value;
    }

    @SuppressWarnings("unchecked")
    static <T> List<T> list(@Nullable Object value) {
        return (List<T>) value;
    }

    @SuppressWarnings("unchecked")
    static <T> Map<String, T> map(@Nullable Object value) {
        return (Map<String, T>) value;
    }

    private @Nullable Object value() {
        blanks();
        char first = text.charAt(at);
        if (first == '{') {
            return members();
        }
        if (first == '[') {
            return elements();
        }
        if (first == '"') {
            return string();
        }
        int start = at;
        while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> new BigDecimal(word);
        };
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        at++;
        blanks();
        while (text.charAt(at) != '}') {
            blanks();
            String name = string();
            blanks();
            take(':');
            members.put(name, value());
            blanks();
            if (text.charAt(at) != '}') {
                take(',');
            }
        }
        at++;
        return members;
    }

    private List<@Nullable Object> elements() {
        List<@Nullable Object> elements = new ArrayList<>();
        at++;
        blanks();
        while (text.charAt(at) != ']') {
            elements.add(value());
            blanks();
            if (text.charAt(at) != ']') {
                take(',');
            }
        }
        at++;
        return elements;
    }

    private String string() {
        take('"');
        StringBuilder read = new StringBuilder();
        int from = at;
        while (text.charAt(at) != '"') {
            if (text.charAt(at) != '\\') {
                at++;
                continue;
            }
            read.append(text, from, at);
            char escaped = text.charAt(at + 1);
            at += 2;
            switch (escaped) {
                case 'n' -> read.append('\n');
                case 't' -> read.append('\t');
                case 'r' -> read.append('\r');
                case 'b' -> read.append('\b');
                case 'f' -> read.append('\f');
                case 'u' -> {
                    read.append((char) Integer.parseInt(text, at, at + 4, 16));
                    at += 4;
                }
                default -> read.append(escaped);
            }
            from = at;
        }
        read.append(text, from, at++);
        return read.toString();
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private void take(char expected) {
        if (text.charAt(at) != expected) {
            throw unexpected("'" + expected + "'");
        }
        at++;
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException(
                "at " + at + " of " + text.substring(0, Math.min(80, text.length())) + ": expected " + expected);
    }
}
