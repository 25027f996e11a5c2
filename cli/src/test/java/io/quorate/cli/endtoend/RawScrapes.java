package io.quorate.cli.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Windows of every size and scope, computed anew from the records of {@code member-scrape} as JSON alone. It shares no code
 * with the product, so that a mistake cannot be on both sides; what it knows of metrics it was told by the test.
 */
final class RawScrapes {

    private static final double RESTART_SECONDS = 2;

    /** One row of a table. */
    record Row(String scope, String who, String metric, String labels, long start, long millis) {}

    /** What a row holds; a figure that does not speak is 0, null or empty. */
    static final class Figures {
        List<Double> edges = List.of();
        long[] counts = {};
        double sum;

        @Nullable
        Double increase;

        long samples;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        /** Of one member; nobody's of many. */
        @Nullable
        Double last;

        void add(Figures other, boolean largest) {
            if (other.counts.length > 0) {
                edges = other.edges;
                counts = counts.length == 0 ? new long[other.counts.length] : counts;
                for (int i = 0; i < counts.length; i++) {
                    counts[i] += other.counts[i];
                }
            }
            sum += other.sum;
            if (other.increase != null) {
                double before = increase == null ? 0 : increase;
                increase = largest ? Math.max(before, other.increase) : before + other.increase;
            }
            samples += other.samples;
            min = Math.min(min, other.min);
            max = Math.max(max, other.max);
            last = other.last == null ? last : other.last;
        }

        long count() {
            long all = 0;
            for (long count : counts) {
                all += count;
            }
            return all;
        }

        /** As the observation of rank ceil(q n): its bucket, and a straight line in it. */
        double[] quantile(double q) {
            double rank = q * count();
            long below = 0;
            for (int i = 0; i < edges.size(); i++) {
                if (below + counts[i] >= rank) {
                    double low = i == 0 ? 0 : edges.get(i - 1);
                    return new double[] {low, low + (edges.get(i) - low) * (rank - below) / counts[i], edges.get(i)};
                }
                below += counts[i];
            }
            double last = edges.get(edges.size() - 1);
            return new double[] {last, last, Double.POSITIVE_INFINITY};
        }
    }

    /** What a window of one member or of many saw. */
    private static final class Window {
        final Map<List<String>, Figures> series = new LinkedHashMap<>();
        boolean gap;
        int windows = 1;
        int members = 1;

        Figures of(String metric, String labels) {
            return series.computeIfAbsent(List.of(metric, labels), unseen -> new Figures());
        }
    }

    private final long base;
    private final List<Duration> sizes;
    private final Set<String> overRestarts;
    private final Set<String> seenByAll;
    /** By cluster and member, then by time. */
    private final Map<String, Map<String, TreeMap<Long, JsonNode>>> scrapes = new TreeMap<>();

    private final Map<Row, Figures> rows = new HashMap<>();
    private final Map<Row, Boolean> gaps = new HashMap<>();
    private final Map<Row, Integer> members = new HashMap<>();

    /**
     * Nothing yet.
     *
     * @param sizes of longer windows, each a multiple of the one before
     * @param overRestarts counters that a restart does not begin anew
     * @param seenByAll counters of which a cluster has the largest of its members'
     */
    RawScrapes(Duration base, List<Duration> sizes, Set<String> overRestarts, Set<String> seenByAll) {
        this.base = base.toMillis();
        this.sizes = sizes;
        this.overRestarts = overRestarts;
        this.seenByAll = seenByAll;
    }

    void add(JsonNode scrape) {
        scrapes.computeIfAbsent(scrape.get("cluster").asText(), unseen -> new TreeMap<>())
                .computeIfAbsent(scrape.get("member").asText(), unseen -> new TreeMap<>())
                .put(Instant.parse(scrape.get("observedAt").asText()).toEpochMilli(), scrape);
    }

    Map<Row, Figures> rows() {
        return rows;
    }

    Map<Row, Boolean> gaps() {
        return gaps;
    }

    /** Whose windows stand in a row. */
    Map<Row, Integer> members() {
        return members;
    }

