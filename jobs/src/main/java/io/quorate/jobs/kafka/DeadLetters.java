package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
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
        EventReader<DeadLetter> letters = EventReader.of(Topic.DEAD_LETTER);
        KafkaTopics.each(kafka, Topic.DEAD_LETTER, record -> {
            Either<DeadLetter, DeadLetter> letter = letters.read(record);
            // A letter that cannot be read is one of its own.
            reader.accept(letter.isRight() ? letter.right() : letter.left());
        });
    }

    /**
     * What became of a letter that was to go back.
     *
     * @param sent whether its record is in its topic again
     * @param words in which to tell it
     */
    public record Fate(boolean sent, String words) {

        static final Fate SENT = new Fate(true, "put back");
        static final Fate SENT_BEFORE = new Fate(true, "put back with an earlier letter");

        static Fate kept(String why) {
            return new Fate(false, "not put back: " + why);
        }
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
         */
        public Fate send(DeadLetter letter) {
            Optional<Topic<?>> topic = topicOf(letter);
            if (topic.isEmpty()) {
                return Fate.kept("it is not a record of a topic; only those can be put back");
            }
            return sent.add(letter.source()) ? send(letter, topic.get()) : Fate.SENT_BEFORE;
        }

        private <T> Fate send(DeadLetter letter, Topic<T> topic) {
            byte[] value = bytes(letter.record());
            try {
                String key = topic.key().apply(EventReader.of(topic).event(value));
                Future<RecordMetadata> acknowledged = producer.send(new ProducerRecord<>(
                        topic.name(), key == null ? null : key.getBytes(StandardCharsets.UTF_8), value));
                acknowledged.get();
                return Fate.SENT;
            } catch (UnreadableEvent e) {
                return Fate.kept("this version cannot read it either: " + e.getMessage());
            } catch (ExecutionException e) {
                return Fate.kept("the broker did not take it: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Fate.kept("it was interrupted");
            }
        }

        /** {@code member-status/0@12}: topic, partition, offset. */
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
