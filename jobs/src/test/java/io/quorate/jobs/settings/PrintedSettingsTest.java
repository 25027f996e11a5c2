package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --print-config} prints: the settings themselves, readable again. */
class PrintedSettingsTest {

    private static final Path EXAMPLE = Path.of("../deploy/quorate.example.yaml");

    @TempDir
    Path folder;

    @Test
    void holdTheDefaults() throws Exception {
        String printed = print("ingest: { prometheus: [ { url: http://prometheus.example:9090 } ] }");

        assertThat(printed)
                .contains(
                        "metrics-interval: 10s",
                        "selector: \"{job=~",
                        "horizon: 90s",
                        "profile: fleet",
                        "checkpoint-interval: 10s",
                        "# No section 'kafka': an embedded broker runs.",
                        "days: 1826d",
                        "# No address in section 'clickhouse': an embedded engine runs.");
    }

    @Test
    void readAsTheSameSettings() throws Exception {
        for (String yaml : List.of(
                "ingest: { prometheus: [ { url: http://prometheus.example:9090 } ] }",
                "ingest: { etcd: [ { cluster: '012', endpoints: [http://etcd:2379], labels: { env: 'no', on: '1e5', \"a: #b\": \" \\n*x'\\\"\", n: 'null', d: '2026-01-01' } } ] }",
                "ingest: { status-interval: 4s, etcd: [ { cluster: 'no', endpoints: [http://etcd:2379] } ] }\ndesk: { kafka-port: 9092 }",
                everything())) {
            Settings settings = read(yaml);
            String printed = print(yaml);
            Path elsewhere =
                    Files.createDirectories(folder.resolve("elsewhere")).resolve("printed.yaml");
            Files.writeString(elsewhere, printed);

            assertThat(SettingsReader.read(elsewhere, PrintedSettingsTest::environment))
                    .as(printed)
                    .isEqualTo(settings);
            assertThat(withoutComments(SettingsReader.print(elsewhere, PrintedSettingsTest::environment)))
                    .isEqualTo(withoutComments(printed));
        }
    }

    @Test
    void nameSecretsByTheirReferenceAndMaskWhatStandsInClear() throws Exception {
        String printed = print(everything());
        assertThat(printed)
                .contains("bearer-token-env: TOKEN", "url-file: " + folder.resolve("url"))
                .contains("password-file: " + folder.resolve("password"))
                .doesNotContain("s3cret");

        String clear =
                print(everything().replace("url-file: url", "url: 'https://pages.example:8443/s3cret?key=s3cret'"));
        assertThat(clear)
                .contains("url: https://pages.example:8443/***")
                .contains("# alerting.receivers[0].webhook.url is masked after its host")
                .doesNotContain("s3cret");
        Path file = Files.writeString(folder.resolve("printed.yaml"), clear);
        assertThat(SettingsReader.read(file, PrintedSettingsTest::environment)
                        .alerting()
                        .receivers())
                .hasSize(10);
    }

    @Test
    void holdEveryKeyOfTheSchema() throws Exception {
        Set<String> printed = new TreeSet<>();
        for (String yaml : List.of(
                everything(),
                everything()
                        .replace("bearer-token-env: TOKEN", "bearer-token-file: token")
                        .replace("url-file: url", "url-env: URL")
                        .replace("password-file: password", "password-env: PASSWORD")
                        .replace("secret-file: token", "secret-env: TOKEN")
                        .replace("routing-key-env: TOKEN", "routing-key-file: token"),
                everything().replace("url-file: url", "url: http://a"),
                "ingest: { prometheus: [ { url: http://a } ] }")) {
            keys(YamlFile.parse("printed", print(yaml)).root(), printed);
        }

        assertThat(printed).containsAll(keysOfTheSchema());
    }

    @Test
    void areShownByTheExampleWithEveryKeyOfTheSchema() throws Exception {
        assertThat(read(Files.readString(EXAMPLE)).alerting().receivers())
                .as("as it is")
                .hasSize(1);

        String example = Files.readString(EXAMPLE);
        for (String key : keysOfTheSchema()) {
            assertThat(example).containsPattern("(?m)^[ #{-]*(tls: \\{ )?" + key + ":");
        }
    }

