package io.quorate.sinks.receivers.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.AlertmanagerServer;
import io.quorate.desk.Home;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Alertmanager 0.33 itself, with routes as people have them for etcd's own alerts. */
@Tag("slow")
class RealAlertmanagerTest {

    private static final String SETTINGS = """
            route:
              receiver: others
              routes:
                - receiver: etcd-oncall
                  matchers: [ 'alertname="etcdHighNumberOfLeaderChanges"', 'severity=~"warning|critical"', 'job="etcd"' ]
            receivers:
              - name: others
              - name: etcd-oncall
            """;

    private static final Duration RESEND = Duration.ofMillis(500);

    @TempDir
    Path folder;

    private AlertmanagerServer server;

    @BeforeEach
    void start() {
        server = started(0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void routesOurStormAsTheMixinsAndSeesItsEnd() throws Exception {
        tell(Duration.ofMinutes(1), Messages.firing("a1"));
        assertThat(active()).singleElement().satisfies(alert -> {
            assertThat(alert.at("/receivers/0/name").asText()).isEqualTo("etcd-oncall");
            assertThat(alert.at("/labels/rule").asText()).isEqualTo("EtcdElectionStorm");
            assertThat(alert.at("/startsAt").asText()).isEqualTo("2026-03-29T01:00:05.123Z");
        });
        tell(Duration.ofMinutes(1), Messages.resolved("a1"));
        assertThat(active()).isEmpty();
    }

    @Test
    void seesAWorseStepInThePlaceOfTheMilderOne() throws Exception {
        Message milder = Messages.of(
                Kind.FIRING,
                "g",
                List.of(Severity.WARNING),
                Messages.placed(Messages.alert(
                        "a1", "EtcdElectionStorm", Severity.WARNING, "prod", null, Status.FIRING, Messages.AT)));
        Message worse = Messages.of(
                Kind.FIRING,
                "g",
                List.of(Severity.WARNING, Severity.CRITICAL),
                Messages.placed(Messages.storm("a1", Status.UPDATED, Messages.AT)));
        tell(Duration.ofMinutes(1), milder);
        tell(Duration.ofMinutes(1), worse);
        assertThat(active())
                .singleElement()
                .satisfies(alert ->
                        assertThat(alert.at("/labels/severity").asText()).isEqualTo("critical"));
    }

    @Test
    void keepsFiringAcrossAStopOfOursAndEndsOnlyWhenNobodySaysItAnyMore() throws Exception {
        tell(RESEND, Messages.firing("a1"));
        Instant first = Instant.now();
        await().until(() -> Instant.now().isAfter(first.plus(RESEND.multipliedBy(3))));
        tell(RESEND, Messages.firing("a1"));
        await().until(() -> Instant.now().isAfter(first.plus(RESEND.multipliedBy(5))));
        assertThat(active()).hasSize(1);
        await().atMost(Duration.ofSeconds(5)).until(() -> active().isEmpty());
    }

    /** It keeps no alerts over its own death: who sends them says them again. */
    @Test
    void knowsTheAlertAgainAfterItWasKilled() throws Exception {
        tell(Duration.ofMinutes(1), Messages.firing("a1"));
        int port = server.port();
        server.kill();
        server = started(port);
        assertThat(active()).isEmpty();
        tell(Duration.ofMinutes(1), Messages.firing("a1"));
        assertThat(active()).hasSize(1);
    }

    private AlertmanagerServer started(int port) {
        return AlertmanagerServer.ofLine(Home.current().withState(folder), "0.33", "alertmanager", port, SETTINGS);
    }

    private void tell(Duration resend, Message message) {
        AlertmanagerSettings settings = new AlertmanagerSettings(
                "am", List.of(server.url()), null, null, resend, Terms.UNLIMITED, PageTexts.DEFAULT);
        try (Receiver receiver = settings.open()) {
            assertThat(receiver.send(message).join()).isEqualTo(new Answer.Delivered(200, null));
        }
    }

    private List<JsonNode> active() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/api/v2/alerts"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        List<JsonNode> alerts = new ArrayList<>();
        new ObjectMapper().readTree(answer.body()).forEach(alerts::add);
        return alerts;
    }
}
