package io.quorate.cli.endtoend;

import io.quorate.events.Alert;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What lies in topics now, as events. */
final class Topics {

    private static final EventCodec<Alert> ALERTS = new EventCodec<>(Alert.class);

    private Topics() {}

    /** Writes one event, and waits until the broker has it. */
    static void write(KafkaSettings kafka, Alert alert) {
        try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
            send(producer, alert);
        }
    }

    static KafkaProducer<byte[], byte[]> producer(KafkaSettings kafka) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    static void send(KafkaProducer<byte[], byte[]> producer, Alert alert) {
        producer.send(new ProducerRecord<>(
                Topic.ALERT.name(), alert.cluster().getBytes(StandardCharsets.UTF_8), ALERTS.encode(alert)));
    }

    static <T> List<T> read(KafkaSettings kafka, Topic<T> topic) {
        EventCodec<T> codec = new EventCodec<>(topic.type());
        List<T> events = new ArrayList<>();
        KafkaTopics.each(kafka, topic, record -> {
            try {
                events.add(codec.decode(record.value()));
            } catch (UnreadableEvent e) {
                throw new IllegalStateException(e);
            }
        });
        return events;
    }
}
