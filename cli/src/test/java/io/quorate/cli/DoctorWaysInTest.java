package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor} finds without a Prometheus: scraped members and found clusters, of a real etcd with basic metrics. */
class DoctorWaysInTest {

    @TempDir
    static Path state;

    @TempDir
    Path folder;

    private static EtcdCluster cluster;

    @RegisterExtension
    final Console console = new Console();

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.start(
                Home.current().withState(state),
                "etcd",
                "prod-a",
                3,
                EtcdCluster.Options.standard().with("--metrics=basic"));
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @Test
    void tellsOfMembersThatAreScrapedAndOfClustersThatAreFoundWhatItTellsOfOthers() throws Exception {
        Path targets = targets("prod-a", cluster.members());
        assertThat(doctor("""
              metrics: [ { discover: { files: ["%1$s"] } } ]
              etcd: [ { discover: { files: ["%1$s"] } } ]
            """.formatted(targets))).as(console.complained()).isZero();

        assertThat(console.told())
                .contains("ok    metrics          files " + targets + ": 3 members of 1 cluster\n")
                .contains("ok    etcd             files " + targets + ": 3 members of 1 cluster\n");
        for (EtcdCluster.Member member : cluster.members()) {
            assertThat(console.told())
                    .containsPattern("ok    metrics prod-a   " + member.clientUrl() + "/metrics: member "
                            + member.name() + ", version 3\\.\\d+\\.\\d+[^,]*, (leader|follower)\n")
                    .containsPattern("ok    etcd prod-a      " + member.clientUrl() + ": member " + member.name()
                            + ", version 3\\.\\d+\\.\\d+[^,]*, (leader|follower), term \\d+\n");
        }
        assertThat(console.told().lines().filter(line -> line.matches("ok    metrics .*, leader")))
                .hasSize(1);
        assertThat(console.told())
                .contains(
                        "note  coverage prod-a  grpc_server_handling_seconds is missing of m1, m2, m3 (basic-metrics):"
                                + " etcd shows it only with --metrics=extensive; its default is basic: set the flag;"
                                + " blinds EtcdRequestBudgetBurns, ")
                .contains("note  etcd prod-a      members advertise http: ");
        assertThat(console.complained()).isEmpty();
    }

    @Test
    void missesAMemberThatNobodyScrapesAndWhoseStatusIsNotAsked() throws Exception {
        Path targets = targets("prod-a", cluster.members().subList(0, 2));
        assertThat(doctor("""
              metrics: [ { discover: { files: ["%1$s"] } } ]
              etcd: [ { discover: { files: ["%1$s"] } } ]
            """.formatted(targets))).as(console.complained()).isZero();

        assertThat(console.told())
                .contains("note  coverage prod-a  no required metric of m3 (not-scraped): ")
                .contains("note  etcd prod-a      member m3 ("
                        + cluster.endpoints().get(2)
                        + ") has no endpoint here, so its status is not asked; add it to what is found\n");
    }

    @Test
    void saysOfAClusterThatIsListedAndFoundThatTheListCounts() throws Exception {
        Path targets = targets("prod-a", cluster.members());
        assertThat(doctor("""
              etcd:
                - { cluster: prod-a, endpoints: ["%s"] }
                - { discover: { files: ["%s"] } }
            """.formatted(String.join("\", \"", cluster.endpoints()), targets)))
                .as(console.complained())
                .isZero();

        assertThat(console.told())
                .contains("note  etcd             files " + targets
                        + ": 1 targets were found twice, the first counts: prod-a\n");
        assertThat(console.told().lines().filter(line -> line.contains(": member m1, version ")))
                .hasSize(1);
    }

    @Test
    void missesAClusterThatNobodyScrapes() throws Exception {
        Path scraped = targets("prod-a", cluster.members());
        Path asked = targets("prod-b", cluster.members());
        assertThat(doctor("""
              metrics: [ { discover: { files: ["%s"] } } ]
              etcd: [ { discover: { files: ["%s"] } } ]
            """.formatted(scraped, asked))).isEqualTo(3);

        assertThat(console.complained())
                .isEqualTo("MISS  etcd prod-b      etcd cluster 'prod-b' has no series in ingest.metrics, which has:"
                        + " prod-a; windows and statuses would not meet; check ingest.etcd.cluster or"
                        + " ingest.metrics.cluster-label\n");
    }

    @Test
    void missesPlacesThatCannotBeReadOrNameNobody() throws Exception {
        Path none = folder.resolve("none-*.json");
        Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
        Path settings = settings("""
              metrics:
                - { discover: { files: ["%s"] } }
                - { discover: { files: ["%s"] } }
              etcd: [ { discover: { http: "http://127.0.0.1:1/sd" } } ]
            """.formatted(none, empty));

        assertThat(Quorate.run("doctor", "--config", settings.toString())).isEqualTo(3);
        assertThat(console.complained().lines())
                .containsExactly(
                        "MISS  metrics          files " + none + " cannot be read: " + none
                                + " matches no file; nobody of it is polled until it can: check ingest.metrics",
                        "MISS  metrics          files " + empty
                                + " names nobody; expected at least one target: check ingest.metrics and what stands"
                                + " there",
                        "MISS  etcd             http http://127.0.0.1:1/sd cannot be read: Failed to connect to"
                                + " 127.0.0.1:1; nobody of it is polled until it can: check ingest.etcd");

        assertThat(Quorate.run("doctor", "--config", settings.toString(), "--format", "json"))
                .isEqualTo(3);
        JsonNode answer = new ObjectMapper()
                .readTree(console.told().substring(console.told().indexOf('{')));
        assertThat(answer.path("findings"))
                .filteredOn(finding -> finding.path("verdict").asText().equals("miss"))
                .hasSize(3)
                .allMatch(finding -> finding.path("reason").asText().equals("discovery"));
    }

    private Path targets(String name, List<EtcdCluster.Member> members) throws Exception {
        return Files.writeString(
                folder.resolve(name + ".json"),
                members.stream()
                        .map(member -> """
                            { "targets": ["%s"], "labels": { "cluster": "%s", "member": "%s" } }\
                            """.formatted(member.address(), name, member.name()))
                        .collect(Collectors.joining(",\n", "[", "]")));
    }

    private int doctor(String ingest) throws Exception {
        return Quorate.run("doctor", "--config", settings(ingest).toString());
    }

    private Path settings(String ingest) throws Exception {
        return Files.writeString(folder.resolve("quorate.yaml"), "ingest:\n" + ingest);
    }
}
