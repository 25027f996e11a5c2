package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import java.util.function.Consumer;
import org.apache.flink.types.Either;

/** What lies in a topic now, for those who ask once. */
public final class TopicEvents {

    private TopicEvents() {}

    /**
     * Hands over every event, partition by partition, up to the end that the topic has now. What cannot be read is left out:
     * the jobs make it a dead letter.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static <T> void each(KafkaSettings kafka, Topic<T> topic, Consumer<T> reader) {
        EventReader<T> events = EventReader.of(topic);
        KafkaTopics.each(kafka, topic, record -> {
            Either<DeadLetter, T> event = events.read(record);
            if (event.isRight()) {
                reader.accept(event.right());
            }
        });
    }
}
