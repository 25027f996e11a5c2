package io.quorate.events;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a series in one canonical text, {@code To="abc",grpc_method="Put"}: sorted by name, escaped as Prometheus
 * does. Text, because it is compared, hashed and stored millions of times and taken apart only where a person reads.
 */
public final class Labels {

    public static final String NONE = "";

    private Labels() {}

    /** The canonical text of these labels; empty for none. */
    public static String of(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return NONE;
        }
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=\"" + escape(label.getValue()) + '"')
                        .collect(Collectors.joining(","));
    }

    /** The labels in a canonical text, in its order. Refuses text that {@link #of} could not have made. */
    public static Map<String, String> parse(String canonical) {
        Map<String, String> labels = new LinkedHashMap<>();
        int at = 0;
        while (at < canonical.length()) {
            int equals = canonical.indexOf("=\"", at);
            if (equals < 0) {
                throw new IllegalArgumentException("not canonical labels: " + canonical);
            }
            StringBuilder value = new StringBuilder();
            int end = unescape(canonical, equals + 2, value);
            labels.put(canonical.substring(at, equals), value.toString());
            at = end + 1;
            if (at < canonical.length() && canonical.charAt(at++) != ',') {
                throw new IllegalArgumentException("not canonical labels: " + canonical);
            }
        }
        return labels;
    }

    /** The value of this label in a canonical text; null when it has none. */
    public static @Nullable String value(String canonical, String name) {
        int at = 0;
        while (at < canonical.length()) {
            int equals = canonical.indexOf("=\"", at);
            int end = equals < 0 ? -1 : closingQuote(canonical, equals + 2);
            if (end < 0) {
                throw new IllegalArgumentException("not canonical labels: " + canonical);
            }
            if (equals == at + name.length() && canonical.startsWith(name, at)) {
                StringBuilder value = new StringBuilder();
                unescape(canonical, equals + 2, value);
                return value.toString();
            }
            at = end + 2;
        }
        return null;
    }

    /**
     * This text, if {@link #parse} can read it. Asked of every series that is read, so it makes nothing.
     *
     * @throws IllegalArgumentException if it cannot
     */
    static String checked(String labels) {
        int at = 0;
        while (at < labels.length()) {
            int value = labels.indexOf("=\"", at) + 2;
            int end = value < 2 ? -1 : closingQuote(labels, value);
            boolean goesOn = end + 1 < labels.length();
            if (end < 0 || (goesOn && labels.charAt(end + 1) != ',')) {
                throw new IllegalArgumentException("not canonical labels: " + labels);
            }
            at = end + 2;
        }
        return labels;
    }

    private static int closingQuote(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                return i;
            }
            if (text.charAt(i) == '\\') {
                i++;
            }
        }
        return -1;
    }

    /** The same labels without the named ones. */
    public static String without(String canonical, Iterable<String> names) {
        if (canonical.isEmpty()) {
            return NONE;
        }
        Map<String, String> kept = parse(canonical);
        names.forEach(kept::remove);
        return of(kept);
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** Reads up to the closing quote, whose index it returns. */
    private static int unescape(String text, int from, StringBuilder into) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(++i);
                into.append(escaped == 'n' ? '\n' : escaped);
            } else {
                into.append(c);
            }
        }
        throw new IllegalArgumentException("unclosed quote in labels: " + text);
    }
}