    /**
     * Computes every row.
     *
     * @param groups by cluster, what it belongs to
     */
    void compute(Map<String, List<String>> groups) {
        Map<String, Map<List<Long>, Window>> wide = new TreeMap<>();
        scrapes.forEach((cluster, members) -> {
            Map<List<Long>, Window> whole = new TreeMap<>(RawScrapes::inTime);
            members.forEach((member, all) -> {
                Map<List<Long>, Window> windows = ofEverySize(windows(all));
                windows.forEach((span, window) -> {
                    tell("member", cluster + "/" + member, span, window);
                    Window sum = whole.computeIfAbsent(span, unseen -> nobody());
                    add(window, sum, true);
                });
            });
            whole.forEach((span, window) -> {
                tell("cluster", cluster, span, window);
                for (String group : groups.getOrDefault(cluster, List.of())) {
                    add(
                            window,
                            wide.computeIfAbsent(group, unseen -> new TreeMap<>(RawScrapes::inTime))
                                    .computeIfAbsent(span, unseen -> nobody()),
                            false);
                }
            });
        });
        wide.forEach((group, windows) ->
                windows.forEach((span, window) -> tell(group.isEmpty() ? "fleet" : "group", group, span, window)));
    }

    private static int inTime(List<Long> one, List<Long> other) {
        int byStart = one.get(0).compareTo(other.get(0));
        return byStart == 0 ? one.get(1).compareTo(other.get(1)) : byStart;
    }

    private static Window nobody() {
        Window window = new Window();
        window.members = 0;
        return window;
    }

    private void tell(String scope, String who, List<Long> span, Window window) {
        window.series.forEach((series, figures) -> {
            Row row = new Row(scope, who, series.get(0), series.get(1), span.get(0), span.get(1));
            rows.put(row, figures);
            gaps.put(row, window.gap);
            members.put(row, window.members);
        });
    }

    /** Members to their cluster, where the names of peers end, or clusters to what they belong to. */
    private void add(Window part, Window whole, boolean toCluster) {
        whole.gap |= part.gap;
        whole.members += part.members;
        part.series.forEach((series, figures) -> {
            String labels = toCluster ? withoutPeers(series.get(1)) : series.get(1);
            whole.of(series.get(0), labels).add(figures, toCluster && seenByAll.contains(series.get(0)));
        });
    }

    private static String withoutPeers(String labels) {
        StringBuilder kept = new StringBuilder();
        for (String label : labels.isEmpty() ? new String[0] : labels.split(",(?=[A-Za-z_]+=\")")) {
            if (!label.matches("(To|From|Local|Remote)=.*")) {
                kept.append(kept.isEmpty() ? "" : ",").append(label);
            }
        }
        return kept.toString();
    }

    private Map<List<Long>, Window> ofEverySize(Map<Long, Window> smallest) {
        Map<List<Long>, Window> all = new TreeMap<>(RawScrapes::inTime);
        smallest.forEach((start, window) -> all.put(List.of(start, base), window));
        for (Duration size : sizes) {
            Map<Long, Window> longer = new TreeMap<>();
            smallest.forEach((start, window) -> {
                long from = Math.floorDiv(start, size.toMillis()) * size.toMillis();
                Window sum = longer.get(from);
                if (sum == null) {
                    sum = new Window();
                    sum.windows = 0;
                    longer.put(from, sum);
                }
                sum.windows++;
                sum.gap |= window.gap;
                for (Map.Entry<List<String>, Figures> series : window.series.entrySet()) {
                    sum.of(series.getKey().get(0), series.getKey().get(1)).add(series.getValue(), false);
                }
            });
            longer.forEach((start, window) -> {
                window.gap |= window.windows * base < size.toMillis();
                all.put(List.of(start, size.toMillis()), window);
            });
        }
        return all;
    }

