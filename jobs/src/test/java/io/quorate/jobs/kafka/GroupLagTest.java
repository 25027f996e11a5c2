package io.quorate.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker: how far behind a job is, and what was written since. */
class GroupLagTest {

    private static final TopicPartition ALERTS = new TopicPartition(Topic.ALERT.name(), 0);

    private static KafkaBroker broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 1, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void isTheAgeOfTheOldestRecordThatTheJobHasNotRead() throws Exception {
        long end = write("one", "two", "three");
        commit(end);
        Instant later = Instant.now().plusSeconds(90);
        assertThat(GroupLag.behind(kafka, List.of("detection", "percentiles"), later))
                .as("it has read all, the other never began")
                .isEqualTo(Map.of("detection", Duration.ZERO));
        commit(end - 2);

        assertThat(GroupLag.behind(kafka, List.of("detection"), later).get("detection"))
                .isBetween(Duration.ofSeconds(85), Duration.ofMinutes(5));
    }

    @Test
    void handsOverWhatWasWrittenSinceAndNothingOlder() throws Exception {
        write("old");
        // The broker's time is in milliseconds.
        Instant since = Instant.now().plusMillis(2);
        while (!Instant.now().isAfter(since)) {
            Thread.onSpinWait();
        }
        List<String> before = records(since);
        write("new");

        assertThat(before).isEmpty();
        assertThat(records(since)).containsExactly("new");
    }

    @Test
    void saysThatTheBrokerDoesNotAnswer() {
        KafkaSettings nobody = KafkaSettings.single("127.0.0.1:1", 1, Duration.ofSeconds(1));

        assertThatThrownBy(() -> GroupLag.behind(nobody, List.of("detection"), Instant.now()))
                .isInstanceOf(KafkaUnreachable.class);
    }

    private static List<String> records(Instant since) {
        List<String> records = new ArrayList<>();
        KafkaTopics.eachSince(
                kafka, Topic.ALERT, since, record -> records.add(new String(record.value(), StandardCharsets.UTF_8)));
        return records;
    }

    /** Returns where the next one will lie. */
    private static long write(String... records) throws Exception {
        long next = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String record : records) {
                byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
                next = producer.send(new ProducerRecord<>(ALERTS.topic(), 0, null, bytes))
                                .get()
                                .offset()
                        + 1;
            }
        }
        return next;
    }

    private static void commit(long offset) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "group.id", "quorate-detection"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.commitSync(Map.of(ALERTS, new OffsetAndMetadata(offset)));
        }
    }
}
