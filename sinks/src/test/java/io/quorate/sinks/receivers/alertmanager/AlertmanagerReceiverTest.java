package io.quorate.sinks.receivers.alertmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.FakeEndpoint;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverContract;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertmanagerReceiverTest extends ReceiverContract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock NOW = Clock.fixed(Messages.AT.plusSeconds(100), ZoneOffset.UTC);

    @Override
    protected ReceiverSettings aimedAt(String server, Terms terms) {
        return new AlertmanagerSettings(
                "alertmanager",
                List.of(server),
                "quorate",
                SECRET,
                AlertmanagerSettings.DEFAULT_RESEND,
                terms,
                PageTexts.DEFAULT);
    }

    /** An Alertmanager knows an alert by its labels and when it began; its end moves. */
    @Override
    protected Object identity(Request request) {
        JsonNode alert = alerts(request).get(0);
        boolean isOver =
                alert.path("endsAt").asText().compareTo(request.arrivedAt().toString()) <= 0;
        return alert.path("labels") + " " + alert.path("startsAt") + isOver;
    }

    @Test
    void saysWhatEtcdsOwnAlertsWouldAndWhatItKnowsBesides() throws Exception {
        tell(NOW, Messages.firing("a1"), endpoint.url("/"));
        assertThat(request(0).path()).isEqualTo("/api/v2/alerts");
        assertThat(request(0).headers().get("authorization")).isEqualTo("Basic cXVvcmF0ZTpzM2NyM3QtY2FuYXJ5");
        assertThat(alerts(request(0))).isEqualTo(JSON.readTree("""
                [{"labels": {"alertname": "etcdHighNumberOfLeaderChanges", "rule": "EtcdElectionStorm", "job": "etcd",
                   "cluster": "prod", "severity": "critical"},
                  "annotations": {"summary": "three leader changes in ten minutes",
                   "description": "the disk of m1 is slow: its log waits for it",
                   "runbook_url": "docs/runbooks/etcd-election-storm.md", "host": "10.0.0.1:2379", "role": "leader",
                   "spread": "3 other clusters have it", "quorate_id": "a1"},
                  "startsAt": "2026-03-29T01:00:05.123Z", "endsAt": "2026-03-29T01:05:50.123Z"}]
                """));
    }

    @Test
    void endsWhatIsOverAtOnce() throws Exception {
        tell(NOW, Messages.resolved("a1"), endpoint.url(""));
        assertThat(alerts(request(0)).at("/0/endsAt").asText()).isEqualTo("2026-03-29T01:01:50.123Z");
    }

    @Test
    void endsTheMilderAlertWhenItGetsWorse() throws Exception {
        Message message = Messages.of(
                Kind.FIRING,
                "g",
                List.of(Severity.WARNING, Severity.CRITICAL),
                Messages.placed(Messages.storm("a1", Status.FIRING, Messages.AT)));
        tell(NOW, message, endpoint.url(""));
        JsonNode alerts = alerts(request(0));
        assertThat(alerts).hasSize(2);
        assertThat(alerts.at("/0/labels/severity").asText()).isEqualTo("critical");
        assertThat(alerts.at("/1/labels/severity").asText()).isEqualTo("warning");
        assertThat(alerts.at("/1/endsAt").asText()).isEqualTo("2026-03-29T01:01:50.123Z");
    }

    @Test
    void isDeliveredWhenOneOfAPairHasIt() throws Exception {
        try (FakeEndpoint other = new FakeEndpoint()) {
            other.repliesBy(request -> Reply.of(500));
            assertThat(tell(NOW, Messages.firing("a1"), other.url(""), endpoint.url("")))
                    .isInstanceOf(Answer.Delivered.class);
            assertThat(endpoint.requests()).hasSize(1);
        }
    }

    @Test
    void waitsForNoSilentOneOfAPair() throws Exception {
        try (FakeEndpoint other = new FakeEndpoint()) {
            other.repliesBy(request -> Reply.silence());
            Instant asked = Instant.now();
            assertThat(tell(NOW, Messages.firing("a1"), other.url(""), endpoint.url("")))
                    .isInstanceOf(Answer.Delivered.class);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(PATIENT.timeout());
        }
    }

    @Test
    void triesAgainAsLongAsOneOfAPairMayTakeIt() throws Exception {
        try (FakeEndpoint other = new FakeEndpoint()) {
            other.repliesBy(request -> Reply.of(400));
            endpoint.repliesBy(request -> Reply.of(503));
            assertThat(tell(NOW, Messages.firing("a1"), other.url(""), endpoint.url("")))
                    .isInstanceOf(Answer.WorthRetrying.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EtcdElectionStorm, etcdHighNumberOfLeaderChanges",
        "EtcdMemberDown, etcdMembersDown",
        "EtcdQuorumLost, etcdInsufficientMembers",
        "EtcdClusterLeaderless, etcdNoLeader",
        "EtcdWalFsyncVerySlow, etcdHighFsyncDurations",
        "EtcdBackendCommitSlow, etcdHighCommitDurations",
        "EtcdDatabaseNearQuota, etcdDatabaseQuotaLowSpace",
        "EtcdDiskStalled, EtcdDiskStalled"
    })
    void namesRulesAsEtcdsOwnAlerts(String ours, String theirs) {
        assertThat(MixinNames.of(ours)).isEqualTo(theirs);
    }

    @Test
    void isToldOfEachAlertAgainAndAgain() {
        ReceiverSettings settings = aimedAt("http://h", PATIENT);
        assertThat(settings.tellsEach()).isTrue();
        assertThat(settings.refresh()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void refusesHalfALogin() {
        assertThatThrownBy(() -> new AlertmanagerSettings(
                        "am", List.of("http://h"), "me", null, Duration.ofMinutes(1), PATIENT, PageTexts.DEFAULT))
                .hasMessageContaining("expected both or none");
    }

    private static Answer tell(Clock clock, Message message, String... servers) {
        AlertmanagerSettings settings = new AlertmanagerSettings(
                "am",
                List.of(servers),
                "quorate",
                SECRET,
                AlertmanagerSettings.DEFAULT_RESEND,
                PATIENT,
                PageTexts.DEFAULT);
        try (Receiver receiver = new AlertmanagerReceiver(settings, clock)) {
            return receiver.send(message).join();
        }
    }

    private static JsonNode alerts(Request request) {
        try {
            return JSON.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
