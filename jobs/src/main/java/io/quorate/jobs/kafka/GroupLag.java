package io.quorate.jobs.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How long the oldest record waits that a job has not read yet, by the time at which the broker wrote it. */
public final class GroupLag {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Duration ONE_RECORD = Duration.ofSeconds(1);

    private GroupLag() {}

    /**
     * By job; a job that never committed, or has not begun, is left out. An offset is committed with a checkpoint, so a
     * job that keeps up may seem behind by an interval of those.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static Map<String, Duration> behind(KafkaSettings kafka, Collection<String> jobs, Instant now) {
        Map<String, Object> client = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrap(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS / 2,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS);
        Map<String, Duration> behind = new TreeMap<>();
        try (Admin admin = Admin.create(client);
                KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            for (String job : jobs) {
                Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                                Map.of("quorate-" + job, new ListConsumerGroupOffsetsSpec()))
                        .partitionsToOffsetAndMetadata("quorate-" + job)
                        .get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
                committed.values().removeIf(offset -> offset == null);
                if (!committed.isEmpty()) {
                    behind.put(job, behind(consumer, committed, now));
                }
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        }
        return behind;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka) {
        Map<String, Object> client = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrap(),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS);
        return new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Duration behind(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> committed, Instant now) {
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(committed.keySet()));
        Duration longest = Duration.ZERO;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> each : committed.entrySet()) {
            if (each.getValue().offset() < ends.getOrDefault(each.getKey(), 0L)) {
                consumer.assign(List.of(each.getKey()));
                consumer.seek(each.getKey(), each.getValue().offset());
                for (ConsumerRecord<byte[], byte[]> oldest : consumer.poll(ONE_RECORD)) {
                    Duration waits = Duration.between(Instant.ofEpochMilli(oldest.timestamp()), now);
                    longest = waits.compareTo(longest) > 0 ? waits : longest;
                }
            }
        }
        return longest;
    }
}