    /** The base windows of one member, by their start. */
    private Map<Long, Window> windows(TreeMap<Long, JsonNode> all) {
        Map<Long, Window> windows = new TreeMap<>();
        Map<List<String>, JsonNode> known = new HashMap<>();
        Long before = null;
        @Nullable Double startedAt = null;
        for (Map.Entry<Long, JsonNode> next : all.entrySet()) {
            JsonNode scrape = next.getValue();
            long start = Math.floorDiv(next.getKey(), base) * base;
            boolean answered = scrape.get("failure").isNull();
            if (before == null && !answered) {
                continue;
            }
            Window window = windows.get(start);
            if (window == null) {
                window = new Window();
                window.gap = before != null && before < start - base;
                windows.put(start, window);
                for (Map.Entry<List<String>, JsonNode> series : known.entrySet()) {
                    zero(window.of(series.getKey().get(1), series.getKey().get(2)), series.getValue());
                }
            }
            if (!answered) {
                window.gap = true;
                continue;
            }
            double started = scrape.get("processStartSeconds").asDouble();
            boolean restarted = startedAt != null && Math.abs(started - startedAt) > RESTART_SECONDS;
            window.gap |= restarted;
            if (restarted) {
                known.keySet().removeIf(series -> !overRestarts.contains(series.get(1)));
            }
            boolean first = before == null;
            for (JsonNode histogram : scrape.get("histograms")) {
                List<String> series = series("h", histogram);
                if (!first) {
                    window.gap |= observed(
                            window.of(series.get(1), series.get(2)), histogram.get("vector"), known.get(series));
                }
                known.put(series, histogram);
            }
            for (JsonNode counter : scrape.get("counters")) {
                List<String> series = series("c", counter);
                if (!first) {
                    JsonNode then = known.get(series);
                    double from = then == null ? 0 : then.get("value").asDouble();
                    double now = counter.get("value").asDouble();
                    window.gap |= now < from;
                    Figures figures = window.of(series.get(1), series.get(2));
                    figures.increase =
                            (figures.increase == null ? 0 : figures.increase) + (now < from ? now : now - from);
                }
                known.put(series, counter);
            }
            for (JsonNode gauge : scrape.get("gauges")) {
                Figures figures = window.of(
                        gauge.get("metric").asText(), gauge.get("labels").asText());
                double value = gauge.get("value").asDouble();
                figures.samples++;
                figures.sum += value;
                figures.min = Math.min(figures.min, value);
                figures.max = Math.max(figures.max, value);
                figures.last = value;
            }
            before = next.getKey();
            startedAt = started;
        }
        return windows;
    }

    private static List<String> series(String kind, JsonNode sample) {
        return List.of(kind, sample.get("metric").asText(), sample.get("labels").asText());
    }

    private static void zero(Figures figures, JsonNode known) {
        if (known.has("vector")) {
            figures.edges = edges(known.get("vector"));
            figures.counts = new long[figures.edges.size() + 1];
        } else {
            figures.increase = 0.0;
        }
    }

    /** Whether it shrank, which is a gap. */
    private static boolean observed(Figures figures, JsonNode vector, @Nullable JsonNode known) {
        JsonNode counts = vector.get("counts");
        long[] grown = new long[counts.size()];
        boolean shrank = false;
        for (int i = 0; i < grown.length; i++) {
            grown[i] = counts.get(i).asLong()
                    - (known == null
                            ? 0
                            : known.get("vector").get("counts").get(i).asLong());
            shrank |= grown[i] < 0;
        }
        Figures delta = new Figures();
        delta.edges = edges(vector);
        delta.counts = grown;
        delta.sum = vector.get("sum").asDouble()
                - (known == null || shrank ? 0 : known.get("vector").get("sum").asDouble());
        for (int i = 0; shrank && i < grown.length; i++) {
            grown[i] = counts.get(i).asLong();
        }
        figures.add(delta, false);
        return shrank;
    }

    private static List<Double> edges(JsonNode vector) {
        List<Double> edges = new ArrayList<>();
        vector.get("edges").forEach(edge -> edges.add(edge.asDouble()));
        return edges;
    }

    /** The newest labels of each cluster, each as the group of those that share it, and the fleet, which has no name. */
    static Map<String, List<String>> groups(List<JsonNode> rosters) {
        Map<String, List<String>> groups = new TreeMap<>();
        for (JsonNode roster : rosters) {
            List<String> all = new ArrayList<>(List.of(""));
            SortedMap<String, String> labels = new TreeMap<>();
            roster.get("labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            labels.forEach((name, value) -> all.add(name + "=\"" + value + "\""));
            groups.put(roster.get("cluster").asText(), all);
        }
        return groups;
    }
}
