package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records of a topic as its events; what is none becomes a dead letter, whole. */
final class EventReader<T> implements KafkaRecordDeserializationSchema<Either<DeadLetter, T>> {

    /** Stands before a record that is not text. */
    static final String BASE64 = "base64:";

    private static final long serialVersionUID = 1;

    private final String topic;
    private final EventCodec<T> codec;
    private final TypeInformation<Either<DeadLetter, T>> produced;

    EventReader(Topic<T> topic, TypeInformation<Either<DeadLetter, T>> produced) {
        this.topic = topic.name();
        this.codec = new EventCodec<>(topic.type());
        this.produced = produced;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Either<DeadLetter, T>> out) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            out.collect(Either.Right(codec.decode(value)));
        } catch (UnreadableEvent e) {
            out.collect(Either.Left(unreadable(topic, record, e)));
        }
    }

    static DeadLetter unreadable(String topic, ConsumerRecord<byte[], byte[]> record, UnreadableEvent why) {
        return new DeadLetter(
                topic + '/' + record.partition() + '@' + record.offset(),
                "unreadable",
                String.valueOf(why.getMessage()),
                null,
                text(record.value() == null ? new byte[0] : record.value()),
                Instant.ofEpochMilli(record.timestamp()));
    }

    @Override
    public TypeInformation<Either<DeadLetter, T>> getProducedType() {
        return produced;
    }

    private static String text(byte[] value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
        } catch (CharacterCodingException e) {
            return BASE64 + Base64.getEncoder().encodeToString(value);
        }
    }
}
