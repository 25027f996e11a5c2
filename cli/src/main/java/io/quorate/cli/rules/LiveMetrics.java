package io.quorate.cli.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.prometheus.PrometheusServer;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.prometheus.PollTrouble;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.rules.Selector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which series one Prometheus has of what rules read, cluster by cluster. It is asked once for each of them. */
final class LiveMetrics {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PrometheusSettings settings;
    private final PrometheusServer server;
    private final Map<String, Set<String>> seen = new HashMap<>();
    private final Set<String> clusters;

    /** What is missing of a selector in a cluster, and why. */
    record Dead(String cluster, String metric, String why) {}

    /** Asks which clusters there are. */
    LiveMetrics(PrometheusSettings settings) throws Unasked {
        this.settings = settings;
        this.server = new PrometheusServer(settings);
        this.clusters = clustersOf(server.selecting("__name__=\"etcd_server_has_leader\""));
    }

    /** It could not be asked. */
    static final class Unasked extends Exception {

        Unasked(String why) {
            super(why);
        }
    }

    Set<String> clusters() {
        return clusters;
    }

    String url() {
        return settings.url();
    }

    /** The clusters in which a rule that reads this would be blind. */
    List<Dead> dead(Selector selector) throws Unasked {
        Metric metric = Catalogue.shipped().metric(selector.metric());
        // Whether a member is up every window knows; what Quorate tells itself no Prometheus has.
        if (selector.metric().equals("up") || (metric != null && metric.origin() == Metric.Origin.QUORATE)) {
            return List.of();
        }
        if (metric == null) {
            return all(selector, "is not in the catalogue, so that it is never read");
        }
        if (metric.origin() == Metric.Origin.NODE) {
            return settings.nodes() == null
                    ? all(selector, "is node-exporter's, and ingest.prometheus.node-exporter is not set")
                    : List.of();
        }
        // Born by its first event: until then nothing happened.
        if (selector.absentIsZero()) {
            return List.of();
        }
        List<Dead> dead = new ArrayList<>();
        Set<String> there = having(selector, metric);
        for (String cluster : clusters) {
            if (!there.contains(cluster)) {
                dead.add(new Dead(cluster, selector.toString(), why(selector, metric, cluster)));
            }
        }
        return dead;
    }

    private List<Dead> all(Selector selector, String why) {
        return clusters.stream()
                .map(cluster -> new Dead(cluster, selector.toString(), why))
                .toList();
    }

    private String why(Selector selector, Metric metric, String cluster) throws Unasked {
        if (!selector.where().isEmpty()
                && having(Selector.of(selector.metric()), metric).contains(cluster)) {
            return "has no series with these labels, though it has others; check the labels";
        }
        if (metric.extensive()) {
            return "is shown only by etcd that runs with --metrics=extensive";
        }
        if (metric.bornByUse()) {
            return "appears with its first event; say absent: zero if until then nothing happened";
        }
        return "has no series"
                + (metric.since() == null ? "" : "; etcd shows it since " + metric.since())
                + "; check the scrape job, and ingest.prometheus.selector";
    }

    private Set<String> having(Selector selector, Metric metric) throws Unasked {
        String name = metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_count" : metric.name();
        StringBuilder matchers = new StringBuilder("__name__=\"" + name + "\"");
        selector.where()
                .forEach((label, values) -> matchers.append(',')
                        .append(label)
                        .append("=~\"")
                        .append(String.join(
                                "|", values.stream().map(LiveMetrics::quoted).toList()))
                        .append('"'));
        return clustersOf(server.selecting(matchers.toString()));
    }

    /** As one alternative of a regular expression within quotes. */
    private static String quoted(String value) {
        return value.replaceAll("[\\\\.+*?()|\\[\\]{}^$]", "\\\\\\\\$0").replace("\"", "\\\"");
    }

    private Set<String> clustersOf(String series) throws Unasked {
        Set<String> known = seen.get(series);
        if (known != null) {
            return known;
        }
        Set<String> found = new TreeSet<>();
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (JsonNode group : server.query("count by (" + settings.clusterLabel() + ") (" + series + ")", until)) {
                String cluster = name(group.path("metric"));
                if (cluster != null) {
                    found.add(cluster);
                }
            }
        } catch (IOException e) {
            PollTrouble trouble = PollTrouble.of(e, settings.timeout(), server.address(), false);
            throw new Unasked(server.masked(settings.url() + " cannot be asked: " + trouble.reason() + ": "
                    + trouble.getMessage() + (trouble.next().isEmpty() ? "" : "; " + trouble.next())));
        }
        seen.put(series, found);
        return found;
    }

    private @Nullable String name(JsonNode labels) {
        return labels.path(settings.clusterLabel()).asText(settings.cluster());
    }
}
