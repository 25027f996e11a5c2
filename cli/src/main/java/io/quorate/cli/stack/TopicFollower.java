package io.quorate.cli.stack;

import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads topics as they grow, for those who watch; a thread of its own. */
public final class TopicFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);

    private final Map<String, Consumer<byte[]>> listeners = new HashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::follow, "topic-follower");

    public TopicFollower(KafkaSettings kafka) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrap(),
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Every event of this topic goes to this listener, on the follower's thread. */
    public <T> TopicFollower on(Topic<T> topic, Consumer<T> listener) {
        EventCodec<T> codec = new EventCodec<>(topic.type());
        listeners.put(topic.name(), record -> {
            try {
                listener.accept(codec.decode(record));
            } catch (UnreadableEvent e) {
                LOG.warn("A record of {} cannot be read: {}", topic.name(), e.getMessage());
            }
        });
        return this;
    }

    /** From what was written at this time on. */
    public TopicFollower start(Instant from) {
        List<TopicPartition> partitions = listeners.keySet().stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, from.toEpochMilli()));
        consumer.seekToEnd(partitions);
        consumer.offsetsForTimes(times).forEach((partition, first) -> {
            if (first != null) {
                consumer.seek(partition, first.offset());
            }
        });
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void follow() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    Consumer<byte[]> listener = listeners.get(record.topic());
                    if (listener != null && record.value() != null) {
                        listener.accept(record.value());
                    }
                }
            }
        } catch (WakeupException e) {
            LOG.info("Follower ends");
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
