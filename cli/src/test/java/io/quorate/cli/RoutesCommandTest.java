package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate routes}: which way an alert would go, before it does. */
class RoutesCommandTest {

    private static final String STORM = "alertname=EtcdElectionStorm,severity=critical,cluster=c1,env=prod";

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    private Path settings;

    @BeforeEach
    void write() throws IOException {
        settings = Files.writeString(folder.resolve("quorate.yaml"), """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                alerting:
                  receivers:
                    - webhook: { url: "http://127.0.0.1:1/x" }
                    - log: {}
                    - log: { name: all }
                  routes:
                    - { name: everything, receivers: [all], continue: true, repeat: off }
                    - name: critical
                      where: severity="critical"
                      receivers: [webhook]
                      group-by: [alertname, env, az]
                      escalate: [ { after: 15m, to: [log] } ]
                    - { name: rest, receivers: [log] }
                """);
    }

    @Test
    void tellsWhichRoutesAnAlertTakesAndWhatItIsToldTogetherWith() {
        assertThat(routes("test", "--labels", STORM)).isZero();
        assertThat(console.told()).isEqualTo("""
                route everything: to all
                    group: alertname="EtcdElectionStorm",severity="critical"
                    the first at once, then every 10s at most, together for 5m; never reminded
                route critical: to webhook
                    group: alertname="EtcdElectionStorm",env="prod",az=""
                    the first at once, then every 10s at most, together for 5m; reminded every 4h; after 15m also log
                """);
    }

    @Test
    void failsWhereOthersAreToldThanWereExpected() {
        assertThat(routes("test", "--labels", STORM, "--expect", "webhook,all")).isZero();
        assertThat(routes("test", "--labels", "severity=warning", "--expect", "webhook,all"))
                .isEqualTo(1);
        assertThat(console.complained()).isEqualTo("told all, log, expected all, webhook\n");
    }

    @Test
    void refusesLabelsThatAreNoAlerts() {
        assertThat(routes("test", "--labels", "severity=~critical")).isEqualTo(2);
        assertThat(console.complained())
                .contains("severity stands with =~; expected the labels of one alert, each with =");
        assertThat(routes("test", "--labels", "severity")).isEqualTo(2);
        assertThat(console.complained()).contains("at character 9: after 'severity' expected =");
    }

    @Test
    void tellsMachinesWhatItTellsPeople() throws Exception {
        assertThat(routes("test", "--labels", STORM, "--format", "json")).isZero();
        JsonNode critical =
                new ObjectMapper().readTree(console.told().lines().toList().get(1));
        assertThat(critical.path("route").asText()).isEqualTo("critical");
        assertThat(critical.path("receivers").get(0).asText()).isEqualTo("webhook");
        assertThat(critical.path("group").path("env").asText()).isEqualTo("prod");
    }

    @Test
    void showsAllRoutesInTheirOrder() throws Exception {
        assertThat(routes("show")).isZero();
        assertThat(console.told())
                .contains(
                        "everything: every alert to all, and on to the next",
                        "critical: {severity=\"critical\"} to webhook")
                .containsSubsequence("everything", "critical", "rest");

        Files.writeString(settings, "ingest: { prometheus: [ { url: 'http://127.0.0.1:1' } ] }");
        assertThat(routes("show")).isZero();
        assertThat(console.told()).contains("No receivers: alerts are only recorded");
    }

    private int routes(String verb, String... more) {
        List<String> arguments = new ArrayList<>(List.of("routes", verb, "--config", settings.toString()));
        arguments.addAll(Arrays.asList(more));
        return Quorate.run(arguments.toArray(String[]::new));
    }
}
