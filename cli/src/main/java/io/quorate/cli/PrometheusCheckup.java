package io.quorate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.prometheus.PrometheusServer;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.catalogue.Shown;
import io.quorate.ingest.prometheus.PollTrouble;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.rules.yaml.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Whether one Prometheus answers, knows members of etcd, tells their clusters apart and scrapes them often enough. */
final class PrometheusCheckup {

    private static final String PART = "prometheus";

    /** As many clusters as are named in one line. */
    private static final int NAMED = 5;

    /** Long enough for three scrapes at the longest interval that Prometheus' own look-back bears. */
    private static final String LOOK_BACK = "[15m]";

    private final PrometheusSettings settings;
    private final Duration window;
    private final String members;
    private final PrometheusServer server;

    private volatile @Nullable SortedMap<String, Integer> clusters;
    private volatile SortedMap<String, SortedMap<String, Shown>> shown = new TreeMap<>();

    /**
     * @param window what is scraped less often leaves gaps in
     */
    PrometheusCheckup(PrometheusSettings settings, Duration window) {
        this.settings = settings;
        this.window = window;
        this.server = new PrometheusServer(settings);
        this.members = "etcd_server_has_leader" + settings.selector();
    }

    String url() {
        return settings.url();
    }

    /** The clusters that it has series of; empty while it has not answered. */
    Optional<Collection<String>> clusters() {
        return Optional.ofNullable(clusters).map(SortedMap::keySet);
    }

    /** What each member of each cluster shows of the required metrics, by the names that its series carry. */
    SortedMap<String, SortedMap<String, Shown>> shown() {
        return shown;
    }

    List<Finding> ask(Duration patience) {
        List<Finding> findings = new ArrayList<>(asked(patience));
        settings.transport()
                .cautions(List.of(url()))
                .forEach(caution -> findings.add(Finding.note(PART, url() + ": " + caution)));
        return findings;
    }

    private List<Finding> asked(Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        try {
            JsonNode byLabel = server.query("count by (" + settings.clusterLabel() + ") (" + members + ")", until);
            return byLabel.isEmpty()
                    ? List.of(
                            miss(" has no " + members + "; check ingest.prometheus.selector, and that it scrapes etcd"))
                    : told(byLabel, until);
        } catch (IOException e) {
            PollTrouble trouble = PollTrouble.of(
                    e,
                    patience.compareTo(settings.timeout()) < 0 ? patience : settings.timeout(),
                    server.address(),
                    false);
            return List.of(miss(" cannot be asked: " + trouble.reason() + ": " + Finding.plain(trouble)
                            + (trouble.next().isEmpty() ? "" : "; " + trouble.next()))
                    .because(trouble.reason()));
        }
    }

