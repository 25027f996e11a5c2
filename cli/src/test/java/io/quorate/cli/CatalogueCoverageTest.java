package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import io.quorate.desk.Parts;
import io.quorate.desk.PrometheusServer;
import io.quorate.ingest.catalogue.Absence;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.catalogue.Shown;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The catalogue against what real members show to a real Prometheus, or to a VictoriaMetrics: every metric is there, or its
 * absence is explained.
 */
@Tag("slow")
class CatalogueCoverageTest {

    private static final Pattern NAME = Pattern.compile("\"([a-zA-Z_:][a-zA-Z0-9_:]*)\"");
    private static final Pattern VERSION = Pattern.compile("\"server_version\":\"([^\"]+)\"");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "Prometheus 2.42, 3.4, extensive, 3",
        "Prometheus 2.42, 3.5, extensive, 3",
        "Prometheus 2.42, 3.4, basic, 1",
        "Prometheus 2.42, 3.5, basic, 1",
        "Prometheus 3.5, 3.4, extensive, 3",
        "Prometheus 3.5, 3.5, basic, 1",
        "VictoriaMetrics 1.79, 3.4, extensive, 3",
        "VictoriaMetrics 1.112, 3.5, basic, 1"
    })
    void everyMetricIsThereOrItsAbsenceIsExplained(String scraper, String line, String metrics, int size)
            throws Exception {
        Home home = Home.current().withState(folder);
        EtcdCluster.Options options =
                EtcdCluster.Options.standard().withLine(line).with("--metrics=" + metrics);
        try (EtcdCluster cluster = EtcdCluster.start(home, "etcd", "prod", size, options);
                PrometheusServer prometheus = start(home, scraper, PrometheusServer.Target.membersOf(cluster))) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> ask(prometheus, "query", "count(count_over_time(etcd_server_has_leader[1m])>=4)")
                            .contains("\"" + size + "\""));
            Matcher version = VERSION.matcher(ask(prometheus, "query", "etcd_server_version"));
            assertThat(version.find()).isTrue();
            assertThat(version.group(1)).startsWith(line + ".");
            Shown shown = Shown.page(baseNames(prometheus), version.group(1), size);

            Map<String, Absence.Reason> missing = new TreeMap<>();
            for (Metric metric : Catalogue.shipped().metrics()) {
                Absence absence = metric.origin() == Metric.Origin.MEMBER ? shown.absence(metric) : null;
                if (absence != null) {
                    missing.put(metric.name(), absence.reason());
                }
            }
            boolean basic = metrics.equals("basic");
            assertThat(missing).doesNotContainValue(Absence.Reason.UNKNOWN);
            assertThat(missing.get("grpc_server_handling_seconds"))
                    .isEqualTo(basic ? Absence.Reason.BASIC_METRICS : null);
            assertThat(missing.get("etcd_server_apply_duration_seconds"))
                    .isEqualTo(line.equals("3.4") ? Absence.Reason.VERSION : null);

            assertThat(doctor(prometheus, cluster)).satisfies(told -> {
                if (basic) {
                    assertThat(told)
                            .contains("note  coverage prod    grpc_server_handling_seconds is missing of m1"
                                    + " (basic-metrics): etcd shows it only with --metrics=extensive;");
                } else {
                    assertThat(told).contains("ok    coverage prod    all 17 required metrics of " + size + " members");
                }
            });
        }
    }

    private static PrometheusServer start(Home home, String scraper, List<PrometheusServer.Target> targets) {
        Duration interval = Duration.ofSeconds(2);
        String line = scraper.replaceFirst(".* ", "");
        if (scraper.startsWith("VictoriaMetrics ")) {
            return PrometheusServer.ofVictoriaMetrics(home, line, "victoria", interval, targets);
        }
        assumeAvailable(home, line);
        return PrometheusServer.ofLine(home, line, "prometheus", interval, targets);
    }

    /** Debian's newest suite moves on; and not every machine reaches it. */
    private static void assumeAvailable(Home home, String line) {
        try {
            Parts.of(home).prometheus(line);
        } catch (PartUnavailable e) {
            abort(String.valueOf(e.getMessage()));
        }
    }

    private String doctor(PrometheusServer prometheus, EtcdCluster cluster) throws Exception {
        Path settings = folder.resolve("quorate.yaml");
        Files.writeString(settings, """
                ingest:
                  prometheus: [ { url: "%s" } ]
                  etcd: [ { cluster: prod, endpoints: ["%s"] } ]
                """.formatted(prometheus.url(), String.join("\", \"", cluster.endpoints())));
        PrintStream real = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            assertThat(Quorate.run("doctor", "--config", settings.toString())).isZero();
        } finally {
            System.setOut(real);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Set<String> baseNames(PrometheusServer prometheus) throws Exception {
        Set<String> names = new HashSet<>();
        Matcher name = NAME.matcher(ask(prometheus, "label/__name__/values", ""));
        while (name.find()) {
            names.add(name.group(1));
            names.add(name.group(1).replaceFirst("_bucket$", ""));
        }
        return names;
    }

    private static String ask(PrometheusServer prometheus, String api, String query) throws Exception {
        String address = prometheus.url() + "/api/v1/" + api
                + (query.isEmpty() ? "" : "?nocache=1&query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
