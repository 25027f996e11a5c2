package io.quorate.sinks.receivers.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookReceiverTest extends ReceiverContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected ReceiverSettings aimedAt(String server, Terms terms) {
        return new WebhookSettings(
                "webhook", server + "/hook/" + SECRET + "?key=" + SECRET, SECRET, terms, PageTexts.DEFAULT);
    }

    @Test
    void sendsAlertmanagersFormatAboutTheWholeGroup() throws Exception {
        PageTexts texts = PageTexts.of(
                Map.of("title", "storm in {{cluster}}", "text", "{{count}} of them"), "https://wiki.example/etcd");
        Alert worst = Messages.alert(
                "00aa", "EtcdWalFsyncSlow", Severity.CRITICAL, "prod \"eu\"", "m1", Status.FIRING, Messages.AT);
        Alert other = Messages.alert(
                "00bb", "EtcdWalFsyncSlow", Severity.WARNING, "prod us", "m1", Status.RESOLVED, Messages.AT);
        Message message = new Message(
                "k1",
                Kind.PARTLY_RESOLVED,
                "g1",
                Map.of("alertname", "EtcdWalFsyncSlow"),
                List.of(Messages.placed(worst), Messages.placed(other, null, null, null)),
                List.of("00bb"),
                List.of(Severity.CRITICAL),
                Messages.AT);
        send(new WebhookSettings("hook", endpoint.url("/"), null, PATIENT, texts), message);
        Request request = request(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("idempotency-key", "k1")
                .doesNotContainKey("quorate-signature")
                .hasEntrySatisfying(
                        "user-agent", agent -> assertThat(agent).matches("Quorate/[0-9]+\\.[0-9]+\\.[0-9]+.*"));
        String evidence = "2026-03-29T01:00:05.123Z leader change: m1 -> m2\\n2026-03-29T01:00:05.123Z cause: slow-disk"
                + "\\n2026-03-29T01:00:05.123Z root member: m1\\n2026-03-29T01:00:10.123Z ruled out: network: no peer was slow"
                + "\\n2026-03-29T01:00:10.123Z not known: cpu: nobody looked"
                + "\\n2026-03-29T01:00:10.123Z advice: now: move the leadership";
        String shared = """
                "summary": "three leader changes in ten minutes", "cause": "the disk of m1 is slow: its log waits for it",
                "runbook_url": "https://wiki.example/etcd/etcd-election-storm.md", "evidence": "%s\"""".formatted(evidence);
        assertThat(JSON.readTree(request.body())).isEqualTo(JSON.readTree("""
                {"version": "4", "groupKey": "{}/{g1}:{alertname=\\"EtcdWalFsyncSlow\\"}", "truncatedAlerts": 0,
                 "status": "firing", "receiver": "hook", "groupLabels": {"alertname": "EtcdWalFsyncSlow"},
                 "commonLabels": {"alertname": "EtcdWalFsyncSlow", "member": "m1"},
                 "commonAnnotations": {%1$s}, "externalURL": "",
                 "kind": "partly_resolved", "title": "storm in prod \\"eu\\"", "text": "2 of them",
                 "alerts": [
                  {"status": "firing", "news": false, "fingerprint": "00aa", "generatorURL": "",
                   "startsAt": "2026-03-29T01:00:05.123Z", "endsAt": "0001-01-01T00:00:00Z",
                   "labels": {"alertname": "EtcdWalFsyncSlow", "severity": "critical", "cluster": "prod \\"eu\\"", "member": "m1"},
                   "annotations": {%1$s, "host": "10.0.0.1:2379", "role": "leader", "spread": "3 other clusters have it"}},
                  {"status": "resolved", "news": true, "fingerprint": "00bb", "generatorURL": "",
                   "startsAt": "2026-03-29T01:00:05.123Z", "endsAt": "2026-03-29T01:00:10.123Z",
                   "labels": {"alertname": "EtcdWalFsyncSlow", "severity": "warning", "cluster": "prod us", "member": "m1"},
                   "annotations": {%1$s}}]}
                """.formatted(shared)));
    }

    @Test
    void sendsTheEndOfAGroup() throws Exception {
        tell(Messages.resolved("00aa"));
        JsonNode body = JSON.readTree(request(0).body());
        assertThat(body.path("status").asText()).isEqualTo("resolved");
        assertThat(body.path("kind").asText()).isEqualTo("resolved");
        assertThat(body.at("/alerts/0/endsAt").asText()).isEqualTo("2026-03-29T01:01:10.123Z");
    }

    /** By another program, as whoever receives it would check it. */
    @Test
    void signsBodyAndTime(@TempDir Path folder) throws Exception {
        WebhookSettings settings = (WebhookSettings) aimedAt(endpoint.url(""), PATIENT);
        try (Receiver receiver = new WebhookReceiver(settings, Clock.fixed(Messages.AT, ZoneOffset.UTC))) {
            receiver.send(Messages.firing("a1")).join();
        }
        Request request = request(0);
        assertThat(request.headers()).containsEntry("quorate-timestamp", "1774746010");
        Path signed = Files.writeString(folder.resolve("signed"), "1774746010." + request.body());
        Process openssl = new ProcessBuilder("openssl", "dgst", "-sha256", "-hmac", SECRET, signed.toString()).start();
        String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(request.headers())
                .containsEntry(
                        "quorate-signature",
                        "v1=" + said.substring(said.indexOf("= ") + 2).strip());
    }

    @Test
    void writesNoSecretIntoTheLedgerEvenWhenTheOtherSideRepeatsIt() {
        endpoint.replies(Reply.of(404).saying("Cannot POST /hook/" + SECRET));
        assertThat(tell(Messages.firing("a1")).detail()).isEqualTo("HTTP 404: Cannot POST /hook/***");
    }

    @Test
    void readsNoMoreThanItNeedsOfALongAnswer() {
        endpoint.replies(Reply.of(400).saying("x".repeat(5_000_000)));
        assertThat(tell(Messages.firing("a1")).detail()).hasSizeLessThan(400);
    }

    @Test
    void tellsTheServerTheUserOfItsAddress() {
        String url = endpoint.url("/").replace("http://", "http://quorate:" + SECRET + "@");
        endpoint.replies(Reply.of(400).saying("no " + SECRET));
        WebhookSettings settings = new WebhookSettings("hook", url, null, PATIENT, PageTexts.DEFAULT);
        assertThat(send(settings, Messages.firing("a1")).detail()).isEqualTo("HTTP 400: no ***");
        assertThat(request(0).headers().get("authorization")).startsWith("Basic ");
        assertThat(settings).asString().doesNotContain(SECRET);
    }

    private static Answer send(ReceiverSettings settings, Message message) {
        try (Receiver receiver = settings.open()) {
            return receiver.send(message).join();
        }
    }
}
