package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.sinks.receivers.FakeEndpoint.Reply;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeliveryRestartTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final AtomicBoolean SENT = new AtomicBoolean();
    private static final AtomicBoolean CRASHED = new AtomicBoolean();

    @Test
    void sendsAgainInOrderAndWithTheSameKeyWhatWasInFlightAtACrash() throws Exception {
        CRASHED.set(false);
        try (FakeEndpoint endpoint = new FakeEndpoint()) {
            SENT.set(false);
            endpoint.repliesBy(request -> {
                SENT.set(true);
                return Reply.of(CRASHED.get() ? 200 : 500);
            });
            Configuration settings = new Configuration();
            settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
            settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
            env.setParallelism(1);
            env.enableCheckpointing(200);
            DataStream<Alert> alerts = env.fromSequence(0, Long.MAX_VALUE)
                    .filter(number -> number < 2)
                    .map(number -> number == 0 ? ReceiverContract.firing("a1") : ReceiverContract.resolved("a1"))
                    .returns(Alert.class);
            Deliveries.to(
                            alerts,
                            new WebhookSettings(
                                    "webhook",
                                    endpoint.url("/"),
                                    Duration.ofSeconds(1),
                                    new Retry(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMinutes(1)),
                                    true))
                    .process(new CrashOnceAfterACheckpoint<>())
                    .returns(Notification.class)
                    .sinkTo(new DiscardingSink<>());
            JobClient job = env.executeAsync();
            await().atMost(Duration.ofSeconds(30)).until(() -> keys(endpoint).contains("a1-resolved"));
            job.cancel().get();
            List<String> keys = keys(endpoint);
            assertThat(keys.subList(0, keys.size() - 1)).hasSizeGreaterThan(1).containsOnly("a1-critical");
            assertThat(keys.get(keys.size() - 1)).isEqualTo("a1-resolved");
            assertThat(CRASHED).isTrue();
        }
    }

    private static List<String> keys(FakeEndpoint endpoint) {
        return endpoint.requests().stream()
                .map(request -> request.headers().get("idempotency-key"))
                .toList();
    }

    /** Fails the job once, after a first attempt, when the alerts stand in a checkpoint. */
    private static final class CrashOnceAfterACheckpoint<T> extends ProcessFunction<T, T>
            implements CheckpointListener {

        @Override
        public void processElement(T line, Context context, Collector<T> out) {
            out.collect(line);
        }

        @Override
        public void notifyCheckpointComplete(long checkpoint) {
            if (SENT.get() && CRASHED.compareAndSet(false, true)) {
                throw new IllegalStateException("crash, as planned");
            }
        }
    }
}
