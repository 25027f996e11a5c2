package io.quorate.jobs.kafka;

import io.quorate.events.codec.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are not there yet. */
public final class KafkaTopics {

    private static final long TIMEOUT_SECONDS = 20;

    private KafkaTopics() {}

    /**
     * Creates what is missing; leaves what exists as it is.
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
            for (Topic<?> topic : Topic.ALL) {
                if (!known.contains(topic.name())) {
                    missing.add(newTopic(topic, settings));
                }
            }
            admin.createTopics(missing).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaUnreachable(settings.bootstrap(), e);
            }
        } catch (TimeoutException e) {
            throw new KafkaUnreachable(settings.bootstrap(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachable(settings.bootstrap(), e);
        }
    }

    private static NewTopic newTopic(Topic<?> topic, KafkaSettings settings) {
        Map<String, String> config = new HashMap<>();
        // Retention must not judge a replay by an event's own time.
        config.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(KafkaStreams.LARGEST_RECORD));
        if (topic.compacted()) {
            config.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        }
        return new NewTopic(topic.name(), settings.partitions(), settings.replication()).configs(config);
    }
}