    /** Everything commented in, but of two ways to one thing the first. */
    @Test
    void areTheDefaultsThatTheExampleShows() throws Exception {
        Files.createDirectory(folder.resolve("rules"));
        try (InputStream rule = RuleReader.class.getResourceAsStream("/rules/etcd-wal-fsync-slow.yaml")) {
            Files.write(folder.resolve("rules/storm.yaml"), rule.readAllBytes());
        }
        for (String name : List.of(
                "token",
                "ca.pem",
                "client.pem",
                "client-key.pem",
                "etcd-password",
                "clickhouse-password",
                "webhook-secret",
                "pagerduty-key",
                "mail-password",
                "sms-token",
                "alertmanager-password")) {
            Files.writeString(folder.resolve(name), "x");
        }
        Files.writeString(folder.resolve("slack-url"), "https://slack.example/x");
        String whole = Files.readString(EXAMPLE)
                .lines()
                .filter(line -> !line.matches(".*#? *[a-z-]+-env: .*|.*# +url-file: webhook-url.*|.*# basic: .*"))
                .filter(line -> !line.matches(".*# +(kafka|clickhouse)-port: .*"))
                .filter(line ->
                        !line.matches(".*# +(http|prometheus|job|dns-srv|dns-server|kubernetes|namespace|pods): .*"))
                .map(line -> line.replaceFirst("^( *)# ?( *(- |tls:|[a-z-]+: ?))", "$1$2"))
                .reduce("", (all, line) -> all + line + "\n")
                .replace("http://etcd-", "https://etcd-")
                .replace("http://prometheus", "https://prometheus");

        Settings settings = read(whole);

        assertThat(settings.kafka().partitions()).isEqualTo(12);
        assertThat(settings.clickhouse().password()).isEqualTo("x");
        assertThat(settings.rules()).hasSize(1);
        assertThat(settings.etcd().get(0).transport().tls().key()).endsWith("client-key.pem");
        assertThat(settings.alerting().receivers())
                .extracting(ReceiverSettings::name)
                .containsExactly("webhook", "slack", "pagerduty", "mail", "sms", "alertmanager", "kafka", "log");
        Route critical = settings.alerting().routes().get(0);
        Route usual = Route.toAll(critical.receivers());
        assertThat(critical)
                .usingRecursiveComparison()
                .ignoringFields("name", "where", "escalations")
                .isEqualTo(usual);
        assertThat(settings.alerting().receivers())
                .allSatisfy(receiver -> assertThat(receiver.terms())
                        .usingRecursiveComparison()
                        .ignoringFields("fallback", "perMinute")
                        .isEqualTo(Terms.DEFAULT));
    }

