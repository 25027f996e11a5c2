package io.quorate.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Secrets come from files and the environment, and are never told again. */
class SecretsTest {

    private static final String CANARY = "C4n4ry";

    @TempDir
    Path folder;

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "CANARY", CANARY,
            "CANARY_HOOK", "https://pages.example/" + CANARY,
            "CANARY_URL", "https://user:" + CANARY + "@pages.example/" + CANARY + "?key=" + CANARY,
            "CANARY_BAD", CANARY + "\n" + CANARY);

    @Test
    void comeFromFiles() throws Exception {
        Settings settings = read(settings("bearer-token-file: token", "url-file: url", "password-file: password"));

        assertThat(header(settings)).isEqualTo("Bearer " + CANARY + "-token");
        assertThat(settings.clickhouse().password()).isEqualTo(CANARY + "-password");
        assertThat(((WebhookSettings) settings.alerting().receivers().get(0)).url())
                .endsWith("/" + CANARY + "-hook");
    }

    @Test
    void comeFromTheEnvironment() throws Exception {
        Settings settings = read(settings("bearer-token-env: CANARY", "url-env: CANARY_URL", "password-env: CANARY"));

        assertThat(header(settings)).isEqualTo("Bearer " + CANARY);
        assertThat(settings.clickhouse().password()).isEqualTo(CANARY);
        assertThat(((WebhookSettings) settings.alerting().receivers().get(0)).url())
                .contains(CANARY);
    }

    @Test
    void areReadAnewFromAFileThatTurns() throws Exception {
        Settings settings = read(settings("bearer-token-file: token", "url-file: url", "password-file: password"));

        Files.writeString(folder.resolve("token"), "turned\n");

        assertThat(header(settings)).isEqualTo("Bearer turned");
    }

    /** Everything that people write into the slots of secrets, right and wrong: none of it is repeated by anything. */
    @Test
    void areRepeatedByNothing() throws Exception {
        List<String> tokens = List.of(
                "bearer-token-file: token",
                "bearer-token-env: CANARY",
                "bearer-token-env: CANARY_BAD",
                "bearer-token: " + CANARY,
                "token: " + CANARY,
                "bearer_token: [" + CANARY + "]",
                "bearer-token-file: " + CANARY,
                "bearer-token-env: " + CANARY,
                "bearer-token-env: " + CANARY + "!",
                "bearer-token-file: [" + CANARY + "]",
                "bearer-token-file: { a: " + CANARY + " }",
                "bearer-token-file: two-lines",
                "bearer-token-file: \"" + CANARY + "\\0\"",
                "bearer-token-file: token, bearer-token-env: CANARY");
        List<String> urls = List.of(
                "url-file: url",
                "url-env: CANARY_URL",
                "url-env: CANARY",
                "url-env: CANARY_BAD",
                "url: https://pages.example/" + CANARY,
                "url: 'https://pages.example/x?" + CANARY + "#" + CANARY + "'",
                "url: https://user:" + CANARY + "@pages.example/x",
                "url: pages.example/" + CANARY,
                "url: https://pages.example:70000/" + CANARY,
                "url: 'https://pages.example/ " + CANARY + "'",
                "url: [https://pages.example/" + CANARY + "]",
                "url: ftp://" + CANARY,
                "url-file: https://" + CANARY,
                "url-env: https://" + CANARY,
                "url-file: two-lines",
                "url: https://a/x, url-env: CANARY_URL",
                "password: " + CANARY);
        List<String> passwords = List.of(
                "password-file: password",
                "password-env: CANARY",
                "password-env: CANARY_BAD",
                "password: " + CANARY,
                "passwd: " + CANARY,
                "pass: " + CANARY,
                "secret: " + CANARY,
                "password-file: " + CANARY,
                "password-env: " + CANARY,
                "password-env: '" + CANARY + " " + CANARY + "'",
                "password-file: [" + CANARY + "]",
                "password-file: two-lines",
                "password-file: password, password-env: CANARY");
        List<String> addresses = List.of(
                "http://user:" + CANARY + "@x.example:9090", "user:" + CANARY + "@x.example:9090",
                "http://user:" + CANARY + "/" + CANARY + "@x.example:9090",
                        "'http://user:" + CANARY + " @x.example:9090'",
                "http://x.example:9090/?token=" + CANARY, "'http://x.example:9090/#" + CANARY + "'",
                "ftp://" + CANARY + "@x.example:1", "http://" + CANARY + "@x.example:70000");
        List<String> all = new ArrayList<>();
        for (String token : tokens) {
            all.add(settings(token, urls.get(0), passwords.get(0)));
        }
        for (String url : urls) {
            all.add(settings(tokens.get(0), url, passwords.get(0)));
        }
        for (String password : passwords) {
            all.add(settings(tokens.get(0), urls.get(0), password));
        }
        String good = settings(tokens.get(0), urls.get(0), passwords.get(0));
        for (String address : addresses) {
            for (String slot : List.of(
                    "http://prometheus.example:9090",
                    "https://etcd-1.example:2379",
                    "kafka.example:9092",
                    "http://clickhouse.example:8123")) {
                all.add(good.replace(slot, address));
            }
        }
        all.add(good.replace("key: key.pem", "key: " + CANARY));
        all.add(good.replace("key: key.pem", "key: [" + CANARY + "]"));
        all.add(good.replace("file:///checkpoints", "s3://key:" + CANARY + "@bucket/x"));
        all.add(good.replace("file:///checkpoints", "[" + CANARY + "]"));
        all.add(good.replace("webhook: {", "webhook: url:https://x/" + CANARY + " #"));
        all.add(good.replace("clickhouse: {", "clickhouse: [ " + CANARY + " ] #"));
        all.add(good + "ingest: " + CANARY + ": x");
        all.add(good + "password: *" + CANARY);

        for (String yaml : all) {
            assertThat(everythingTold(yaml)).as(yaml).isNotEmpty().doesNotContain(CANARY);
        }
    }

    static Stream<Arguments> slotsOfAlerting() {
        return Stream.of(
                Arguments.of("secret", "receivers: [ { webhook: { url: 'http://a/x', %s } } ]"),
                Arguments.of("url", "receivers: [ { slack: { %s } } ]"),
                Arguments.of("url", "heartbeat: { %s }"),
                Arguments.of("routing-key", "receivers: [ { pagerduty: { %s } } ]"),
                Arguments.of(
                        "password",
                        "receivers: [ { email: { host: a, user: me, from: a@example.org, to: [b@example.org], %s } } ]"),
                Arguments.of(
                        "token", "receivers: [ { sms: { form: twilio, account: A, from: Q, to: ['+49123'], %s } } ]"),
                Arguments.of("password", "receivers: [ { alertmanager: { urls: ['http://a:9093'], user: me, %s } } ]"));
    }

    /** A value that is right is kept; whatever is written, right or wrong, is repeated by nothing. */
    @ParameterizedTest
    @MethodSource("slotsOfAlerting")
    void areRepeatedByNothingThatTellsOfReceivers(String slot, String section) throws Exception {
        boolean isUrl = slot.equals("url");
        String file = isUrl ? "url" : "token";
        String variable = isUrl ? "CANARY_HOOK" : "CANARY";
        for (String right : List.of(slot + "-file: " + file, slot + "-env: " + variable)) {
            String yaml = alerting(section.formatted(right));
            assertThat(read(yaml).alerting()).as(yaml).isNotNull();
            assertThat(everythingTold(yaml))
                    .as(yaml)
                    .contains(right.substring(0, right.indexOf(' ')))
                    .doesNotContain(CANARY);
        }
        for (String wrong : List.of(
                slot + ": " + CANARY,
                slot + ": [" + CANARY + "]",
                slot + ": https://user:" + CANARY + "@pages.example/" + CANARY,
                slot + "s: " + CANARY,
                slot + "-env: CANARY_BAD",
                slot + "-env: '" + CANARY + "!'",
                slot + "-env: " + CANARY,
                slot + "-file: " + CANARY,
                slot + "-file: [" + CANARY + "]",
                slot + "-file: two-lines",
                slot + "-file: " + file + ", " + slot + "-env: " + variable)) {
            String yaml = alerting(section.formatted(wrong));
            assertThat(catchThrowableOfType(InvalidYaml.class, () -> read(yaml)))
                    .as(yaml)
                    .isNotNull();
            assertThat(everythingTold(yaml)).as(yaml).isNotEmpty().doesNotContain(CANARY);
        }
    }

    private static String alerting(String section) {
        return "ingest: { etcd: [ { cluster: c, endpoints: [http://etcd-1.example:2379] } ] }\nalerting:\n  " + section
                + "\n";
    }

    @Test
    void areTheSameSettingsOnlyWhenTheyAreTheSame() throws Exception {
        String good = settings("bearer-token-env: CANARY", "url-file: url", "password-file: password");

        assertThat(read(good)).isEqualTo(read(good)).hasSameHashCodeAs(read(good));
    }

    /** All that the reader tells of a file: its problems with their causes, or the settings as text, and what it prints. */
    private String everythingTold(String yaml) throws Exception {
        Path file = write(yaml);
        StringBuilder told = new StringBuilder();
        InvalidYaml refused =
                catchThrowableOfType(InvalidYaml.class, () -> SettingsReader.read(file, ENVIRONMENT::get));
        for (Throwable problem = refused; problem != null; problem = problem.getCause()) {
            told.append(problem).append(refused.problems());
        }
        if (refused == null) {
            Settings settings = SettingsReader.read(file, ENVIRONMENT::get);
            told.append(settings)
                    .append(settings.prometheus())
                    .append(settings.alerting())
                    .append(SettingsReader.print(file, ENVIRONMENT::get));
            if (settings.ownClickhouse() != null) {
                told.append(settings.clickhouse()).append(settings.clickhouse().jdbcUrl());
            }
        }
        return told.toString();
    }

    private static String settings(String token, String url, String password) {
        return """
                ingest:
                  prometheus: [ { url: http://prometheus.example:9090, %s } ]
                  etcd:
                    - cluster: c
                      endpoints: [ https://etcd-1.example:2379 ]
                      tls: { certificate: client.pem, key: key.pem }
                alerting:
                  receivers:
                    - webhook: { %s }
                kafka: { bootstrap: kafka.example:9092 }
                clickhouse: { url: http://clickhouse.example:8123, %s }
                flink: { checkpoint-dir: file:///checkpoints }
                """.formatted(token, url, password);
    }

    private static String header(Settings settings) throws Exception {
        return settings.prometheus().get(0).transport().authorization().header().current();
    }

    private Settings read(String yaml) throws Exception {
        return SettingsReader.read(write(yaml), ENVIRONMENT::get);
    }

    private Path write(String yaml) throws Exception {
        Files.writeString(folder.resolve("token"), CANARY + "-token\n");
        Files.writeString(folder.resolve("url"), "https://pages.example/" + CANARY + "-hook\n");
        Files.writeString(folder.resolve("password"), CANARY + "-password\n");
        Files.writeString(folder.resolve("two-lines"), CANARY + "\n" + CANARY);
        Files.writeString(folder.resolve("client.pem"), CANARY);
        Files.writeString(folder.resolve("key.pem"), CANARY);
        return Files.writeString(folder.resolve("quorate.yaml"), yaml);
    }
}
