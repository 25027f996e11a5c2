package io.quorate.jobs.kafka;

import io.quorate.events.codec.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Topics as a whole: makes those that are not there yet, and reads what lies in one now. */
public final class KafkaTopics {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);

    private static final long TIMEOUT_SECONDS = 20;
    private static final Duration SILENT_FOR = Duration.ofSeconds(15);

    private KafkaTopics() {}

    /**
     * Creates what is missing; leaves what exists as it is, but for a limit of record sizes that is too low: the first
     * record above it would fail its job at every restart.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static void create(KafkaSettings settings) {
        Map<String, Object> client = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrap(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                15_000);
        try (Admin admin = Admin.create(client)) {
            Set<String> known = admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            List<Topic<?>> there = new ArrayList<>();
            for (Topic<?> topic : Topic.ALL) {
                if (known.contains(topic.name())) {
                    there.add(topic);
                } else {
                    missing.add(newTopic(topic, settings));
                }
            }
            for (Future<Void> made : admin.createTopics(missing).values().values()) {
                awaitMade(made);
            }
            raiseLimits(admin, there);
        } catch (ExecutionException e) {
            throw new KafkaUnreachable(settings.bootstrap(), e);
        } catch (TimeoutException e) {
            throw new KafkaUnreachable(settings.bootstrap(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachable(settings.bootstrap(), e);
        }
    }

    /**
     * Hands over every record of a topic, partition by partition, up to the end that it has now; none of one that is not
     * there.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static void each(KafkaSettings settings, Topic<?> topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        eachSince(settings, topic, Instant.EPOCH, reader);
    }

    /**
     * Hands over every record of a topic that was written at that moment or later, as {@link #each} does.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static void eachSince(
            KafkaSettings settings, Topic<?> topic, Instant since, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> client = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrap(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // A broker that makes topics as they are asked for would make it without its settings.
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                15_000);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            seek(consumer, partitions, since, ends);
            Instant heardAt = Instant.now();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(500));
                records.forEach(reader);
                heardAt = records.isEmpty() ? heardAt : Instant.now();
                // A broker that goes away midway is no error to a consumer: it waits for ever.
                if (heardAt.plus(SILENT_FOR).isBefore(Instant.now())) {
                    throw new KafkaUnreachable(settings.bootstrap(), new TimeoutException("silent midway"));
                }
            }
        } catch (KafkaException e) {
            throw new KafkaUnreachable(settings.bootstrap(), e);
        }
    }

    private static void seek(
            KafkaConsumer<?, ?> consumer,
            List<TopicPartition> partitions,
            Instant since,
            Map<TopicPartition, Long> ends) {
        if (since.equals(Instant.EPOCH)) {
            consumer.seekToBeginning(partitions);
            return;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
        consumer.offsetsForTimes(times)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
    }

    private static void awaitMade(Future<Void> made) throws ExecutionException, InterruptedException, TimeoutException {
        try {
            made.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Somebody else was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** Whoever may not change topics, or has a policy against it, still may run: only the largest records are at stake. */
    private static void raiseLimits(Admin admin, List<Topic<?>> topics) throws InterruptedException, TimeoutException {
        try {
            raise(admin, topics);
        } catch (ExecutionException e) {
            LOG.warn("The topics' max.message.bytes cannot be read or raised: a record above it would fail its job", e);
        }
    }

    private static void raise(Admin admin, List<Topic<?>> topics)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<ConfigResource, Integer> wanted = new HashMap<>();
        for (Topic<?> topic : topics) {
            wanted.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), RecordSizes.limit(topic));
        }
        Map<ConfigResource, Config> configs =
                admin.describeConfigs(wanted.keySet()).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        Map<ConfigResource, Collection<AlterConfigOp>> raised = new HashMap<>();
        wanted.forEach((resource, bytes) -> {
            Config config = configs.get(resource);
            ConfigEntry limit = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
            if (limit != null && Integer.parseInt(limit.value()) < bytes) {
                ConfigEntry higher = new ConfigEntry(limit.name(), Integer.toString(bytes));
                raised.put(resource, List.of(new AlterConfigOp(higher, AlterConfigOp.OpType.SET)));
            }
        });
        admin.incrementalAlterConfigs(raised).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static NewTopic newTopic(Topic<?> topic, KafkaSettings settings) {
        Map<String, String> config = new HashMap<>();
        // Retention must not judge a replay by an event's own time.
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(RecordSizes.limit(topic)));
        if (topic.compacted()) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        }
        return new NewTopic(topic.name(), settings.partitions(), settings.replication()).configs(config);
    }
}
