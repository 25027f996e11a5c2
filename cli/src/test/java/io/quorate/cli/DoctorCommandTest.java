package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor} finds at a real etcd cluster, a stranger's, and a real Prometheus that scrapes the first as prod-a. */
class DoctorCommandTest {

    private static final Duration SCRAPE_INTERVAL = Duration.ofSeconds(2);

    @TempDir
    static Path state;

    @TempDir
    Path folder;

    private static EtcdCluster cluster;
    private static EtcdCluster stranger;
    private static PrometheusServer prometheus;

    @RegisterExtension
    final Console console = new Console();

    @BeforeAll
    static void start() {
        Home home = Home.current().withState(state);
        cluster = EtcdCluster.start(home, "etcd", "prod-a", 2);
        stranger = EtcdCluster.start(home, "stranger", "prod-b", 1);
        prometheus =
                PrometheusServer.start(home, "prometheus", SCRAPE_INTERVAL, PrometheusServer.Target.membersOf(cluster));
        // Three scrapes of both members: fewer do not tell how often they come.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> answer("count(count_over_time(etcd_server_has_leader[1m])>=3)")
                        .contains("\"2\""));
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable part : new AutoCloseable[] {prometheus, stranger, cluster}) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void tellsWhoAnswersAndWhichClustersPrometheusHas() throws Exception {
        assertThat(doctor("", "prod-a", cluster.endpoints(), ""))
                .as(console.complained())
                .isZero();

        for (EtcdCluster.Member member : cluster.members()) {
            assertThat(console.told())
                    .containsPattern("ok    etcd prod-a      " + member.clientUrl() + ": member " + member.name()
                            + ", version 3\\.\\d+\\.\\d+[^,]*, (leader|follower), term \\d+\n");
        }
        assertThat(console.told().lines().filter(line -> line.contains(", leader, ")))
                .hasSize(1);
        assertThat(console.told())
                .contains("ok    prometheus       " + prometheus.url()
                        + ": clusters by label 'cluster': prod-a (2 members)\n")
                .contains("ok    coverage prod-a  all 17 required metrics of 2 members are there, or appear with their"
                        + " first event\n")
                .contains("ok    practice         not to be seen from outside: ");
        assertThat(console.told().lines().filter(line -> line.startsWith("note ")))
                .as("best practice alone")
                .hasSize(2)
                .anyMatch(line -> line.contains("2 voters: an even number survives no more failures than 1;"))
                .anyMatch(line -> line.contains("members advertise http:"));
        assertThat(console.complained()).isEmpty();
        // Its handler may have got hold of standard error before this test did.
        assertThat(Logger.getLogger("io.grpc.netty").isLoggable(Level.INFO)).isFalse();
    }

    @Test
    void missesAClusterThatPrometheusHasUnderAnotherName() throws Exception {
        assertThat(doctor("", "prod-b", cluster.endpoints(), "")).isEqualTo(3);

        assertThat(console.complained())
                .isEqualTo(
                        "MISS  etcd prod-b      etcd cluster 'prod-b' has no series in Prometheus, which has: prod-a;"
                                + " windows and statuses would not meet; check ingest.etcd.cluster or"
                                + " ingest.prometheus.cluster-label\n");
    }

    @Test
    void writesTheSameForMachines() throws Exception {
        Path settings = settings("", "prod-a", cluster.endpoints(), "");
        assertThat(Quorate.run("doctor", "--config", settings.toString(), "--format", "json"))
                .isZero();

        JsonNode answer = new ObjectMapper().readTree(console.told());
        assertThat(answer.path("ok").asBoolean()).isTrue();
        assertThat(answer.path("findings"))
                .anySatisfy(finding -> {
                    assertThat(finding.path("verdict").asText()).isEqualTo("note");
                    assertThat(finding.path("part").asText()).isEqualTo("etcd prod-a");
                    assertThat(finding.path("what").asText()).startsWith("2 voters");
                })
                .noneMatch(finding -> finding.path("verdict").asText().equals("miss"));
        assertThat(console.complained()).isEmpty();
    }

    @Test
    void missesALabelThatNoSeriesHas() throws Exception {
        assertThat(doctor(", cluster-label: kluster", "prod-a", cluster.endpoints(), ""))
                .isEqualTo(3);

        assertThat(console.complained().lines())
                .singleElement()
                .asString()
                .contains("none with the label 'kluster'; labels that are there: cluster, instance, job, member;");
    }

    @Test
    void needsNoLabelWhereTheOnlyClusterHasItsNameFromTheSettings() throws Exception {
        assertThat(doctor(", cluster-label: kluster, cluster: mine", "mine", cluster.endpoints(), ""))
                .as(console.complained())
                .isZero();

        assertThat(console.told()).contains("clusters by label 'kluster': mine (2 members)");
    }

    @Test
    void missesASelectorThatPrometheusCannotRead() throws Exception {
        assertThat(doctor(", selector: '{job=}'", "prod-a", cluster.endpoints(), ""))
                .isEqualTo(3);

        assertThat(console.complained()).contains("HTTP 400", "parse error", "check ingest.prometheus.selector");
    }

    @Test
    void missesAnEndpointThatIsNoEtcd() throws Exception {
        assertThat(doctor("", "prod-a", List.of(prometheus.url()), "")).isEqualTo(3);

        assertThat(console.complained().lines())
                .singleElement()
                .asString()
                .startsWith("MISS  etcd prod-a      " + prometheus.url() + " cannot be asked: ")
                .endsWith(": it is no etcd; write the client address of a member in ingest.etcd.endpoints");
    }

    @Test
    void missesAnEndpointThatHangs() throws Exception {
        EtcdCluster.Member member = stranger.members().get(0);
        stranger.stall(member);
        try {
            assertThat(doctor(", cluster: prod-b", "prod-a", stranger.endpoints(), ""))
                    .isEqualTo(3);
        } finally {
            stranger.resume(member);
        }

        assertThat(console.complained())
                .contains("no answer from " + member.address() + " within 2000ms; check whether the member hangs");
    }

    @Test
    void missesTlsThatNobodySpeaks() throws Exception {
        String address = cluster.members().get(0).address();
        assertThat(doctor("", "prod-a", List.of("https://" + address), "")).isEqualTo(3);

        assertThat(console.complained()).contains("it seems to speak no TLS; write http://" + address);
    }

    @Test
    void missesEndpointsOfTwoClusters() throws Exception {
        String one = cluster.endpoints().get(0);
        String other = stranger.endpoints().get(0);
        assertThat(doctor("", "prod-a", List.of(one, other), "")).isEqualTo(3);

        assertThat(console.complained().lines())
                .singleElement()
                .asString()
                .matches("MISS  etcd prod-a      its endpoints are of 2 clusters: " + one + " of [0-9a-f]+, " + other
                        + " of [0-9a-f]+; expected the members of one; check ingest\\.etcd\\.endpoints");
        assertThat(console.told()).doesNotContain("has no endpoint here");
    }

    @Test
    void notesAMemberWithoutAnEndpoint() throws Exception {
        assertThat(doctor("", "prod-a", cluster.endpoints().subList(0, 1), "")).isZero();

        assertThat(console.told())
                .contains("note  etcd prod-a      member m2 ("
                        + cluster.endpoints().get(1)
                        + ") has no endpoint here, so its status is not asked; add it to ingest.etcd.endpoints\n");
    }

    @Test
    void notesAWindowShorterThanTheScrapeInterval() throws Exception {
        assertThat(doctor("", "prod-a", cluster.endpoints(), "percentiles: { window: 1s }"))
                .isZero();

        assertThat(console.told())
                .contains("note  prometheus       " + prometheus.url() + ": etcd is scraped every 2s, but"
                        + " percentiles.window is 1s: windows would be marked as gaps; set percentiles.window to at"
                        + " least 2s\n");
    }

    private int doctor(String ofPrometheus, String name, List<String> endpoints, String more) throws Exception {
        return Quorate.run(
                "doctor",
                "--config",
                settings(ofPrometheus, name, endpoints, more).toString());
    }

    private Path settings(String ofPrometheus, String name, List<String> endpoints, String more) throws Exception {
        Path settings = folder.resolve("quorate.yaml");
        Files.writeString(
                settings, """
                ingest:
                  prometheus: [ { url: "%s"%s } ]
                  etcd: [ { cluster: %s, endpoints: ["%s"] } ]
                %s
                """.formatted(prometheus.url(), ofPrometheus, name, String.join("\", \"", endpoints), more));
        return settings;
    }

    private static String answer(String query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(prometheus.url() + "/api/v1/query"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
