package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.EtcdLoad;
import io.quorate.desk.Home;
import io.quorate.desk.Parts;
import io.quorate.desk.PrometheusServer;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.simulator.face.ServedFleet;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One contract, two parties: a real etcd with a real Prometheus, and the simulator. What the product asks is asked of both;
 * names, types, labels, buckets and shapes must be the same.
 */
@Tag("slow")
class FacesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    /** Born with the first of its kind, which one party may have seen and the other not. */
    private static final Set<String> BY_USE = Set.of(
            "etcd_network_disconnected_peers_total",
            "etcd_network_peer_sent_failures_total",
            "etcd_network_peer_received_failures_total",
            "etcd_server_client_requests_total",
            "etcd_server_apply_duration_seconds");

    @TempDir
    Path folder;

    /** What one party shows: by metric the names of its labels, its buckets, its type; and the shape of each answer. */
    private record Shown(Set<String> series, Set<String> types, List<String> shapes) {}

    /** Fails, and says why, where a line of etcd cannot be had: what was not compared must not look compared. */
    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void theSimulatorShowsWhatRealEtcdAndPrometheusShow(String line) throws Exception {
        Shown real = real(line);
        assertThat(real.series()).anyMatch(series -> series.contains("cluster_version=" + line));
        Shown simulated = simulated(line);

        assertThat(missing(simulated.series(), real.series())).isEmpty();
        assertThat(missing(real.series(), simulated.series())).isEmpty();
        assertThat(simulated.types()).isEqualTo(real.types());
        assertThat(simulated.shapes()).isEqualTo(real.shapes());
    }

    private static Set<String> missing(Set<String> from, Set<String> wanted) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(from);
        return missing;
    }

    private Shown real(String line) throws Exception {
        Home home = Home.current().withState(folder);
        Parts.of(home).etcd(line);
        Parts.of(home).prometheus();
        try (EtcdCluster cluster = EtcdCluster.start(
                home, "faces", "faces", 3, EtcdCluster.Options.standard().withLine(line))) {
            List<PrometheusServer.Target> targets = PrometheusServer.Target.membersOf(cluster);
            try (EtcdLoad load = EtcdLoad.start(cluster.endpoints(), 20);
                    PrometheusServer prometheus =
                            PrometheusServer.start(home, "prometheus", Duration.ofSeconds(1), targets)) {
                return shown(prometheus.url(), cluster.members().get(0).clientUrl() + "/metrics", "faces");
            }
        }
    }

    private static Shown simulated(String version) throws Exception {
        Plan plan = Plan.read("faces.yaml", """
                schema: plan/v1
                name: faces
                fleet: { etcd: "%s", metrics: extensive }
                collector: { scrape: 1s }
                """.formatted(version));
        try (ServedFleet fleet = ServedFleet.start(plan, 7, Instant.now(), 1, 0, 0)) {
            return shown(fleet.url(), fleet.url() + "/faces/m1/metrics", "faces");
        }
    }

    private static Shown shown(String prometheus, String page, String cluster) throws Exception {
        String selector = "job=~\".*etcd.*\",cluster=\"" + cluster + "\"";
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    JsonNode up = ask(prometheus, "/api/v1/query", "query", "up{" + selector + "}[10s]");
                    JsonNode result = up.path("data").path("result");
                    boolean all = result.size() == 3;
                    for (JsonNode series : result) {
                        JsonNode values = series.get("values");
                        all = all
                                && values.size() >= 3
                                && values.get(values.size() - 1).get(1).asText().equals("1");
                    }
                    return all;
                });
        Set<String> series = new TreeSet<>();
        JsonNode answer = ask(prometheus, "/api/v1/query", "query", catalogue(selector));
        assertThat(answer.at("/data/resultType").asText()).isEqualTo("matrix");
        for (JsonNode one : answer.at("/data/result")) {
            JsonNode metric = one.get("metric");
            if (BY_USE.stream()
                    .noneMatch(name -> metric.get("__name__").asText().startsWith(name))) {
                series.add(named(metric));
            }
        }
        Set<String> types = get(page)
                .lines()
                .filter(line -> line.startsWith("# TYPE") && BY_USE.stream().noneMatch(line::contains))
                .collect(Collectors.toCollection(TreeSet::new));
        List<String> shapes = new ArrayList<>();
        double now = System.currentTimeMillis() / 1000.0;
        String leader = "etcd_server_has_leader{" + selector + "}";
        shapes.add(shape(ask(prometheus, "/api/v1/query", "query", leader)));
        shapes.add(shape(ask(prometheus, "/api/v1/query", "query", leader + "[5s]")));
        shapes.add(shape(ask(prometheus, "/api/v1/query", "query", "no_such_metric{" + selector + "}[5s]")));
        shapes.add(shape(ask(
                prometheus,
                "/api/v1/query_range",
                "query",
                leader,
                "start",
                "" + (now - 2),
                "end",
                "" + now,
                "step",
                "1")));
        shapes.add(shape(ask(prometheus, "/api/v1/series", "match[]", leader)));
        shapes.add(shape(ask(prometheus, "/api/v1/query", "query", "count(" + leader + ")")));
        shapes.add(shape(ask(prometheus, "/api/v1/query", "query", "{{")));
        shapes.add(shape(ask(prometheus, "/api/v1/query_range", "query", leader, "end", "1", "step", "1")));
        return new Shown(series, types, shapes);
    }

    /** The product's own question: every metric of the catalogue, with its own times. */
    private static String catalogue(String selector) {
        String names = Catalogue.shipped().metrics().stream()
                .filter(metric -> metric.origin() == Metric.Origin.MEMBER)
                .map(metric -> metric.kind() == Metric.Kind.HISTOGRAM
                        ? metric.name() + "_bucket|" + metric.name() + "_sum"
                        : metric.name())
                .collect(Collectors.joining("|"));
        return "{__name__=~\"" + names + "\"," + selector + "}[20000ms]";
    }

    /** A series without what names one run: ids, addresses, versions of Go. */
    private static String named(JsonNode metric) {
        Set<String> labels = new TreeSet<>();
        metric.properties().forEach(label -> {
            boolean own = Set.of(
                            "instance",
                            "To",
                            "From",
                            "Local",
                            "Remote",
                            "server_id",
                            "server_go_version",
                            "server_version")
                    .contains(label.getKey());
            labels.add(label.getKey() + "=" + (own ? "*" : label.getValue().asText()));
        });
        return labels.toString();
    }

    /** Keys and kinds of an answer; of lists, each different element once. */
    private static String shape(JsonNode node) {
        if (node.isObject()) {
            Set<String> keys = new TreeSet<>();
            node.properties().forEach(field -> {
                // What an error says in words is each party's own.
                keys.add(field.getKey() + ":" + (field.getKey().equals("error") ? "text" : shape(field.getValue())));
            });
            return keys.toString();
        }
        if (node.isArray()) {
            Set<String> elements = new TreeSet<>();
            node.forEach(element -> elements.add(shape(element)));
            return "list" + elements;
        }
        return node.getNodeType().toString().toLowerCase(Locale.ROOT);
    }

    private static JsonNode ask(String url, String path, String... parameters) throws Exception {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(URLEncoder.encode(parameters[i], StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
                .build();
        return JSON.readTree(
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private static String get(String url) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
