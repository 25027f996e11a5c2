package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several receivers of the same alerts. */
class DeliveriesTest {

    private static final int ALERTS = 20;

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    /** The one that hangs is never done: whoever waited for it in any way would wait to the end. */
    @Test
    void tellEveryReceiverThoughOneOfThemHangs() throws Exception {
        try (FakeEndpoint hung = new FakeEndpoint();
                FakeEndpoint well = new FakeEndpoint()) {
            hung.repliesBy(request -> Reply.silence());
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
            env.setParallelism(1);
            DataStream<Alert> alerts = env.fromSequence(0, Long.MAX_VALUE)
                    .filter(number -> number < ALERTS)
                    .map(number -> ReceiverContract.firing("a" + number))
                    .returns(Alert.class);
            DataStream<Notification> ledger = Deliveries.to(alerts, webhook("hung", hung, Duration.ofMillis(300)))
                    .union(Deliveries.to(alerts, webhook("well", well, Duration.ofSeconds(20))));
            ledger.sinkTo(new DiscardingSink<>());
            JobClient job = env.executeAsync();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(keys(well)).containsExactlyInAnyOrderElementsOf(everyKey()));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(hung.requests()).hasSizeGreaterThan(2 * ALERTS));
            job.cancel().get();

            assertThat(keys(hung)).as("tried again with the same keys").isSubsetOf(everyKey());
        }
    }

    private static ReceiverSettings webhook(String name, FakeEndpoint endpoint, Duration timeout) {
        Retry retry = new Retry(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofHours(24));
        return new WebhookSettings(name, endpoint.url("/"), timeout, retry, true);
    }

    private static List<String> everyKey() {
        return IntStream.range(0, ALERTS).mapToObj(i -> "a" + i + "-critical").toList();
    }

    private static List<String> keys(FakeEndpoint endpoint) {
        return endpoint.requests().stream()
                .map(request -> request.headers().get("idempotency-key"))
                .toList();
    }
}
