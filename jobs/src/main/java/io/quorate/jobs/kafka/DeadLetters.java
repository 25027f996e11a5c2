package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.types.Either;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What lies in topic {@code dead-letter}, and the way back for records that can be read now. */
public final class DeadLetters {

    private static final int TIMEOUT_MILLIS = 15_000;

    private DeadLetters() {}

    /**
     * Hands over every letter, partition by partition, up to the end that the topic has now.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static void each(KafkaSettings kafka, Consumer<DeadLetter> reader) {
        TypeInformation<DeadLetter> type = TypeInformation.of(DeadLetter.class);
        EventReader<DeadLetter> letters = new EventReader<>(Topic.DEAD_LETTER, new EitherTypeInfo<>(type, type));
        KafkaTopics.each(kafka, Topic.DEAD_LETTER, record -> {
            Either<DeadLetter, DeadLetter> letter = letters.read(record);
            // A letter that cannot be read is one of its own.
            reader.accept(letter.isRight() ? letter.right() : letter.left());
        });
    }

    /** Puts records back into the topic they came from. */
    public static final class Replay implements AutoCloseable {

        private final KafkaProducer<byte[], byte[]> producer;
        private final Set<String> sent = new HashSet<>();

        public Replay(KafkaSettings kafka) {
            producer = new KafkaProducer<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            kafka.bootstrap(),
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            TIMEOUT_MILLIS,
                            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                            RecordSizes.LARGEST_EVENT),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        }

        /**
         * Writes this letter's record to its topic, if it came from one and can be read now. Several jobs may have refused
         * the same record: it goes back once.
         *
         * @return why it was not; empty when it was
         */
        public Optional<String> send(DeadLetter letter) {
            Optional<Topic<?>> topic = topicOf(letter);
            if (topic.isEmpty()) {
                return Optional.of("it is not a record of a topic; only those can be put back");
            }
            return sent.contains(letter.source()) ? Optional.empty() : send(letter, topic.get());
        }

        private <T> Optional<String> send(DeadLetter letter, Topic<T> topic) {
            byte[] value = bytes(letter.record());
            try {
                String key = topic.key().apply(new EventCodec<>(topic.type()).decode(value));
                Future<RecordMetadata> acknowledged = producer.send(new ProducerRecord<>(
                        topic.name(), key == null ? null : key.getBytes(StandardCharsets.UTF_8), value));
                acknowledged.get();
                sent.add(letter.source());
                return Optional.empty();
            } catch (UnreadableEvent e) {
                return Optional.of("this version cannot read it either: " + e.getMessage());
            } catch (ExecutionException e) {
                return Optional.of("the broker refused it: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("it was interrupted");
            }
        }

        /** {@code member-status/0@12}: topic, partition, offset. What came too late for its topic would again. */
        private static Optional<Topic<?>> topicOf(DeadLetter letter) {
            return Topic.ALL.stream()
                    .filter(topic -> letter.source().matches(topic.name() + "/\\d+@\\d+"))
                    .findFirst();
        }

        private static byte[] bytes(String record) {
            return record.startsWith(EventReader.BASE64)
                    ? Base64.getDecoder().decode(record.substring(EventReader.BASE64.length()))
                    : record.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
