package io.quorate.sinks.receivers.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.sinks.receivers.FakeEndpoint;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.FakeEndpoint.Request;
import io.quorate.sinks.receivers.ReceiverContract;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Retry;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookReceiverTest extends ReceiverContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    protected ReceiverSettings aimedAt(FakeEndpoint endpoint, Duration timeout, Retry retry) {
        return new WebhookSettings("webhook", endpoint.url("/hook/s3cr3t-token"), timeout, retry, true);
    }

    @Test
    void sendsAlertmanagersFormatWhileFiring() throws Exception {
        Alert alert = new Alert(
                "00aa",
                "EtcdWalFsyncRegression",
                Alert.Severity.WARNING,
                "prod \"eu\"",
                "c1",
                "m1",
                "a1",
                Alert.Status.FIRING,
                AT,
                AT.minusSeconds(5),
                "slow disk",
                "iops",
                null,
                "https://runbooks/fsync",
                List.of(
                        new Alert.Evidence("p99 of WAL fsync", "0.064 s", AT.minusSeconds(10)),
                        new Alert.Evidence("slow fsyncs", "31", AT)));
        deliver(alert);
        Request request = endpoint.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("idempotency-key", "00aa-warning")
                .hasEntrySatisfying(
                        "user-agent", agent -> assertThat(agent).matches("Quorate/[0-9]+\\.[0-9]+\\.[0-9]+.*"));
        assertThat(JSON.readTree(request.body())).isEqualTo(JSON.readTree("""
                                {"version": "4", "groupKey": "{}:{alertname=\\"EtcdWalFsyncRegression\\", cluster=\\"prod \\\\\\"eu\\\\\\"\\"}",
                                 "truncatedAlerts": 0, "status": "firing", "receiver": "webhook",
                                 "groupLabels": {"alertname": "EtcdWalFsyncRegression", "cluster": "prod \\"eu\\""},
                                 "commonLabels": {"alertname": "EtcdWalFsyncRegression", "severity": "warning", "cluster": "prod \\"eu\\"", "member": "m1"},
                                 "commonAnnotations": {"summary": "slow disk", "cause": "iops", "runbook_url": "https://runbooks/fsync",
                                   "evidence": "2026-03-29T01:00:00.123Z p99 of WAL fsync: 0.064 s\\n2026-03-29T01:00:10.123Z slow fsyncs: 31"},
                                 "externalURL": "",
                                 "alerts": [{"status": "firing",
                                   "labels": {"alertname": "EtcdWalFsyncRegression", "severity": "warning", "cluster": "prod \\"eu\\"", "member": "m1"},
                                   "annotations": {"summary": "slow disk", "cause": "iops", "runbook_url": "https://runbooks/fsync",
                                     "evidence": "2026-03-29T01:00:00.123Z p99 of WAL fsync: 0.064 s\\n2026-03-29T01:00:10.123Z slow fsyncs: 31"},
                                   "startsAt": "2026-03-29T01:00:05.123Z", "endsAt": "0001-01-01T00:00:00Z",
                                   "generatorURL": "", "fingerprint": "00aa"}]}
                                """));
    }

    @Test
    void sendsTheEndOfAnEpisode() throws Exception {
        deliver(resolved("00aa"));
        Request request = endpoint.requests().get(0);
        assertThat(request.headers()).containsEntry("idempotency-key", "00aa-resolved");
        assertThat(JSON.readTree(request.body()).path("status").asText()).isEqualTo("resolved");
        assertThat(JSON.readTree(request.body()).at("/alerts/0/endsAt").asText())
                .isEqualTo("2026-03-29T01:01:10.123Z");
    }

    @Test
    void staysSilentAboutTheEndWhenAskedTo() throws Exception {
        WebhookSettings settings =
                new WebhookSettings("webhook", endpoint.url("/"), Duration.ofSeconds(1), Retry.DEFAULT, false);
        assertThat(run(settings, firing("a1"), resolved("a1"))).hasSize(1);
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void givesEverySeverityThatAnEpisodeReachesAKeyOfItsOwn() throws Exception {
        deliver(
                alert("a1", Alert.Status.FIRING, Alert.Severity.WARNING, AT),
                alert("a1", Alert.Status.UPDATED, Alert.Severity.CRITICAL, AT.plusSeconds(3)));
        assertThat(endpoint.requests())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsExactly("a1-warning", "a1-critical");
    }

    @Test
    void writesNoSecretIntoTheLedgerEvenWhenTheOtherSideRepeatsIt() throws Exception {
        endpoint.replies(Reply.of(404).saying("Cannot POST /hook/s3cr3t-token"));
        assertThat(deliver(firing("a1")).get(0).detail()).isEqualTo("HTTP 404: Cannot POST /hook/***");
    }

    @Test
    void readsNoMoreThanItNeedsOfALongAnswer() throws Exception {
        endpoint.replies(Reply.of(400).saying("x".repeat(5_000_000)));
        assertThat(deliver(firing("a1")).get(0).detail()).hasSizeLessThan(400);
    }

    @Test
    void triesAgainWhileNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Retry retry = new Retry(Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(200));
        List<Notification> ledger = run(
                new WebhookSettings("webhook", "http://127.0.0.1:" + port, Duration.ofSeconds(1), retry, true),
                firing("a1"));
        assertThat(ledger).hasSizeGreaterThan(2);
        assertThat(ledger.get(0).detail()).isEqualTo("no answer: ConnectException");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "7, PT7S",
                "'Sun, 29 Mar 2026 01:00:40 GMT', PT30S",
                "'Sun, 29 Mar 2026 00:00:00 GMT', none",
                "soon, none",
                "-3, none",
                "99999999999999999999, none",
                "'', none",
                "none, none"
            })
    void readsRetryAfterAsSecondsOrDate(String header, Duration expected) {
        Clock clock = Clock.fixed(Instant.parse("2026-03-29T01:00:10Z"), ZoneOffset.UTC);
        assertThat(WebhookReceiver.retryAfter(header, clock)).isEqualTo(expected);
    }
}
