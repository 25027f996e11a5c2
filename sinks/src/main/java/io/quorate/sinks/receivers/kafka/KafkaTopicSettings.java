package io.quorate.sinks.receivers.kafka;

import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverName;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A topic that machines read alerts from.
 *
 * @param bootstrap brokers as host:port, with commas between
 */
public record KafkaTopicSettings(String name, String bootstrap, String topic, Terms terms) implements ReceiverSettings {

    /** Its key in quorate.yaml. */
    public static final String ROOM = "kafka";

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public KafkaTopicSettings {
        ReceiverName.checked(ROOM, name);
        Objects.requireNonNull(terms, "terms");
        if (bootstrap.isBlank()) {
            throw new IllegalArgumentException("kafka bootstrap: empty, expected brokers such as kafka.example:9092");
        }
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException(
                    "kafka topic: '" + topic + "', expected letters, digits, dots, underscores and hyphens");
        }
    }

    @Override
    public Receiver open() {
        return new KafkaTopicReceiver(this);
    }

    @Override
    public String reachedAt() {
        return bootstrap.split(",", -1)[0].strip();
    }

    @Override
    public boolean tellsEach() {
        return true;
    }
}
