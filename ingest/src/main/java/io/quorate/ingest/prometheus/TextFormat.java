package io.quorate.ingest.prometheus;

import io.quorate.ingest.catalogue.Catalogue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads Prometheus' text exposition format. Remembers what series it saw, since the next scrape shows the same: then a line
 * costs one look-up and one number. Safe from any thread.
 */
public final class TextFormat {

    /** Names of peers are among the labels, so each cluster has some of its own. */
    private static final int REMEMBERED = 300_000;

    private final Catalogue catalogue;
    private final Set<String> identification;
    private final Map<String, Optional<Series>> remembered = new ConcurrentHashMap<>();

    /** Reads what this catalogue lists, and leaves these labels out. */
    public TextFormat(Catalogue catalogue, Set<String> identification) {
        this.catalogue = catalogue;
        this.identification = Set.copyOf(identification);
    }

    /** Feeds every sample of the page to the assembler. Lines that are none are named there. */
    public void read(String page, ScrapeAssembler into) {
        int number = 0;
        for (int start = 0; start < page.length(); ) {
            number++;
            int end = page.indexOf('\n', start);
            end = end < 0 ? page.length() : end;
            int from = skipBlanks(page, start, end);
            if (from < end && page.charAt(from) != '#' && page.charAt(from) != '\r') {
                readLine(page, from, end, number, into);
            }
            start = end + 1;
        }
    }

    private void readLine(String page, int from, int end, int number, ScrapeAssembler into) {
        int seriesEnd = likelySeriesEnd(page, from, end);
        Optional<Series> known = remembered.get(page.substring(from, seriesEnd));
        int value = skipBlanks(page, seriesEnd, end);
        if (known == null || value >= end || page.charAt(value) == '\r') {
            readNewLine(page, from, end, number, into);
        } else if (known.isPresent()) {
            readValue(page, value, end, known.get(), into);
        }
    }

    /** From the end, which is near. Exemplars mislead it, but what it makes of those is no series that was ever seen. */
    private static int likelySeriesEnd(String page, int from, int end) {
        int brace = page.lastIndexOf('}', end - 1);
        if (brace >= from) {
            return brace + 1;
        }
        int blank = from;
        while (blank < end && !isBlank(page.charAt(blank))) {
            blank++;
        }
        return blank;
    }

    private void readNewLine(String page, int from, int end, int number, ScrapeAssembler into) {
        int nameEnd = from;
        while (nameEnd < end && !isBlank(page.charAt(nameEnd)) && page.charAt(nameEnd) != '{') {
            nameEnd++;
        }
        int brace = skipBlanks(page, nameEnd, end);
        int seriesEnd = brace < end && page.charAt(brace) == '{' ? closingBrace(page, brace, end) : nameEnd;
        int valueStart = seriesEnd < 0 ? end : skipBlanks(page, seriesEnd, end);
        if (valueStart >= end || page.charAt(valueStart) == '\r') {
            into.refuse("line " + number + ": no value, expected name{labels} value");
            return;
        }
        Optional<Series> series = series(page.substring(from, seriesEnd), nameEnd - from, number, into);
        if (series.isPresent()) {
            readValue(page, valueStart, end, series.get(), into);
        }
    }

    private static void readValue(String page, int start, int end, Series series, ScrapeAssembler into) {
        int valueEnd = start;
        while (valueEnd < end && !isBlank(page.charAt(valueEnd))) {
            valueEnd++;
        }
        into.add(series, Numbers.parse(page.substring(start, valueEnd)));
    }

    private Optional<Series> series(String text, int nameLength, int number, ScrapeAssembler into) {
        Optional<Series> known = remembered.get(text);
        if (known != null) {
            return known;
        }
        Optional<Series> series;
        try {
            series = Optional.ofNullable(
                    Series.of(catalogue, text.substring(0, nameLength), labels(text, nameLength), identification));
        } catch (IllegalArgumentException e) {
            into.refuse("line " + number + ": " + e.getMessage());
            return Optional.empty();
        }
        if (remembered.size() >= REMEMBERED) {
            remembered.clear();
        }
        remembered.put(text, series);
        return series;
    }

    /** The labels in {@code name{a="b",c="d",}}: blanks between and a comma at the end are allowed. */
    private static Map<String, String> labels(String text, int nameLength) {
        Map<String, String> labels = new HashMap<>();
        int at = text.indexOf('{', nameLength) + 1;
        if (at == 0) {
            return labels;
        }
        int end = text.length() - 1;
        while ((at = skipBlanks(text, at, end)) < end) {
            int equals = text.indexOf('=', at);
            int quote = equals < 0 ? -1 : skipBlanks(text, equals + 1, end);
            if (quote < 0 || quote >= end || text.charAt(quote) != '"') {
                throw new IllegalArgumentException("labels are not name=\"value\" in " + text);
            }
            StringBuilder value = new StringBuilder();
            int i = quote + 1;
            for (; text.charAt(i) != '"'; i++) {
                char c = text.charAt(i);
                if (c == '\\') {
                    c = text.charAt(++i);
                    c = c == 'n' ? '\n' : c;
                }
                value.append(c);
            }
            labels.put(text.substring(at, equals).strip(), value.toString());
            at = skipBlanks(text, i + 1, end);
            if (at < end && text.charAt(at++) != ',') {
                throw new IllegalArgumentException("no comma between labels in " + text);
            }
        }
        return labels;
    }

    /** The place after the brace that closes this one, outside quotes; -1 when there is none. */
    private static int closingBrace(String page, int open, int end) {
        boolean quoted = false;
        for (int i = open + 1; i < end; i++) {
            char c = page.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == '}' && !quoted) {
                return i + 1;
            }
        }
        return -1;
    }

    private static int skipBlanks(String text, int from, int end) {
        int at = from;
        while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }
}
