package io.quorate.sinks.clickhouse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the tables hold of what happened, as the events that filled them: span by span, ordered by time, cluster and member,
 * and handed over as it comes, so that no span is too long for the memory of this. What became of an event on its way into a
 * table cannot be undone: see the method of each.
 */
public final class ClickHouseHistory {

    private static final JsonFactory JSON = new JsonFactory();

    /** Before all that a table can hold. */
    private static final Instant BEGINNING = Instant.parse("1900-01-01T00:00:00Z");

    private static final Map<String, String> HOW = Map.of(
            "default_format",
            "JSONCompactEachRow",
            "output_format_json_quote_64bit_integers",
            "0",
            "output_format_json_quote_denormals",
            "1",
            // The rows of a long span are sorted on disk rather than not at all.
            "max_bytes_before_external_sort",
            Integer.toString(256 << 20));

    private final ClickHouseSettings settings;
    private final ClickHouseClient client;
    private final String clusters;

    /** @param clusters their names, in which {@code *} stands for any text and {@code ?} for any character; none for all */
    public ClickHouseHistory(ClickHouseSettings settings, Set<String> clusters) {
        this.settings = settings;
        client = new ClickHouseClient(settings);
        this.clusters = clusters.isEmpty()
                ? ".*"
                : clusters.stream().map(ClickHouseHistory::expression).collect(Collectors.joining("|", "^(?s:", ")$"));
    }

    /**
     * The closed windows of this size that ended in this span, each in its highest version: what a late reading corrected
     * comes corrected. A window in which no series said anything has no rows, and does not come.
     *
     * @param metrics which series are wanted; none for all
     */
    public void memberWindows(Duration size, Span ended, Set<String> metrics, Consumer<MemberWindow> reader)
            throws IOException {
        Map<String, String> values = new HashMap<>();
        values.put("table", table(size));
        values.put("millis", Long.toString(size.toMillis()));
        values.put("metrics", array(metrics));
        // Days of beginnings are what the tables are parted by.
        Span began = new Span(ended.from().minus(size), ended.to().minus(size));
        WindowRows rows = new WindowRows(reader);
        each("member_windows", began, values, rows::take);
        rows.end();
    }

    /** What members answered in this span; of times, whole milliseconds. */
    public void memberStatuses(Span observed, Consumer<MemberStatus> reader) throws IOException {
        each("member_statuses", observed, Map.of(), row -> reader.accept(status(row)));
    }

    /** The member lists of this span. */
    public void clusterRosters(Span observed, Consumer<ClusterRoster> reader) throws IOException {
        each("cluster_rosters", observed, Map.of(), row -> reader.accept(roster(row)));
    }

    /** Of each cluster the last member list before this moment, and the last row that told of its labels alone. */
    public void lastClusterRosters(Instant before, Consumer<ClusterRoster> reader) throws IOException {
        each("last_cluster_rosters", upTo(before), Map.of(), row -> reader.accept(roster(row)));
    }

    /**
     * What members showed that were last looked at in this span: of each member the table holds the newest coverage alone.
     * Metrics come in the order of their names.
     */
    public void coverages(Span observed, Consumer<Coverage> reader) throws IOException {
        CoverageRows rows = new CoverageRows(reader);
        each("coverages", observed, Map.of(), rows::take);
        rows.end();
    }

    /** The same of all that were last looked at before this moment. */
    public void lastCoverages(Instant before, Consumer<Coverage> reader) throws IOException {
        coverages(upTo(before), reader);
    }

    /** When the first window begins that the table for windows of this size holds, of whatever cluster; null for none. */
    public @Nullable Instant firstWindow(Duration size) throws IOException {
        return first("window_start", table(size));
    }

    /** When the first answer was observed that is still there, of whatever cluster; null for none. */
    public @Nullable Instant firstStatus() throws IOException {
        return first("observed_at", MemberStatusTable.TABLE.name());
    }

    private @Nullable Instant first(String column, String table) throws IOException {
        String millis = client.execute("SELECT toUnixTimestamp64Milli(minOrNull(" + column + ")) FROM " + table)
                .strip();
        return millis.equals("\\N") ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }

    private static String table(Duration size) {
        RollUp rollUp = RollUp.of(Instant.EPOCH, Instant.EPOCH.plus(size));
        return MemberWindowTable.TABLE.name() + (rollUp == null ? "" : rollUp.suffix());
    }