    private List<Finding> told(JsonNode byLabel, long until) {
        SortedMap<String, Integer> found = new TreeMap<>();
        int nameless = 0;
        for (JsonNode group : byLabel) {
            String cluster = group.path("metric").path(settings.clusterLabel()).asText(settings.cluster());
            int count = group.path("value").path(1).asInt();
            if (cluster == null) {
                nameless += count;
            } else {
                found.merge(cluster, count, Integer::sum);
            }
        }
        clusters = found;
        List<JsonNode> some = some(until);
        if (found.isEmpty()) {
            return List.of(miss(" has " + members + ", but none with the label '" + settings.clusterLabel() + "'"
                    + labels(some) + "; set ingest.prometheus.cluster-label to the one that tells clusters apart, or"
                    + " ingest.prometheus.cluster to the name of the only one"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(
                Finding.ok(PART, url() + ": clusters by label '" + settings.clusterLabel() + "': " + named(found)));
        if (nameless > 0) {
            findings.add(Finding.note(
                    PART,
                    url() + ": " + nameless + " of " + members + " have no label '" + settings.clusterLabel()
                            + "' and cannot be placed; set ingest.prometheus.cluster, or narrow"
                            + " ingest.prometheus.selector"));
        }
        interval(some, until)
                .filter(interval -> interval.compareTo(window) > 0)
                .ifPresent(interval -> findings.add(Finding.note(
                        PART,
                        url() + ": etcd is scraped every " + Durations.text(interval)
                                + ", but percentiles.window is " + Durations.text(window)
                                + ": windows would be marked as gaps; set percentiles.window to at least "
                                + Durations.text(interval))));
        look(findings, until);
        return findings;
    }

    /** Which of the required metrics each member shows, and how full its database is. */
    private void look(List<Finding> findings, long until) {
        try {
            SortedMap<String, SortedMap<String, Shown>> found = pages(until);
            for (Map.Entry<Who, JsonNode> down : grouped("", "__name__=\"up\"", " == 0", until)) {
                found.computeIfAbsent(down.getKey().cluster(), unseen -> new TreeMap<>())
                        .put(down.getKey().member(), Shown.failed("scrape failed: up == 0"));
            }
            shown = found;
            tellFull(findings, until);
        } catch (IOException e) {
            findings.add(
                    Finding.note(PART, url() + ": which metrics are there was not told (" + Finding.plain(e) + ")"));
        }
    }

    private SortedMap<String, SortedMap<String, Shown>> pages(long until) throws IOException {
        String required = Catalogue.shipped().metrics().stream()
                .filter(Metric::required)
                .map(metric -> metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_count" : metric.name())
                .collect(Collectors.joining("|"));
        Map<Who, Set<String>> names = new HashMap<>();
        for (Map.Entry<Who, JsonNode> series : grouped("__name__, ", "__name__=~\"" + required + "\"", "", until)) {
            names.computeIfAbsent(series.getKey(), unseen -> new HashSet<>())
                    .add(series.getValue().path("__name__").asText().replaceFirst("_count$", ""));
        }
        Map<Who, String> versions = new HashMap<>();
        for (Map.Entry<Who, JsonNode> series :
                grouped("server_version, ", "__name__=\"etcd_server_version\"", "", until)) {
            versions.put(
                    series.getKey(), series.getValue().path("server_version").asText());
        }
        Map<String, Long> sizes =
                names.keySet().stream().collect(Collectors.groupingBy(Who::cluster, Collectors.counting()));
        SortedMap<String, SortedMap<String, Shown>> found = new TreeMap<>();
        names.forEach((who, page) -> found.computeIfAbsent(who.cluster(), unseen -> new TreeMap<>())
                .put(
                        who.member(),
                        Shown.page(
                                page,
                                versions.get(who),
                                sizes.getOrDefault(who.cluster(), 0L).intValue())));
        return found;
    }

    private void tellFull(List<Finding> findings, long until) throws IOException {
        String by = "(" + String.join(", ", labelNames()) + ")";
        String size = "max by " + by + " (" + server.selecting("__name__=\"etcd_mvcc_db_total_size_in_bytes\"") + ")";
        String quota = "max by " + by + " (" + server.selecting("__name__=\"etcd_server_quota_backend_bytes\"") + ")";
        for (JsonNode full : server.query(size + " / " + quota + " > " + Sight.NEARLY_FULL, until)) {
            Who who = who(full.path("metric"));
            if (who != null) {
                findings.add(Sight.nearlyFull(
                        who.cluster(), who.member(), full.path("value").path(1).asDouble()));
            }
        }
    }

    /** Series by member, with the labels that are asked for beside the member's own; those of nobody are left out. */
    private List<Map.Entry<Who, JsonNode>> grouped(String labels, String name, String condition, long until)
            throws IOException {
        List<Map.Entry<Who, JsonNode>> groups = new ArrayList<>();
        String question = "count by (" + labels + String.join(", ", labelNames()) + ") (" + server.selecting(name)
                + condition + ")";
        for (JsonNode group : server.query(question, until)) {
            Who who = who(group.path("metric"));
            if (who != null) {
                groups.add(Map.entry(who, group.path("metric")));
            }
        }
        return groups;
    }

    private record Who(String cluster, String member) {}

    private @Nullable Who who(JsonNode labels) {
        String cluster = labels.path(settings.clusterLabel()).asText(settings.cluster());
        String memberLabel = settings.memberLabel();
        String member = memberLabel != null
                ? labels.path(memberLabel).asText("")
                : labels.path("member").asText(labels.path("instance").asText(""));
        return cluster == null || member.isEmpty() ? null : new Who(cluster, member);
    }

    private List<String> labelNames() {
        String memberLabel = settings.memberLabel();
        return memberLabel == null
                ? List.of(settings.clusterLabel(), "member", "instance")
                : List.of(settings.clusterLabel(), memberLabel);
    }

    private static String named(SortedMap<String, Integer> clusters) {
        String first = clusters.entrySet().stream()
                .limit(NAMED)
                .map(cluster -> cluster.getKey() + " (" + cluster.getValue()
                        + (cluster.getValue() == 1 ? " member)" : " members)"))
                .collect(Collectors.joining(", "));
        return first + andMore(clusters.size());
    }

    /** The first few of these. */
    static String named(Collection<String> clusters) {
        return clusters.stream().limit(NAMED).collect(Collectors.joining(", ")) + andMore(clusters.size());
    }

    private static String andMore(int all) {
        return all > NAMED ? " and " + (all - NAMED) + " more" : "";
    }

    /** Labels of a few series; empty when they cannot be had: what they tell is only an extra. */
    private List<JsonNode> some(long until) {
        try {
            return StreamSupport.stream(
                            server.query("topk(5, " + members + ")", until).spliterator(), false)
                    .map(series -> series.path("metric"))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String labels(List<JsonNode> series) {
        TreeSet<String> names = new TreeSet<>();
        series.forEach(labels -> labels.fieldNames().forEachRemaining(names::add));
        names.remove("__name__");
        return names.isEmpty() ? "" : "; labels that are there: " + String.join(", ", names);
    }

    /**
     * How often one of these series is scraped, by the times of its samples: that any Prometheus tells, also one that only
     * keeps what others scraped. Empty when it is too new to say.
     */
    private Optional<Duration> interval(List<JsonNode> series, long until) {
        if (series.isEmpty()) {
            return Optional.empty();
        }
        JsonNode samples;
        try {
            samples = server.query(exactly(series.get(0)) + LOOK_BACK, until)
                    .path(0)
                    .path("values");
        } catch (IOException e) {
            return Optional.empty();
        }
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < samples.size(); i++) {
            double seconds = samples.path(i).path(0).asDouble()
                    - samples.path(i - 1).path(0).asDouble();
            // Scrapes begin some milliseconds early or late.
            gaps.add(Math.round(seconds * 10) * 100);
        }
        return gaps.size() < 2
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(gaps.stream().sorted().toList().get(gaps.size() / 2)));
    }

    private static String exactly(JsonNode labels) {
        List<String> matchers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            String value = label.getValue()
                    .asText()
                    .replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replace("\n", "\\n");
            matchers.add(label.getKey() + "=\"" + value + "\"");
        }
        return "{" + String.join(",", matchers) + "}";
    }

    private Finding miss(String what) {
        return Finding.miss(PART, url() + server.masked(what));
    }
}
