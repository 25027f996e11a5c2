package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.SoundScrape;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records of a topic as its events; what is none becomes a dead letter, whole. So does what is larger than any record that
 * is written: it is not ours, and to take it apart would cost many times its size. A scrape with series that cannot be
 * counted is both: the scrape without them, and a dead letter.
 */
final class EventReader<T> implements KafkaRecordDeserializationSchema<Either<DeadLetter, T>> {

    /** Stands before a record that is not text. */
    static final String BASE64 = "base64:";

    static final String UNREADABLE = "unreadable";
    static final String TOO_LARGE = "too-large";
    static final String MALFORMED = "malformed";

    private static final int NAMED = 5;

    /** Beyond these, time counted in milliseconds overflows sooner or later, and ClickHouse has no such dates. */
    private static final Instant FIRST_TIME = Instant.parse("1900-01-01T00:00:00Z");

    private static final Instant LAST_TIME = Instant.parse("2299-12-31T23:59:59.999Z");

    private static final long serialVersionUID = 1;

    private final Topic<T> topic;
    private final EventCodec<T> codec;
    private final TypeInformation<Either<DeadLetter, T>> produced;

    static <T> EventReader<T> of(Topic<T> topic) {
        return new EventReader<>(
                topic, new EitherTypeInfo<>(TypeInformation.of(DeadLetter.class), TypeInformation.of(topic.type())));
    }

    private EventReader(Topic<T> topic, TypeInformation<Either<DeadLetter, T>> produced) {
        this.topic = topic;
        this.codec = new EventCodec<>(topic.type());
        this.produced = produced;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Either<DeadLetter, T>> out) {
        Either<DeadLetter, T> event = read(record);
        if (event.isLeft() || !(event.right() instanceof MemberScrape scrape)) {
            out.collect(event);
            return;
        }
        SoundScrape sound = SoundScrape.of(scrape);
        out.collect(Either.Right(topic.type().cast(sound.scrape())));
        if (!sound.leftOut().isEmpty()) {
            out.collect(Either.Left(malformed(record, scrape, sound.leftOut())));
        }
    }

    /** Not as a record of its topic: put back, it would be as malformed again, and its good part come twice. */
    private DeadLetter malformed(ConsumerRecord<byte[], byte[]> record, MemberScrape scrape, List<String> leftOut) {
        return new DeadLetter(
                topic.name(),
                MALFORMED,
                leftOut.size() + " series of " + scrape.member() + " left out, at " + record.partition() + '@'
                        + record.offset() + ": "
                        + String.join("; ", leftOut.subList(0, Math.min(NAMED, leftOut.size())))
                        + (leftOut.size() > NAMED ? "; ..." : "") + "; Quorate writes none such, find out who does",
                scrape.cluster(),
                text(record.value()),
                scrape.observedAt());
    }

    Either<DeadLetter, T> read(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value() == null ? new byte[0] : record.value();
        if (value.length > RecordSizes.limit(topic)) {
            String problem = "a record of " + value.length + " bytes, expected at most " + RecordSizes.limit(topic)
                    + "; Quorate writes none as large, find out who does";
            return Either.Left(letter(record, value, TOO_LARGE, problem));
        }
        try {
            return Either.Right(event(value));
        } catch (UnreadableEvent e) {
            return Either.Left(letter(record, value, UNREADABLE, String.valueOf(e.getMessage())));
        }
    }

    T event(byte[] value) throws UnreadableEvent {
        T event = codec.decode(value);
        Instant time = topic.time().apply(event);
        if (time.isBefore(FIRST_TIME) || time.isAfter(LAST_TIME)) {
            throw new UnreadableEvent("its time is " + time + ", expected one from " + FIRST_TIME + " to " + LAST_TIME);
        }
        return event;
    }

    private DeadLetter letter(ConsumerRecord<byte[], byte[]> record, byte[] value, String reason, String detail) {
        return new DeadLetter(
                topic.name() + '/' + record.partition() + '@' + record.offset(),
                reason,
                detail,
                null,
                text(value),
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
