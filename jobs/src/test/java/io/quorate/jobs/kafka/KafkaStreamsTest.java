package io.quorate.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.settings.FlinkSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics on a real broker. */
class KafkaStreamsTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private static KafkaBroker broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start(@TempDir Path folder) {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        KafkaTopics.create(kafka);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void bringsEventsThroughAndSendsStrangersToTheDeadLettersWhole() throws Exception {
        StreamExecutionEnvironment writing = environment();
        KafkaStreams.write(writing.fromData(status("c1"), status("c2"), status("c3")), kafka, Topic.MEMBER_STATUS);
        writing.execute();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("member-status", "not ours".getBytes(StandardCharsets.UTF_8)));
            producer.send(new ProducerRecord<>("member-status", new byte[] {(byte) 0xff, 0}));
            producer.send(new ProducerRecord<>("member-status", "{\"schema\":9}".getBytes(StandardCharsets.UTF_8)));
        }

        StreamExecutionEnvironment reading = environment();
        KafkaStreams.Read<MemberStatus> read =
                KafkaStreams.read(reading, kafka, Topic.MEMBER_STATUS, "test", Duration.ofSeconds(1));
        DataStream<String> all = read.events()
                .map(MemberStatus::cluster)
                .union(read.unreadable().map((DeadLetter letter) -> letter.reason() + " " + letter.record()));

        assertThat(take(all, 6))
                .containsExactlyInAnyOrder(
                        "c1", "c2", "c3", "unreadable not ours", "unreadable base64:/wA=", "unreadable {\"schema\":9}");
    }

    @Test
    void namesABrokerThatDoesNotAnswer() {
        KafkaSettings nowhere = KafkaSettings.single("127.0.0.1:1", 1, Duration.ofSeconds(1));

        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> KafkaTopics.create(nowhere)))
                .isInstanceOf(KafkaUnreachable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    private static List<String> take(DataStream<String> stream, int n) throws Exception {
        List<String> taken = new ArrayList<>();
        try (CloseableIterator<String> iterator = stream.executeAndCollect()) {
            while (taken.size() < n) {
                taken.add(iterator.next());
            }
        }
        return taken;
    }

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createLocalEnvironment(
                1, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(1))));
    }

    private static MemberStatus status(String cluster) {
        return MemberStatus.failed(cluster, "m1", null, "http://m1", AT, 3, "refused", "");
    }
}
