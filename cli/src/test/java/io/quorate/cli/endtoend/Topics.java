package io.quorate.cli.endtoend;

import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import java.util.ArrayList;
import java.util.List;

/** What lies in topics now, as events. */
final class Topics {

    private Topics() {}

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
