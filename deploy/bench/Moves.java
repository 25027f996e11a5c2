import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.ingest.IngestJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Runs the ingest job over targets of files, changes the files while it runs, then stops it with a savepoint and starts it
 * with one slot more. Reads from the topics when that took effect.
 */
final class Moves {

    private static final Duration WARM = Duration.parse("PT" + System.getenv().getOrDefault("WARM", "120s"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaSettings kafka;
    private final long began = System.currentTimeMillis();
    /** Topic and member to the time in ms of its first and of its last record since the last {@link #forget}. */
    private final Map<String, Map<String, long[]>> seen = new ConcurrentHashMap<>();

    private Moves(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Settings settings = SettingsReader.read(folder.resolve("quorate.yaml"));
        KafkaTopics.create(settings.kafka());
        Moves moves = new Moves(settings.kafka());
        for (String topic : List.of(Topic.MEMBER_STATUS.name(), Topic.MEMBER_SCRAPE.name())) {
            moves.seen.put(topic, new ConcurrentHashMap<>());
            Thread reader = new Thread(() -> moves.read(topic));
            reader.setDaemon(true);
            reader.start();
        }
        Set<String> before = clusters(folder.resolve("clusters.json"));
        Set<String> after = clusters(folder.resolve("clusters-next.json"));

        JobClient job = start(settings, 2, null);
        Thread.sleep(WARM.toMillis());
        moves.reportSeen("before", before);
        long moved = System.currentTimeMillis();
        for (String file : List.of("clusters", "members")) {
            Files.move(
                    folder.resolve(file + "-next.json"),
                    folder.resolve(file + ".json"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Thread.sleep(PATIENCE.toMillis());
        moves.reportMove(before, after, moved);

        long stopped = System.currentTimeMillis();
        String savepoint = job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        moves.forget();
        JobClient again = start(settings, 3, savepoint);
        Thread.sleep(2 * PATIENCE.toMillis());
        moves.reportSeen(
                "restored at parallelism 3, %.1f s after it was stopped at 2"
                        .formatted((System.currentTimeMillis() - stopped - 2 * PATIENCE.toMillis()) / 1e3),
                after);
        again.cancel().get();
        System.exit(0);
    }

    private static JobClient start(Settings settings, int parallelism, String savepoint) throws Exception {
        Configuration configuration = new Configuration();
        if (savepoint != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        IngestJob.define(env, settings);
        return env.executeAsync("ingest");
    }

    private static Set<String> clusters(Path file) throws IOException {
        Set<String> clusters = new TreeSet<>();
        for (JsonNode group : JSON.readTree(new File(file.toString()))) {
            clusters.add(group.at("/labels/cluster").asText());
        }
        return clusters;
    }

    private void read(String topic) {
        Properties client = new Properties();
        client.put("bootstrap.servers", kafka.bootstrap());
        client.put("auto.offset.reset", "earliest");
        client.put("key.deserializer", ByteArrayDeserializer.class.getName());
        client.put("value.deserializer", ByteArrayDeserializer.class.getName());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client)) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList());
            // The broker may hold what an earlier run wrote.
            consumer.seekToEnd(List.of());
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    JsonNode event = JSON.readTree(record.value());
                    if (record.timestamp() >= began && !event.hasNonNull("failure")) {
                        // Statuses that come before the member list have no names yet.
                        String member = event.path("cluster").asText() + "/"
                                + event.path("endpoint").asText(event.path("member").asText());
                        seen.get(topic).merge(
                                member, new long[] {record.timestamp(), record.timestamp()}, (one, other) -> new long[] {
                                    one[0], other[1]
                                });
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forget() {
        seen.values().forEach(Map::clear);
    }

    private void reportSeen(String when, Set<String> clusters) {
        seen.forEach((topic, members) -> System.out.printf(
                "%s: %s of %d members of %d expected%n",
                when,
                topic,
                members.keySet().stream()
                        .filter(member -> clusters.contains(member.split("/")[0]))
                        .count(),
                3 * clusters.size()));
    }

    private void reportMove(Set<String> before, Set<String> after, long moved) {
        seen.forEach((topic, members) -> {
            long added = 0;
            double slowest = 0;
            double longest = Double.NEGATIVE_INFINITY;
            for (Map.Entry<String, long[]> member : members.entrySet()) {
                String cluster = member.getKey().split("/")[0];
                if (!before.contains(cluster)) {
                    added++;
                    slowest = Math.max(slowest, (member.getValue()[0] - moved) / 1e3);
                } else if (!after.contains(cluster)) {
                    longest = Math.max(longest, (member.getValue()[1] - moved) / 1e3);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "moved: %s of %d added members, the last began after %.1f s; the last of a removed one came after %.1f s%n",
                    topic,
                    added,
                    slowest,
                    longest);
        });
    }
}