    private static String everything() {
        return """
                ingest:
                  prometheus:
                    - { url: http://prometheus.example:9090, cluster: c, member-label: pod, bearer-token-env: TOKEN, drop-labels: [replica], node-exporter: { selector: '{job="node"}', member-label: node, node-label: nodename, data-dir: /var/lib/etcd } }
                    - { url: https://second.example, basic: { user: me, password-env: PASSWORD }, tls: { insecure: true } }
                  etcd:
                    - cluster: prod-eu-1
                      endpoints: [ https://etcd-1.example:2379 ]
                      tls: { ca: ca.pem, certificate: client.pem, key: key.pem, server-name: etcd.example }
                      proxy: http://proxy.example:3128
                      user: watcher
                      password-file: password
                      labels: { env: prod }
                    - { discover: { files: [targets/*.yaml], interval: 7s }, scheme: https, port: 2379, cluster-label: name }
                  metrics:
                    - { cluster: c, targets: [etcd-1.example], port: 2381, timeout: 2s, basic: { user: me, password-env: PASSWORD }, node-exporter: { data-dir: /var/lib/etcd } }
                    - { discover: { http: https://inventory.example/etcd, bearer-token-env: TOKEN, proxy: http://proxy.example:3128 }, member-label: pod }
                    - { discover: { prometheus: http://prometheus.example:9090, job: etcd }, tls: { insecure: true } }
                    - { discover: { dns-srv: _etcd-client._tcp.example.com, dns-server: 10.0.0.2:53 }, cluster: one }
                    - { discover: { kubernetes: https://kubernetes.default.svc, namespace: etcd, pods: app=etcd }, port: 2381 }
                percentiles: { window: 30s, horizon: 90s, early: off, groups: [region, "region,az"] }
                rules: { profile: lab, directory: rules, overrides: [ { override: quiet-dev, rule: EtcdWalFsyncSlow, where: { env: dev }, set: { off: true } } ], maintenance: [ { maintenance: once, where: { cluster: prod-eu-1 }, from: 2026-03-01T02:00:00Z, to: 2026-03-01T04:00:00Z } ] }
                alerting:
                  templates: pages
                  runbooks: https://wiki.example/etcd
                  pipeline-behind: 2m
                  heartbeat: { url-file: url, every: 30s, timeout: 2s, allow-private: true }
                  receivers:
                    - webhook: { url-file: url, secret-file: token, retry-for: 1500ms, send-resolved: false, fallback: mail, fallback-after: 90s, per-minute: 3 }
                    - slack: { url-file: url }
                    - pagerduty: { routing-key-env: TOKEN, url: "http://127.0.0.1:9/v2/enqueue" }
                    - email: { name: mail, host: mail.example, port: 2525, security: tls, user: me, password-file: password, from: q@example.org, to: [a@example.org] }
                    - sms: { form: twilio, account: AC0, token-env: TOKEN, from: "+4930123", to: ["+49151123"] }
                    - sms: { name: other, form: generic, url: "https://sms.example/send", token-file: token, from: Quorate, to: ["+49151123"] }
                    - alertmanager: { urls: ["http://a:9093", "http://b:9093"], user: me, password-env: PASSWORD, resend: 30s }
                    - kafka: { topic: etcd-alerts }
                    - kafka: { name: far, topic: etcd-alerts, bootstrap: "far:9092" }
                    - log: {}
                  routes:
                    - { name: critical, where: 'severity="critical",env=~"prod|stage"', receivers: [pagerduty, slack], group-by: [], group-wait: 0s, group-for: 10m, repeat: off, escalate: [ { after: 15m, to: [sms] }, { after: 1h, to: [mail, other] } ], continue: true }
                    - { name: rest, receivers: [webhook, log, far], repeat: 1h }
                kafka: { bootstrap: "kafka-1:9092,kafka-2:9092", partitions: 3, replication: 2 }
                clickhouse: { url: http://clickhouse:8123, password-file: password, keep: { window: 36h, days: 900d } }
                flink: { checkpoint-dir: file:///checkpoints, checkpoint-interval: 1m }
                desk: { flink-port: 8081 }
                """;
    }

    private static String environment(String variable) {
        return variable.equals("URL") ? "https://pages.example/s3cret" : "s3cret";
    }

    private static Set<String> keysOfTheSchema() throws Exception {
        Set<String> keys = new TreeSet<>();
        try (InputStream in = SettingsReader.class.getResourceAsStream("/schema/quorate.schema.json")) {
            collect(new ObjectMapper().readTree(in), keys);
        }
        assertThat(keys).hasSizeGreaterThan(40);
        return keys;
    }

    private static void collect(JsonNode schema, Set<String> keys) {
        schema.path("properties").fieldNames().forEachRemaining(keys::add);
        schema.forEach(child -> collect(child, keys));
    }

    private static void keys(JsonNode node, Set<String> keys) {
        node.fieldNames().forEachRemaining(keys::add);
        node.forEach(child -> keys(child, keys));
    }

    private static String withoutComments(String printed) {
        return printed.replaceAll("(?m)^#.*\n", "");
    }

    private Settings read(String yaml) throws Exception {
        return SettingsReader.read(write(yaml), PrintedSettingsTest::environment);
    }

    private String print(String yaml) throws Exception {
        return SettingsReader.print(write(yaml), PrintedSettingsTest::environment);
    }

    private Path write(String yaml) throws Exception {
        for (String name : List.of("token", "password", "ca.pem", "client.pem", "key.pem")) {
            Files.writeString(folder.resolve(name), "s3cret");
        }
        Files.writeString(folder.resolve("url"), "https://pages.example/s3cret");
        Files.writeString(Files.createDirectories(folder.resolve("pages")).resolve("title.mustache"), "etcd");
        Files.createDirectories(folder.resolve("rules"));
        try (InputStream rule = RuleReader.class.getResourceAsStream("/rules/etcd-wal-fsync-slow.yaml")) {
            Files.write(folder.resolve("rules/storm.yaml"), rule.readAllBytes());
        }
        return Files.writeString(folder.resolve("quorate.yaml"), yaml);
    }
}
