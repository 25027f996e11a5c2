package io.quorate.ingest.prometheus;

import io.quorate.ingest.catalogue.Catalogue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads Prometheus' text exposition format. Remembers what series it saw, since the next scrape shows the same: then a line
 * costs one look-up and one number; with a {@link LastPage} one comparison and one number. Safe from any thread.
 */
public final class TextFormat {

    /** Names of peers are among the labels, so each cluster has some of its own. */
    private static final int REMEMBERED = 300_000;

    private final Places places;
    private final Map<String, Known> remembered = new ConcurrentHashMap<>();

    /** Where the samples of a series of this name and these labels go; null when it is not read. */
    interface Places {
        @Nullable
        Series of(String name, Map<String, String> labels);
    }

    /** Reads what this catalogue lists, and leaves these labels out. */
    public TextFormat(Catalogue catalogue, Set<String> identification) {
        this((name, labels) -> Series.of(catalogue, name, labels, identification));
    }

    TextFormat(Places places) {
        this.places = places;
    }

    /** A series as a line writes it, and where its samples go. */
    private record Known(String text, Optional<Series> series) {

        private static final Known NOTHING = new Known("\n", Optional.empty());

        /** Where the value is when this line is of this series; -1 when that must be looked at more closely. */
        private int valueIn(String page, int from, int end) {
            if (!page.startsWith(text, from)) {
                return -1;
            }
            int seriesEnd = from + text.length();
            int value = skipBlanks(page, seriesEnd, end);
            boolean ended = value > seriesEnd || page.charAt(seriesEnd - 1) == '}';
            return ended && value < end && page.charAt(value) != '\r' && page.charAt(value) != '{' ? value : -1;
        }
    }

    /**
     * What the last page of one member showed, line by line. Its next page shows the same, and then nothing is looked up.
     * Of one thread at a time.
     */
    public static final class LastPage {

        private static final int MOST_LINES = 20_000;

        private final List<Known> lines = new ArrayList<>();

        private Known line(int index) {
            return index < lines.size() ? lines.get(index) : Known.NOTHING;
        }

        private void line(int index, Known known) {
            if (index < lines.size()) {
                lines.set(index, known);
            } else if (index < MOST_LINES) {
                lines.add(known);
            }
        }

        private void endsAt(int size) {
            if (size < lines.size()) {
                lines.subList(size, lines.size()).clear();
            }
        }
    }

    /** Feeds every sample of the page to the assembler. Lines that are none are named there. */
    public void read(String page, ScrapeAssembler into) {
        read(page, new LastPage(), into);
    }

    /** The same for a member that is read again and again. */
    public void read(String page, LastPage last, ScrapeAssembler into) {
        int number = 0;
        int index = 0;
        for (int start = 0; start < page.length(); ) {
            number++;
            int end = page.indexOf('\n', start);
            end = end < 0 ? page.length() : end;
            int from = skipBlanks(page, start, end);
            if (from < end && page.charAt(from) != '#' && page.charAt(from) != '\r') {
                Known expected = last.line(index);
                int value = expected.valueIn(page, from, end);
                if (value < 0) {
                    last.line(index, readLine(page, from, end, number, into));
                } else if (expected.series().isPresent()) {
                    readValue(page, value, end, expected.series().get(), into);
                }
                index++;
            }
            start = end + 1;
        }
        last.endsAt(index);
    }

    private Known readLine(String page, int from, int end, int number, ScrapeAssembler into) {
        int seriesEnd = likelySeriesEnd(page, from, end);
        Known known = remembered.get(page.substring(from, seriesEnd));
        int value = skipBlanks(page, seriesEnd, end);
        if (known == null || value >= end || page.charAt(value) == '\r') {
            return readNewLine(page, from, end, number, into);
        }
        if (known.series().isPresent()) {
            readValue(page, value, end, known.series().get(), into);
        }
        return known;
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

    private Known readNewLine(String page, int from, int end, int number, ScrapeAssembler into) {
        int nameEnd = from;
        while (nameEnd < end && !isBlank(page.charAt(nameEnd)) && page.charAt(nameEnd) != '{') {
            nameEnd++;
        }
        int brace = skipBlanks(page, nameEnd, end);
        int seriesEnd = brace < end && page.charAt(brace) == '{' ? closingBrace(page, brace, end) : nameEnd;
        int valueStart = seriesEnd < 0 ? end : skipBlanks(page, seriesEnd, end);
        if (valueStart >= end || page.charAt(valueStart) == '\r') {
            into.refuse("line " + number + ": no value, expected name{labels} value");
            return Known.NOTHING;
        }
        Known known = known(page.substring(from, seriesEnd), nameEnd - from, number, into);
        if (known.series().isPresent()) {
            readValue(page, valueStart, end, known.series().get(), into);
        }
        return known;
    }

    private static void readValue(String page, int start, int end, Series series, ScrapeAssembler into) {
        int valueEnd = start;
        while (valueEnd < end && !isBlank(page.charAt(valueEnd))) {
            valueEnd++;
        }
        into.add(series, Numbers.parse(page, start, valueEnd));
    }

    private Known known(String text, int nameLength, int number, ScrapeAssembler into) {
        Known known = remembered.get(text);
        if (known != null) {
            return known;
        }
        try {
            known = new Known(
                    text, Optional.ofNullable(places.of(text.substring(0, nameLength), labels(text, nameLength))));
        } catch (IllegalArgumentException e) {
            into.refuse("line " + number + ": " + e.getMessage());
            return Known.NOTHING;
        }
        if (remembered.size() >= REMEMBERED) {
            remembered.clear();
        }
        remembered.put(text, known);
        return known;
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
