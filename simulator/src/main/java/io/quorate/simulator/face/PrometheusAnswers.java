package io.quorate.simulator.face;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Prometheus' HTTP API, as far as selectors go, over what was scraped of the fleet. */
final class PrometheusAnswers {

    private static final JsonFactory JSON = new JsonFactory();
    private static final long LOOK_BACK = 5 * 60_000;
    private static final int UP = -1;

    private final Page page;
    private final Page.Clock clock;
    private final int replicas;
    private final List<ScrapedCluster> fleet;
    private final int[] place;
    private final List<Map<String, String>> seriesLabels = new ArrayList<>();
    private final Map<List<Selector.Match>, int[]> known = new ConcurrentHashMap<>();

    PrometheusAnswers(Page page, Page.Clock clock, int replicas, List<ScrapedCluster> fleet) {
        this.page = page;
        this.clock = clock;
        this.replicas = replicas;
        this.fleet = fleet;
        this.place = new int[page.series().size()];
        int[] moving = page.moving();
        Arrays.fill(place, -1);
        IntStream.range(0, moving.length).forEach(i -> place[moving[i]] = i);
        for (Page.Series series : page.series()) {
            seriesLabels.add(labels(series));
        }
    }

    private static Map<String, String> labels(Page.Series series) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(Selector.NAME, series.name());
        for (String pair :
                series.labels().isEmpty() ? new String[0] : series.labels().split("\",")) {
            int equals = pair.indexOf('=');
            labels.put(pair.substring(0, equals), pair.substring(equals + 2).replace("\"", ""));
        }
        return labels;
    }

    /** Writes the samples of one series, if there are any. */
    private interface Samples {
        void write(JsonGenerator json, Place where, int series) throws IOException;
    }

    /** One target, and its labels. */
    private record Place(ScrapedCluster cluster, Member member, int replica, int[] peers, Map<String, String> labels) {}

    void query(String query, long atMillis, OutputStream out) throws IOException {
        if (Expression.is(query)) {
            write(
                    new Expression((selector, taker) -> each(selector, (where, series) -> {
                                double value = at(where, series, atMillis);
                                if (!Double.isNaN(value)) {
                                    taker.take(labels(where, series), value);
                                }
                            }))
                            .vector(query),
                    atMillis,
                    out);
            return;
        }
        Selector selector = Selector.parse(query);
        boolean range = selector.rangeMillis() > 0;
        write(out, range ? "matrix" : "vector", selector, (json, where, series) -> {
            if (range) {
                List<ScrapedCluster.Scrape> scrapes = where.cluster()
                        .scrapes(where.replica(), where.member().index(), atMillis - selector.rangeMillis(), atMillis);
                values(json, where, series, scrapes);
            } else {
                double value = at(where, series, atMillis);
                if (!Double.isNaN(value)) {
                    begin(json, where, series);
                    json.writeFieldName("value");
                    sample(json, atMillis, value);
                    json.writeEndObject();
                }
            }
        });
    }

    private static void write(Map<Map<String, String>, Double> vector, long atMillis, OutputStream out)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("status", "success");
            json.writeObjectFieldStart("data");
            json.writeStringField("resultType", "vector");
            json.writeArrayFieldStart("result");
            for (Map.Entry<Map<String, String>, Double> one : vector.entrySet()) {
                json.writeStartObject();
                json.writeObjectFieldStart("metric");
                for (Map.Entry<String, String> label : one.getKey().entrySet()) {
                    json.writeStringField(label.getKey(), label.getValue());
                }
                json.writeEndObject();
                json.writeFieldName("value");
                sample(json, atMillis, one.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    void range(String query, long start, long end, long step, OutputStream out) throws IOException {
        Selector selector = Selector.parse(query);
        if (selector.rangeMillis() > 0 || step <= 0 || end < start || (end - start) / step > 11_000) {
            throw new IllegalArgumentException("expected a selector without a range, and at most 11,000 steps");
        }
        write(out, "matrix", selector, (json, where, series) -> {
            boolean begun = false;
            for (long time = start; time <= end; time += step) {
                double value = at(where, series, time);
                if (!Double.isNaN(value)) {
                    if (!begun) {
                        begin(json, where, series);
                        json.writeArrayFieldStart("values");
                        begun = true;
                    }
                    sample(json, time, value);
                }
            }
            if (begun) {
                json.writeEndArray();
                json.writeEndObject();
            }
        });
    }

    void series(List<String> matches, long atMillis, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("status", "success");
            json.writeArrayFieldStart("data");
            for (String match : matches) {
                Selector selector = Selector.parse(match);
                each(selector, (where, one) -> {
                    if (!Double.isNaN(at(where, one, atMillis))) {
                        metric(json, where, one);
                    }
                });
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    void targets(long atMillis, String base, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("status", "success");
            json.writeObjectFieldStart("data");
            json.writeArrayFieldStart("activeTargets");
            for (Place where : places()) {
                List<ScrapedCluster.Scrape> scrapes = where.cluster()
                        .scrapes(where.replica(), where.member().index(), atMillis - LOOK_BACK, atMillis);
                json.writeStartObject();
                json.writeObjectFieldStart("discoveredLabels");
                json.writeEndObject();
                json.writeObjectFieldStart("labels");
                for (Map.Entry<String, String> label : where.labels().entrySet()) {
                    json.writeStringField(label.getKey(), label.getValue());
                }
                json.writeEndObject();
                json.writeStringField("scrapePool", "etcd");
                json.writeStringField("scrapeUrl", base + path(where));
                json.writeStringField("globalUrl", base + path(where));
                boolean any = !scrapes.isEmpty();
                boolean up = any && scrapes.get(scrapes.size() - 1).up();
                json.writeStringField("lastError", up || !any ? "" : "context deadline exceeded");
                json.writeStringField(
                        "lastScrape",
                        any
                                ? Instant.ofEpochMilli(
                                                scrapes.get(scrapes.size() - 1).millis())
                                        .toString()
                                : "0001-01-01T00:00:00Z");
                json.writeNumberField("lastScrapeDuration", 0.005);
                json.writeStringField("health", any ? up ? "up" : "down" : "unknown");
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("droppedTargets");
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static String path(Place where) {
        return "/" + where.cluster().cluster().name() + "/" + where.member().name() + "/metrics";
    }

    private interface Found {
        void found(Place where, int series) throws IOException;
    }

    private void write(OutputStream out, String type, Selector selector, Samples samples) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("status", "success");
            json.writeObjectFieldStart("data");
            json.writeStringField("resultType", type);
            json.writeArrayFieldStart("result");
            each(selector, (where, series) -> samples.write(json, where, series));
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void each(Selector selector, Found found) throws IOException {
        for (Place where : places()) {
            List<Selector.Match> rest = new ArrayList<>();
            boolean ours = true;
            for (Selector.Match match : selector.matches()) {
                String label = where.labels().get(match.label());
                if (label == null) {
                    rest.add(match);
                } else {
                    ours = ours && match.accepts(label);
                }
            }
            if (ours) {
                for (int series : accepted(List.copyOf(rest), where)) {
                    found.found(where, series);
                }
            }
        }
    }

    /** Which series these matchers accept: the same for every member, unless they ask for ids. */
    private int[] accepted(List<Selector.Match> matches, Place where) {
        boolean ids = matches.stream()
                .anyMatch(match ->
                        List.of("To", "From", "Local", "Remote", "server_id").contains(match.label()));
        return ids ? search(matches, where) : known.computeIfAbsent(matches, unseen -> search(matches, where));
    }

    private int[] search(List<Selector.Match> matches, Place where) {
        Selector selector = new Selector(matches, 0);
        IntStream all = IntStream.range(0, seriesLabels.size()).filter(i -> selector.accepts(named(i, where)));
        return selector.accepts(Map.of(Selector.NAME, "up"))
                ? IntStream.concat(IntStream.of(UP), all).toArray()
                : all.toArray();
    }

    private Map<String, String> named(int series, Place where) {
        Map<String, String> labels = seriesLabels.get(series);
        if (page.series().get(series).labels().indexOf('@') < 0) {
            return labels;
        }
        Map<String, String> named = new LinkedHashMap<>(labels);
        Cluster cluster = where.cluster().cluster();
        int peer = page.series().get(series).peer();
        named.replaceAll((label, value) -> switch (value) {
            case "@self" -> where.member().hexId();
            case "@peer" -> cluster.members().get(where.peers()[peer]).hexId();
            default -> value;
        });
        return named;
    }

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (ScrapedCluster cluster : fleet) {
            for (Member member : cluster.cluster().members()) {
                int[] peers = Page.peers(cluster.cluster(), member);
                for (int replica = 0; replica < replicas; replica++) {
                    places.add(new Place(cluster, member, replica, peers, targetLabels(cluster, member, replica)));
                }
            }
        }
        return places;
    }

    private Map<String, String> targetLabels(ScrapedCluster cluster, Member member, int replica) {
        Map<String, String> labels = new TreeMap<>();
        cluster.cluster().labels().forEach((name, value) -> labels.put(name.replace('-', '_'), value));
        labels.put("job", "etcd");
        labels.put("instance", cluster.cluster().name() + "-" + member.name() + ".simulated:2379");
        labels.put("cluster", cluster.cluster().name());
        labels.put("member", member.name());
        if (replicas > 1) {
            labels.put("prometheus_replica", String.valueOf(replica));
        }
        return labels;
    }

    /** The last value within five minutes; none after a scrape that failed. */
    private double at(Place where, int series, long millis) {
        List<ScrapedCluster.Scrape> scrapes =
                where.cluster().scrapes(where.replica(), where.member().index(), millis - LOOK_BACK, millis);
        return scrapes.isEmpty() ? Double.NaN : value(where, series, scrapes.get(scrapes.size() - 1));
    }

    private double value(Place where, int series, ScrapedCluster.Scrape scrape) {
        if (series == UP) {
            return scrape.up() ? 1 : 0;
        }
        double[] values = scrape.values();
        if (values == null) {
            return Double.NaN;
        }
        return place[series] >= 0
                ? values[place[series]]
                : page.still(series, where.cluster().cluster(), where.member(), clock);
    }

    private void values(JsonGenerator json, Place where, int series, List<ScrapedCluster.Scrape> scrapes)
            throws IOException {
        boolean begun = false;
        for (ScrapedCluster.Scrape scrape : scrapes) {
            double value = value(where, series, scrape);
            if (!Double.isNaN(value)) {
                if (!begun) {
                    begin(json, where, series);
                    json.writeArrayFieldStart("values");
                    begun = true;
                }
                sample(json, scrape.millis(), value);
            }
        }
        if (begun) {
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void begin(JsonGenerator json, Place where, int series) throws IOException {
        json.writeStartObject();
        json.writeFieldName("metric");
        metric(json, where, series);
    }

    private void metric(JsonGenerator json, Place where, int series) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, String> label : labels(where, series).entrySet()) {
            json.writeStringField(label.getKey(), label.getValue());
        }
        json.writeEndObject();
    }

    private Map<String, String> labels(Place where, int series) {
        Map<String, String> labels =
                new LinkedHashMap<>(series == UP ? Map.of(Selector.NAME, "up") : named(series, where));
        labels.putAll(where.labels());
        return labels;
    }

    private static void sample(JsonGenerator json, long millis, double value) throws IOException {
        StringBuilder number = new StringBuilder();
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            number.append((long) value);
        } else {
            GoNumber.append(number, value);
        }
        json.writeStartArray();
        json.writeNumber(
                millis / 1000 + "." + String.valueOf(1000 + millis % 1000).substring(1));
        json.writeString(number.toString());
        json.writeEndArray();
    }
}
