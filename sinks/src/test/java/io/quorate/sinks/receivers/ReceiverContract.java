package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every receiver that speaks HTTP must do, shown on a real job and a real socket. */
public abstract class ReceiverContract {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    protected static final Instant AT = Instant.parse("2026-03-29T01:00:10.123Z");
    private static final Retry SOON = new Retry(Duration.ofMillis(20), Duration.ofMillis(80), Duration.ofSeconds(30));

    protected FakeEndpoint endpoint;

    /** The receiver under test, aimed at the endpoint. */
    protected abstract ReceiverSettings aimedAt(FakeEndpoint endpoint, Duration timeout, Retry retry);

    @BeforeEach
    void openEndpoint() throws Exception {
        endpoint = new FakeEndpoint();
    }

    @AfterEach
    void closeEndpoint() {
        endpoint.close();
    }

    @Test
    void tellsOnceWhatIsTakenAtOnce() throws Exception {
        List<Notification> ledger = deliver(firing("a1"));
        assertThat(endpoint.requests()).hasSize(1);
        assertThat(ledger).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.DELIVERED);
            assertThat(line.attempt()).isEqualTo(1);
            assertThat(line.httpStatus()).isEqualTo(200);
            assertThat(line.key()).isEqualTo("a1-critical");
            assertThat(line.alertId()).isEqualTo("a1");
            assertThat(line.breachedAt()).isEqualTo(AT);
            assertThat(line.attemptedAt()).isAfter(AT);
        });
    }

    @Test
    void triesAgainWithTheSameKeyWhenTheOtherSideIsInTrouble() throws Exception {
        endpoint.replies(Reply.of(500), Reply.of(503).saying("upstream is away"));
        List<Notification> ledger = deliver(firing("a1"));
        assertThat(ledger)
                .extracting(Notification::outcome)
                .containsExactly(Outcome.RETRIED, Outcome.RETRIED, Outcome.DELIVERED);
        assertThat(ledger).extracting(Notification::attempt).containsExactly(1, 2, 3);
        assertThat(ledger).extracting(Notification::httpStatus).containsExactly(500, 503, 200);
        assertThat(ledger.get(1).detail()).isEqualTo("HTTP 503: upstream is away");
        assertThat(endpoint.requests())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsExactly("a1-critical", "a1-critical", "a1-critical");
    }

    @Test
    void waitsAsLongAsTheReceiverAsks() throws Exception {
        endpoint.replies(Reply.of(429).with("Retry-After", "1"));
        assertThat(deliver(firing("a1")))
                .extracting(Notification::outcome)
                .containsExactly(Outcome.RETRIED, Outcome.DELIVERED);
        assertThat(Duration.between(
                        endpoint.requests().get(0).arrivedAt(),
                        endpoint.requests().get(1).arrivedAt()))
                .isGreaterThanOrEqualTo(Duration.ofMillis(990));
    }

    @Test
    void triesAgainWhenNoAnswerComesInTime() throws Exception {
        endpoint.replies(Reply.silence());
        List<Notification> ledger = deliver(firing("a1"));
        assertThat(ledger).extracting(Notification::outcome).containsExactly(Outcome.RETRIED, Outcome.DELIVERED);
        assertThat(ledger.get(0).httpStatus()).isNull();
        assertThat(ledger.get(0).detail()).isEqualTo("no answer in time");
    }

    @Test
    void givesUpAtOnceWhatIsRefused() throws Exception {
        endpoint.replies(Reply.of(400).saying("no such team"));
        assertThat(deliver(firing("a1"))).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(line.httpStatus()).isEqualTo(400);
            assertThat(line.detail()).isEqualTo("HTTP 400: no such team");
        });
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void followsNoRedirect() throws Exception {
        endpoint.replies(Reply.of(301).with("Location", endpoint.url("/elsewhere")));
        assertThat(deliver(firing("a1"))).singleElement().satisfies(line -> {
            assertThat(line.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(line.httpStatus()).isEqualTo(301);
        });
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void givesUpWhenTheBudgetIsSpent() throws Exception {
        endpoint.repliesBy(request -> Reply.of(500));
        List<Notification> ledger =
                run(aimedAt(endpoint, Duration.ofSeconds(1), SOON.within(Duration.ofMillis(300))), firing("a1"));
        assertThat(ledger).hasSizeGreaterThan(2);
        assertThat(ledger.get(ledger.size() - 1)).satisfies(last -> {
            assertThat(last.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(last.detail()).startsWith("gave up after PT0.3S: HTTP 500");
        });
    }

    @Test
    void keepsTheOrderOfAnEpisodeWhileItTriesAgain() throws Exception {
        endpoint.replies(Reply.of(500), Reply.of(500), Reply.of(500));
        List<Notification> ledger = deliver(firing("a1"), resolved("a1"));
        assertThat(endpoint.requests())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsExactly("a1-critical", "a1-critical", "a1-critical", "a1-critical", "a1-resolved");
        assertThat(ledger).hasSize(5);
    }

    /** As Flink hands back what was in flight: in no order. */
    @Test
    void putsAnEpisodeInOrderThatComesBackShuffled() throws Exception {
        deliver(resolved("a1"), firing("a1"));
        assertThat(endpoint.requests())
                .extracting(request -> request.headers().get("idempotency-key"))
                .containsExactly("a1-critical", "a1-resolved");
    }

    @Test
    void letsNoEpisodeWaitForAnother() throws Exception {
        endpoint.repliesBy(request -> Reply.of(
                request.headers().get("idempotency-key").startsWith("stuck")
                                && endpoint.requests().stream()
                                                .filter(seen -> seen.headers()
                                                        .get("idempotency-key")
                                                        .startsWith("free"))
                                                .count()
                                        < 50
                        ? 500
                        : 200));
        List<Alert> alerts = new ArrayList<>(List.of(firing("stuck")));
        for (int i = 0; i < 50; i++) {
            alerts.add(firing("free" + i));
        }
        assertThat(deliver(alerts.toArray(Alert[]::new)))
                .filteredOn(line -> line.outcome() == Outcome.DELIVERED)
                .hasSize(51);
    }

    protected final List<Notification> deliver(Alert... alerts) throws Exception {
        return run(aimedAt(endpoint, Duration.ofMillis(500), SOON), alerts);
    }

    protected static List<Notification> run(ReceiverSettings receiver, Alert... alerts) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(
                new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
        env.setParallelism(1);
        List<Notification> ledger = new ArrayList<>();
        try (CloseableIterator<Notification> lines =
                Deliveries.to(env.fromData(alerts), receiver).executeAndCollect()) {
            lines.forEachRemaining(ledger::add);
        }
        return ledger;
    }

    protected static Alert firing(String id) {
        return alert(id, Alert.Status.FIRING, AT);
    }

    protected static Alert resolved(String id) {
        return alert(id, Alert.Status.RESOLVED, AT.plusSeconds(60));
    }

    protected static Alert alert(String id, Alert.Status status, Instant at) {
        return alert(id, status, Alert.Severity.CRITICAL, at);
    }

    protected static Alert alert(String id, Alert.Status status, Alert.Severity severity, Instant at) {
        return new Alert(
                id,
                "EtcdElectionStorm",
                severity,
                "prod",
                null,
                null,
                null,
                status,
                at,
                AT.minusSeconds(5),
                "three leader changes in ten minutes",
                null,
                null,
                null,
                List.of(new Alert.Evidence("leader change", "m1 -> m2", AT.minusSeconds(5))));
    }
}
