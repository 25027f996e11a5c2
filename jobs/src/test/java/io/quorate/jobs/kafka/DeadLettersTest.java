package io.quorate.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Letters on a real broker, and the way back. */
class DeadLettersTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
    private static final byte[] STATUS = new EventCodec<>(MemberStatus.class)
            .encode(MemberStatus.failed("c1", "m1", null, "http://m1:2379", AT, 3, "refused", ""));

    private static final DeadLetter READABLE = letter("member-status/0@3", "unreadable", text(STATUS));
    private static final DeadLetter JUNK = letter("member-status/1@4", "unreadable", "not ours");
    private static final DeadLetter OF_NO_TIME =
            letter("member-status/1@5", "unreadable", text(STATUS).replace("2026-01-01", "+999999-01-01"));
    private static final DeadLetter LATE = letter("member-status", "late", text(STATUS));

    private static KafkaBroker broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            EventCodec<DeadLetter> codec = new EventCodec<>(DeadLetter.class);
            for (DeadLetter letter : List.of(READABLE, JUNK, LATE)) {
                producer.send(new ProducerRecord<>("dead-letter", 0, null, codec.encode(letter)));
            }
            producer.send(new ProducerRecord<>("dead-letter", 1, null, "no letter".getBytes(StandardCharsets.UTF_8)));
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void handsOverEveryLetterAndWhatIsNone() {
        List<DeadLetter> letters = new ArrayList<>();

        DeadLetters.each(kafka, letters::add);

        assertThat(letters).contains(READABLE, JUNK, LATE).hasSize(4);
        assertThat(letters).extracting(DeadLetter::source).contains("dead-letter/1@0");
        assertThat(letters).extracting(DeadLetter::record).contains("no letter");
    }

    @Test
    void putsARecordBackOnceThoughSeveralJobsRefusedIt() {
        try (DeadLetters.Replay back = new DeadLetters.Replay(kafka)) {
            assertThat(back.send(READABLE)).isEqualTo(DeadLetters.Fate.SENT);
            assertThat(back.send(READABLE)).isEqualTo(DeadLetters.Fate.SENT_BEFORE);
            assertThat(back.send(JUNK).words()).contains("cannot read it either", "not JSON");
            assertThat(back.send(OF_NO_TIME).words()).contains("cannot read it either", "its time is");
            assertThat(back.send(LATE).words()).contains("not a record of a topic");
            assertThat(back.send(LATE).sent()).isFalse();
        }

        List<String> statuses = new ArrayList<>();
        KafkaTopics.each(kafka, Topic.MEMBER_STATUS, record -> statuses.add(text(record.key()) + text(record.value())));
        assertThat(statuses).containsExactly("c1" + text(STATUS));
    }

    @Test
    void saysThatTheBrokerDoesNotAnswer() {
        KafkaSettings nobody = KafkaSettings.single("127.0.0.1:1", 1, Duration.ofSeconds(1));

        assertThatThrownBy(() -> DeadLetters.each(nobody, letter -> {}))
                .isInstanceOf(KafkaUnreachable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    private static DeadLetter letter(String source, String reason, String record) {
        return new DeadLetter(source, reason, "why", null, record, AT);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
