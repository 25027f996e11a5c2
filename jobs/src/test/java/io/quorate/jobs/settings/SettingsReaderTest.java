package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.ingest.prometheus.NodeJoin;
import io.quorate.ingest.prometheus.NodePage;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.rules.Maintenance;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Retention;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {

    @TempDir
    Path folder;

    @Test
    void fillsInTheDefaults() throws Exception {
        Settings settings = read("""
                ingest:
                  prometheus:
                    - url: http://prometheus.example:9090
                """);

        assertThat(settings.metricsInterval()).hasSeconds(10);
        assertThat(settings.prometheus().get(0).selector()).isEqualTo("{job=~\".*etcd.*\"}");
        assertThat(settings.etcd()).isEmpty();
        assertThat(settings.windows().size()).hasSeconds(10);
        assertThat(settings.windows().early()).hasSeconds(2);
        assertThat(settings.windows().groups()).isNull();
        assertThat(settings.profile()).isEqualTo("fleet");
        assertThat(settings.rules()).isNotEmpty();
        assertThat(settings.alerting().receivers()).isEmpty();
        assertThat(settings.ownKafka()).as("the embedded one").isNull();
        assertThat(settings.ownClickhouse()).as("the embedded one").isNull();
        assertThat(settings.retention()).isEqualTo(Retention.DEFAULT);
        assertThat(settings.flink().checkpointInterval()).hasSeconds(10);
    }

    @Test
    void takesWhatIsSaid() throws Exception {
        Files.writeString(folder.resolve("ca.pem"), "x");
        Files.writeString(folder.resolve("password"), "s3cret\n");
        Settings settings = read("""
                ingest:
                  metrics-interval: 2s
                  status-interval: 500ms
                  prometheus:
                    - url: http://prometheus.example:9090
                      selector: '{job="etcd"}'
                      cluster-label: k8s_cluster
                      cluster: only-one
                      member-label: pod
                      node-exporter: { member-label: node }
                      labels: { region: eu-1 }
                  metrics:
                    - { cluster: other, targets: [etcd-9.example:2381], node-exporter: { data-dir: /data } }
                  etcd:
                    - cluster: prod-eu-1
                      endpoints: [https://etcd-1.example:2379, https://etcd-2.example:2379]
                      tls: { ca: ca.pem }
                      labels: { env: prod }
                      follow-members: true
                    - { discover: { files: [clusters.yaml] }, follow-members: true }
                percentiles: { window: 30s, horizon: 2m, early: off, groups: [region, "region,az"] }
                rules: { profile: lab, overrides: [ { override: quiet-dev, rule: EtcdWalFsyncSlow, where: { env: dev }, set: { off: true } } ], maintenance: [ { maintenance: nights, where: { env: dev }, every: "sat 02:00..04:00" } ] }
                alerting:
                  receivers:
                    - webhook: { url: http://127.0.0.1:9099/hook, name: on-call, retry-for: 1h }
                kafka: { bootstrap: "a:9092,b:9092", partitions: 24, replication: 3 }
                clickhouse: { url: http://clickhouse.example:8123, user: quorate, password-file: password, keep: { window: 36h, minutes: 30d, hours: 100d, days: 900d, events: 60d, alerts: 365d } }
                flink: { checkpoint-dir: "file:///checkpoints", checkpoint-interval: 5s }
                """);

        assertThat(settings.prometheus().get(0).interval()).hasSeconds(2);
        assertThat(settings.prometheus().get(0).timeout())
                .as("never longer than the interval")
                .hasSeconds(2);
        assertThat(settings.prometheus().get(0).cluster()).isEqualTo("only-one");
        assertThat(settings.prometheus().get(0).labels()).containsExactly(Map.entry("region", "eu-1"));
        assertThat(settings.prometheus().get(0).nodes()).isEqualTo(new NodeJoin("{}", "node", null, null));
        assertThat(settings.scraped().get(0).nodes()).isEqualTo(new NodePage(9100, "/data"));
        assertThat(settings.etcd().get(0).interval()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.etcd().get(0).followMembers()).isTrue();
        assertThat(settings.foundEtcd().get(0).followMembers()).isTrue();
        assertThat(settings.etcd().get(0).transport().tls().ca())
                .isEqualTo(folder.resolve("ca.pem").toString());
        assertThat(settings.windows().size()).hasSeconds(30);
        assertThat(settings.windows().early()).isNull();
        assertThat(settings.windows().groups()).containsExactly(List.of("region"), List.of("region", "az"));
        assertThat(settings.rules())
                .as("the lab's")
                .extracting(Rule::condition)
                .contains(RuleReader.shipped("EtcdElectionStorm").under("lab").condition());
        RuleOverride override = settings.overrides().get(0);
        assertThat(settings.overrides()).hasSize(1);
        assertThat(override.name()).isEqualTo("quiet-dev");
        assertThat(override.rule()).isEqualTo("EtcdWalFsyncSlow");
        assertThat(override.where()).isEqualTo(Map.of("env", "dev"));
        assertThat(override.condition()).isNull();
        assertThat(settings.maintenance())
                .containsExactly(new Maintenance(
                        "nights",
                        Map.of("env", "dev"),
                        new Maintenance.Weekly(DayOfWeek.SATURDAY, LocalTime.of(2, 0), LocalTime.of(4, 0))));
        assertThat(settings.alerting().receivers().get(0).name()).isEqualTo("on-call");
        assertThat(settings.alerting().receivers().get(0).terms().retry().budget())
                .hasHours(1);
        assertThat(settings.kafka().partitions()).isEqualTo(24);
        assertThat(settings.clickhouse().password()).isEqualTo("s3cret");
        assertThat(settings.retention())
                .isEqualTo(new Retention(
                        Duration.ofHours(36),
                        Duration.ofDays(30),
                        Duration.ofDays(100),
                        Duration.ofDays(900),
                        Duration.ofDays(60),
                        Duration.ofDays(365)));
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(settings.flink().checkpointDir()).isEqualTo("file:///checkpoints");
    }

    @Test
    void takesTheEmbeddedOnesWhereNoneOfOnesOwnIsNamed() throws Exception {
        KafkaSettings kafka = KafkaSettings.single("127.0.0.1:9092", 1, Duration.ofSeconds(3));
        ClickHouseSettings clickhouse = ClickHouseSettings.at("http://127.0.0.1:8123");
        String ingest = "ingest: { prometheus: [ { url: 'http://prometheus.example:9090' } ] }\n";

        Settings embedded =
                read(ingest + "flink: { checkpoint-interval: 5s }").orEmbedded(kafka, clickhouse, "file:///embedded");
        assertThat(embedded.kafka()).isEqualTo(kafka);
        assertThat(embedded.clickhouse()).isEqualTo(clickhouse);
        assertThat(embedded.flink()).isEqualTo(new FlinkSettings("file:///embedded", Duration.ofSeconds(5)));

        Settings own = read(ingest + """
                kafka: { bootstrap: "a:9092" }
                clickhouse: { url: http://clickhouse.example:8123 }
                flink: { checkpoint-dir: "file:///own" }
                """);
        assertThat(own.orEmbedded(kafka, clickhouse, "file:///embedded")).isEqualTo(own);
    }

    @Test
    void saysOfTheEmbeddedEngineHowLongItKeepsRows() throws Exception {
        Settings settings = read("""
                ingest: { prometheus: [ { url: "http://prometheus.example:9090" } ] }
                clickhouse: { keep: { minutes: 30d } }
                desk: { clickhouse-port: 8123 }
                """);
        assertThat(settings.ownClickhouse()).isNull();
        assertThat(settings.desk().clickhousePort()).isEqualTo(8123);
        assertThat(settings.retention().minutes()).hasDays(30);
        assertThat(settings.retention().hours()).isEqualTo(Retention.DEFAULT.hours());
        assertThat(settings.orEmbedded(
                                KafkaSettings.single("127.0.0.1:9092", 1, Duration.ofSeconds(3)),
                                ClickHouseSettings.at("http://127.0.0.1:8123"),
                                "file:///embedded")
                        .retention())
                .isEqualTo(settings.retention());
    }

    @Test
    void tellsEveryProblemInOneGoWithLineExpectationAndNearestKey() {
        InvalidYaml problem = catchThrowableOfType(InvalidYaml.class, () -> read("""
                ingest:
                  metrics-interval: -10s
                  prometheus:
                    - url: prometheus.example:9090
                      selectro: '{job="etcd"}'
                  etcd:
                    - cluster: prod
                      endpoints: http://etcd-1:2379
                rules: { profile: brave }
                """));

        assertThat(problem.problems())
                .extracting(YamlProblem::line, YamlProblem::message)
                .containsExactly(
                        tuple(2, "'metrics-interval' is \"-10s\"; expected a duration like 500ms, 10s or 24h"),
                        tuple(
                                4,
                                "'url' is \"prometheus.example:9090\"; expected an address like http://prometheus.example:9090"),
                        tuple(5, "unknown key 'selectro'; did you mean 'selector'?"),
                        tuple(8, "'endpoints' is \"http://etcd-1:2379\"; expected a list of endpoints, one per member"),
                        tuple(
                                9,
                                "'profile' is brave, which is unknown to the rules; expected one of fleet, lab, mixin, openshift, prd, strict"));
        assertThat(problem.getMessage()).contains("quorate.yaml:2: ");
    }

    @Test
    void missesFilesThatAreNotThereAndNamesTheirLine() {
        InvalidYaml problem = catchThrowableOfType(InvalidYaml.class, () -> read("""
                ingest:
                  etcd:
                    - cluster: prod
                      endpoints: [https://etcd-1:2379]
                      tls:
                        ca: nowhere.pem
                """));

        assertThat(problem.problems())
                .singleElement()
                .extracting(YamlProblem::toString)
                .asString()
                .endsWith(
                        "quorate.yaml:6: 'ca' is nowhere.pem, which cannot be read; expected a readable file, relative to"
                                + " this one");
    }

    @Test
    void refusesSettingsThatAskNobody() {
        assertThat(catchThrowableOfType(InvalidYaml.class, () -> read("ingest: {}\n")))
                .hasMessageContaining(
                        "quorate.yaml:1: 'ingest' asks nobody; expected prometheus, metrics, etcd, or several of them");
        assertThat(catchThrowableOfType(InvalidYaml.class, () -> read(""))).hasMessageContaining("empty");
        assertThat(catchThrowableOfType(InvalidYaml.class, () -> SettingsReader.read(folder.resolve("none.yaml"))))
                .hasMessageContaining("none.yaml:1: cannot be read");
    }

    private Settings read(String yaml) throws Exception {
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, yaml);
        return SettingsReader.read(file);
    }

    private static org.assertj.core.groups.Tuple tuple(int line, String message) {
        return org.assertj.core.groups.Tuple.tuple(line, message);
    }
}