    /** As ClickHouse writes an array of texts. */
    private static String array(Set<String> texts) {
        return texts.stream()
                .sorted()
                .map(text -> "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static Span upTo(Instant before) {
        return new Span(BEGINNING, before.isAfter(BEGINNING) ? before : BEGINNING.plusMillis(1));
    }

    /** What takes one row. */
    private interface Reading {
        void take(Row row) throws IOException;
    }

    private void each(String query, Span span, Map<String, String> more, Reading rows) throws IOException {
        Map<String, String> values = new HashMap<>(more);
        values.put("from", span.fromText());
        values.put("to", span.toText());
        // A parameter of a text is read as a field of a tab-separated file is.
        values.put("clusters", clusters.replace("\\", "\\\\"));
        String sql = Verification.sql("/clickhouse/history/" + query + ".sql");
        try (InputStream answer = client.stream(sql, values, HOW);
                JsonParser json = JSON.createParser(answer)) {
            Row row = new Row(json);
            while (json.nextToken() != null) {
                row.expect(JsonToken.START_ARRAY);
                rows.take(row);
                json.nextToken();
                row.expect(JsonToken.END_ARRAY);
            }
        } catch (ClickHouseRefused | ClickHouseUnreachable e) {
            throw e;
        } catch (JsonProcessingException e) {
            // An error after the first rows stands where the next one was to come.
            throw new ClickHouseRefused(
                    "ClickHouse broke off its answer at " + settings.url() + ": " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new ClickHouseUnreachable(
                    "ClickHouse went away at " + settings.url() + " while it answered: start it, and try again", e);
        }
    }

    private static MemberStatus status(Row row) throws IOException {
        return new MemberStatus(
                row.text(),
                row.textOrNull(),
                row.text(),
                row.textOrNull(),
                row.text(),
                row.time(),
                row.time(),
                row.textOrNull(),
                row.whole(),
                row.whole(),
                row.textOrNull(),
                row.whole(),
                row.whole(),
                row.whole(),
                row.truth(),
                row.texts(),
                Math.toIntExact(row.whole()),
                row.textOrNull(),
                row.textOrNull());
    }

    private static ClusterRoster roster(Row row) throws IOException {
        String cluster = row.text();
        String clusterId = row.text();
        Instant observedAt = row.time();
        Instant ingestedAt = row.time();
        List<String> ids = row.texts();
        List<String> names = row.texts();
        List<Boolean> learners = row.truths();
        List<String> urls = row.texts();
        List<ClusterRoster.Member> members = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            List<String> ofThis =
                    urls.get(i).isEmpty() ? List.of() : List.of(urls.get(i).split(" "));
            members.add(new ClusterRoster.Member(ids.get(i), names.get(i), learners.get(i), ofThis));
        }
        return new ClusterRoster(cluster, clusterId, observedAt, ingestedAt, members, row.labels());
    }

    /** As ClickHouse's regular expressions have it, of which the one for Java would know more. */
    private static String expression(String name) {
        StringBuilder expression = new StringBuilder();
        name.codePoints().forEach(character -> {
            if (character == '*') {
                expression.append(".*");
            } else if (character == '?') {
                expression.append('.');
            } else if (Character.isLetterOrDigit(character)) {
                expression.appendCodePoint(character);
            } else {
                expression.append("\\x{").append(Integer.toHexString(character)).append('}');
            }
        });
        return expression.toString();
    }

    /** Whose window it is, and which. */
    private record Place(
            String cluster,
            @Nullable String clusterId,
            String member,
            @Nullable String memberId,
            Instant windowStart,
            Instant windowEnd) {}

    /** Rows of windows, which come one window after the other, the highest version first. */
    private static final class WindowRows {

        private final Consumer<MemberWindow> reader;
        private final List<Histogram> histograms = new ArrayList<>();
        private final List<Sample> counters = new ArrayList<>();
        private final List<GaugeRange> gauges = new ArrayList<>();

        /** By metric: windows of many members share the edges of their histograms. */
        private final Map<String, double[]> edges = new HashMap<>();

        private @Nullable Place place;
        private @Nullable String series;
        private int version;
        private boolean gap;

        private WindowRows(Consumer<MemberWindow> reader) {
            this.reader = reader;
        }

        private void take(Row row) throws IOException {
            String cluster = row.text();
            String clusterId = row.textOrNull();
            String member = row.text();
            Place of = new Place(cluster, clusterId, member, row.textOrNull(), row.time(), row.time());
            int ofVersion = Math.toIntExact(row.whole());
            boolean hasGap = row.truth();
            if (!of.equals(place)) {
                end();
                place = of;
                version = ofVersion;
                gap = hasGap;
            }
            String kind = row.text();
            String metric = row.text();
            String labels = row.text();
            double sum = row.real();
            double[] bounds = shared(metric, row.reals());
            long[] counts = row.wholes();
            Double increase = row.realOrNull();
            long samples = row.whole();
            Double min = row.realOrNull();
            Double max = row.realOrNull();
            Double last = row.realOrNull();
            String whose = kind + ' ' + metric + ' ' + labels;
            if (ofVersion < version || whose.equals(series)) {
                // Corrected since, or written twice.
                return;
            }
            series = whose;
            switch (kind) {
                case "histogram" ->
                    histograms.add(new Histogram(metric, labels, new BucketVector(bounds, counts, sum)));
                case "counter" -> counters.add(new Sample(metric, labels, Objects.requireNonNull(increase, whose)));
                default ->
                    gauges.add(new GaugeRange(
                            metric,
                            labels,
                            Objects.requireNonNull(min, whose),
                            sum,
                            samples,
                            Objects.requireNonNull(max, whose),
                            last == null ? Double.NaN : last));
            }
        }

        private double[] shared(String metric, double[] bounds) {
            double[] known = edges.get(metric);
            if (known != null && Arrays.equals(known, bounds)) {
                return known;
            }
            edges.put(metric, bounds);
            return bounds;
        }

        private void end() {
            if (place != null) {
                reader.accept(new MemberWindow(
                        place.cluster(),
                        place.clusterId(),
                        place.member(),
                        place.memberId(),
                        place.windowStart(),
                        place.windowEnd(),
                        gap,
                        version,
                        new Measures(List.copyOf(histograms), List.copyOf(counters), List.copyOf(gauges))));
            }
            place = null;
            series = null;
            histograms.clear();
            counters.clear();
            gauges.clear();
        }
    }

    /** Rows of coverages, which come one coverage after the other. */
    private static final class CoverageRows {

        private final Consumer<Coverage> reader;
        private final List<String> present = new ArrayList<>();
        private final List<Coverage.Missing> missing = new ArrayList<>();
        private @Nullable Coverage whose;

        private CoverageRows(Consumer<Coverage> reader) {
            this.reader = reader;
        }

        private void take(Row row) throws IOException {
            Coverage of = new Coverage(
                    row.text(),
                    row.textOrNull(),
                    row.text(),
                    row.textOrNull(),
                    row.textOrNull(),
                    row.time(),
                    List.of(),
                    List.of());
            if (!of.equals(whose)) {
                end();
                whose = of;
            }
            String metric = row.text();
            String why = row.text();
            String detail = row.text();
            boolean required = row.truth();
            if (why.isEmpty()) {
                present.add(metric);
            } else {
                missing.add(new Coverage.Missing(metric, why, detail, required));
            }
        }

        private void end() {
            if (whose != null) {
                reader.accept(new Coverage(
                        whose.cluster(),
                        whose.clusterId(),
                        whose.member(),
                        whose.memberId(),
                        whose.version(),
                        whose.observedAt(),
                        List.copyOf(present),
                        List.copyOf(missing)));
            }
            whose = null;
            present.clear();
            missing.clear();
        }
    }

    /** One row, value by value, in the order of its query. */
    private static final class Row {

        private final JsonParser json;

        private Row(JsonParser json) {
            this.json = json;
        }

        private String text() throws IOException {
            json.nextToken();
            return json.getText();
        }

        /** Absent is empty in the tables. */
        private @Nullable String textOrNull() throws IOException {
            String text = text();
            return text.isEmpty() ? null : text;
        }

        private Instant time() throws IOException {
            return Instant.ofEpochMilli(whole());
        }

        private long whole() throws IOException {
            json.nextToken();
            return json.getLongValue();
        }

        private boolean truth() throws IOException {
            json.nextToken();
            return json.getBooleanValue();
        }

        private double real() throws IOException {
            json.nextToken();
            return Double.parseDouble(json.getText());
        }

        private @Nullable Double realOrNull() throws IOException {
            return json.nextToken() == JsonToken.VALUE_NULL ? null : Double.valueOf(json.getText());
        }

        private double[] reals() throws IOException {
            double[] reals = new double[16];
            int size = 0;
            begin(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (size == reals.length) {
                    reals = Arrays.copyOf(reals, size * 2);
                }
                reals[size++] = Double.parseDouble(json.getText());
            }
            return Arrays.copyOf(reals, size);
        }

        private long[] wholes() throws IOException {
            long[] wholes = new long[16];
            int size = 0;
            begin(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (size == wholes.length) {
                    wholes = Arrays.copyOf(wholes, size * 2);
                }
                wholes[size++] = json.getLongValue();
            }
            return Arrays.copyOf(wholes, size);
        }

        private List<String> texts() throws IOException {
            List<String> texts = new ArrayList<>();
            begin(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                texts.add(json.getText());
            }
            return List.copyOf(texts);
        }

        private List<Boolean> truths() throws IOException {
            List<Boolean> truths = new ArrayList<>();
            begin(JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                truths.add(json.getBooleanValue());
            }
            return List.copyOf(truths);
        }

        private Map<String, String> labels() throws IOException {
            Map<String, String> labels = new TreeMap<>();
            begin(JsonToken.START_OBJECT);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String label = json.currentName();
                labels.put(label, text());
            }
            return labels;
        }

        private void begin(JsonToken token) throws IOException {
            json.nextToken();
            expect(token);
        }

        private void expect(JsonToken token) throws IOException {
            if (json.currentToken() != token) {
                String found = json.currentToken() == null ? "nothing" : json.getText();
                throw new ClickHouseRefused("ClickHouse broke off its answer: " + found + " where " + token
                        + " was expected; look into its log");
            }
        }
    }
}
