package io.quorate.sinks.receivers.pagerduty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverContract;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the contract published as PagerDuty's Events API v2. */
class PagerDutyReceiverTest extends ReceiverContract {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PlacedAlert STORM = Messages.placed(Messages.storm("a1", Status.FIRING, Messages.AT));

    @Override
    protected ReceiverSettings aimedAt(String server, Terms terms) {
        return new PagerDutySettings("pagerduty", SECRET, server + "/v2/enqueue", terms, PageTexts.DEFAULT);
    }

    @Override
    protected Object identity(Request request) {
        return step(request);
    }

    @Test
    void triggersAnIncidentWithAllThatIsKnown() throws Exception {
        PageTexts texts = PageTexts.of(Map.of("text", "in full"), "https://wiki.example/etcd");
        try (Receiver receiver =
                new PagerDutySettings("pd", "key", endpoint.url("/v2/enqueue"), PATIENT, texts).open()) {
            endpoint.replies(Reply.of(202));
            assertThat(receiver.send(Messages.firing("a1")).join()).isEqualTo(new Answer.Delivered(202, null));
        }
        assertThat(JSON.readTree(request(0).body())).isEqualTo(JSON.readTree("""
                {"routing_key": "key", "event_action": "trigger", "dedup_key": "g-a1-critical", "client": "Quorate",
                 "payload": {
                  "summary": "[FIRING critical] EtcdElectionStorm prod: three leader changes in ten minutes",
                  "source": "prod", "severity": "critical", "timestamp": "2026-03-29T01:00:05.123Z", "component": "etcd",
                  "group": "prod", "class": "EtcdElectionStorm",
                  "custom_details": {"text": "in full", "firing": "1", "cause": "the disk of m1 is slow: its log waits for it",
                   "host": "10.0.0.1:2379", "role": "leader", "spread": "3 other clusters have it", "alert": "a1"}},
                 "links": [{"href": "https://wiki.example/etcd/etcd-election-storm.md", "text": "Runbook"}]}
                """));
    }

    @Test
    void opensTheWorseIncidentBeforeItResolvesTheOneBefore() {
        tell(Messages.of(Kind.FIRING, "g", List.of(Severity.WARNING, Severity.CRITICAL), STORM));
        assertThat(endpoint.requests())
                .extracting(this::step)
                .containsExactly("trigger g-critical", "resolve g-warning");
    }

    @Test
    void resolvesNothingWhenTheWorseOneWasNotTaken() {
        endpoint.replies(Reply.of(429).with("Retry-After", "3"));
        assertThat(tell(Messages.of(Kind.FIRING, "g", List.of(Severity.WARNING, Severity.CRITICAL), STORM)))
                .isInstanceOf(Answer.WorthRetrying.class);
        assertThat(endpoint.requests()).extracting(this::step).containsExactly("trigger g-critical");
    }

    @Test
    void resolvesEveryStepWhenItIsOver() {
        tell(Messages.of(
                Kind.RESOLVED,
                "g",
                List.of(Severity.WARNING, Severity.CRITICAL, Severity.WARNING, Severity.CRITICAL),
                Messages.placed(Messages.storm("a1", Status.RESOLVED, Messages.AT))));
        assertThat(endpoint.requests())
                .extracting(this::step)
                .containsExactly("resolve g-critical", "resolve g-warning");
    }

    @Test
    void acknowledgesWhatSomebodyHasTakenOn() {
        tell(Messages.of(Kind.ACKNOWLEDGED, "g", List.of(Severity.CRITICAL), STORM));
        assertThat(endpoint.requests()).extracting(this::step).containsExactly("acknowledge g-critical");
        assertThat(aimedAt("http://h", PATIENT).acknowledges()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"PARTLY_RESOLVED", "REMINDER", "ESCALATED"})
    void staysWithTheSameIncidentWhateverElseIsSaid(Kind kind) {
        tell(Messages.of(kind, "g", List.of(Severity.CRITICAL), STORM));
        assertThat(endpoint.requests()).extracting(this::step).containsExactly("trigger g-critical");
    }

    @Test
    void neverSaysMoreThanASummaryHolds() throws Exception {
        Message message = Messages.of(
                Kind.FIRING,
                "g",
                List.of(Severity.CRITICAL),
                Messages.placed(Messages.saying("x".repeat(5_000), STORM.alert())));
        tell(message);
        assertThat(JSON.readTree(request(0).body()).at("/payload/summary").asText())
                .hasSizeLessThanOrEqualTo(1_024);
    }

    @Test
    void refusesToBeWithoutAKey() {
        assertThatThrownBy(() -> new PagerDutySettings(
                        "pd", " ", PagerDutySettings.DEFAULT_URL, Terms.DEFAULT, PageTexts.DEFAULT))
                .hasMessageContaining("expected the integration key");
    }

    private String step(Request request) {
        try {
            JsonNode event = JSON.readTree(request.body());
            return event.path("event_action").asText()
                    + ' '
                    + event.path("dedup_key").asText();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
