package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberWindow;
import io.quorate.events.RuleCoverage;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole detection job on a real broker, and a threshold that changes while it runs. */
@Timeout(120)
class ControlWhileRunningTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private KafkaBroker broker;
    private KafkaProducer<byte[], byte[]> producer;
    private JobClient job;

    @BeforeEach
    void start() throws Exception {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        Files.createDirectory(folder.resolve("rules"));
        Files.writeString(folder.resolve("rules/queue-long.yaml"), rule("above: 100"));
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, """
                ingest:
                  prometheus:
                    - url: http://127.0.0.1:9
                      selector: '{job="etcd"}'
                      cluster-label: cluster
                kafka: { bootstrap: "%s", partitions: 1, idle-after: 1s }
                rules: { directory: rules }
                """.formatted(broker.bootstrap()));
        Settings settings = SettingsReader.read(file);
        KafkaTopics.create(settings.kafka());
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(JobEnvironment.configuration(settings.flink()));
        env.setParallelism(1);
        DetectionJob.define(env, settings);
        job = env.executeAsync();
        for (int second = 10; second <= 40; second += 10) {
            send(Topic.MEMBER_WINDOW, window(second, 50));
        }
        await(Topic.RULE_COVERAGE, cell -> cell.state().equals(RuleCoverage.EVALUATED));
    }

    @AfterEach
    void stop() throws Exception {
        job.cancel().get();
        producer.close();
        broker.close();
    }

    @Test
    void takesEffectInShadowAndThenForRealAndRefusesWhatIsBroken() throws Exception {
        Instant said = say(Control.SHADOW, rule("above: 40"));
        Alert shadow = await(Topic.SHADOW_ALERT, alert -> alert.rule().equals("QueueLong"));
        report("in shadow", said);
        assertThat(shadow.status()).isEqualTo(Alert.Status.FIRING);
        assertThat(all(Topic.ALERT)).isEmpty();

        said = say(Control.ACTIVE, rule("above: 40"));
        Alert alert = await(Topic.ALERT, one -> one.rule().equals("QueueLong"));
        report("for real", said);
        assertThat(alert.status()).isEqualTo(Alert.Status.FIRING);

        say(Control.ACTIVE, rule("above: much"));
        DeadLetter refused = await(Topic.DEAD_LETTER, letter -> letter.reason().equals("refused"));
        assertThat(refused.detail()).contains("'above' is \"much\"", "what was in force before still is");
        for (int second = 50; second <= 80; second += 10) {
            send(Topic.MEMBER_WINDOW, window(second, 10));
        }
        await(Topic.ALERT, one -> one.status() == Alert.Status.RESOLVED);
    }

    /** For people: whether a machine is fast decides no test. */
    private static void report(String how, Instant said) {
        System.out.printf(
                "a threshold took effect %s after %d ms%n",
                how, Duration.between(said, Instant.now()).toMillis());
    }

    private static String rule(String level) {
        return """
                # More waits than is decided.
                rule: QueueLong
                schema: rules/v1
                maturity: stable
                reads: member-window
                per: member
                when:
                  gauge: { of: etcd_server_proposals_pending }
                levels:
                  - { severity: warning, %s }
                alert:
                  summary: "{who} has {value} waiting"
                  runbook: docs/runbooks/etcd-election-storm.md
                tests:
                  - it: fires above the limit
                    given: [ "10s m1 = 1000" ]
                    until: 1m
                    expect: [ { at: 10s, status: firing, severity: warning, member: m1 } ]
                  - it: stays silent without any
                    given: [ "10s m1 = 0" ]
                    until: 1m
                    expect: []
                  - it: stays silent when nobody tells
                    given: [ "10s m1 silent" ]
                    until: 1m
                    expect: []
                """.formatted(level);
    }

    private Instant say(String mode, String text) {
        Instant now = Instant.now();
        send(Topic.CONTROL, new Control(Control.RULE, "QueueLong", now, "ana", mode, text));
        return now;
    }

    private static MemberWindow window(int second, double pending) {
        Instant end = BEGIN.plusSeconds(second);
        GaugeRange gauge =
                new GaugeRange("etcd_server_proposals_pending", Labels.NONE, pending, pending, 1, pending, pending);
        return new MemberWindow(
                "c",
                null,
                "m1",
                null,
                end.minusSeconds(10),
                end,
                false,
                1,
                new Measures(List.of(), List.of(), List.of(gauge)));
    }

    private <T> void send(Topic<T> topic, T event) {
        String key = Objects.requireNonNull(topic.key().apply(event));
        producer.send(new ProducerRecord<>(
                topic.name(), key.getBytes(StandardCharsets.UTF_8), new EventCodec<>(topic.type()).encode(event)));
        producer.flush();
    }

    private <T> T await(Topic<T> topic, Predicate<T> wanted) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    T event = new EventCodec<>(topic.type()).decode(record.value());
                    if (wanted.test(event)) {
                        return event;
                    }
                }
            }
        }
    }

    private <T> List<T> all(Topic<T> topic) throws Exception {
        List<T> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    all.add(new EventCodec<>(topic.type()).decode(record.value()));
                }
            }
        }
        return all;
    }

    private KafkaConsumer<byte[], byte[]> consumer(Topic<?> topic) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(topic.name(), 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }
}
