package io.quorate.jobs.kafka;

import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Events as records of their topic, keyed as the topic says, so that all of one cluster lies in one partition. */
final class EventWriter<T> implements KafkaRecordSerializationSchema<T> {

    private static final long serialVersionUID = 1;

    private final Topic<T> topic;
    private final EventCodec<T> codec;

    EventWriter(Topic<T> topic) {
        this.topic = topic;
        this.codec = new EventCodec<>(topic.type());
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T event, KafkaSinkContext context, @Nullable Long timestamp) {
        String key = topic.key().apply(event);
        return new ProducerRecord<>(
                topic.name(), key == null ? null : key.getBytes(StandardCharsets.UTF_8), codec.encode(event));
    }
}
