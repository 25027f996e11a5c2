import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.ingest.IngestJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Runs the ingest job alone in two slots for a minute and reads from the topics how well it kept up. */
final class Ingest {

    private static final Duration WARM = Duration.parse("PT" + System.getenv().getOrDefault("WARM", "120s"));
    private static final Duration MEASURED = Duration.parse("PT" + System.getenv().getOrDefault("MEASURED", "60s"));

    /** What clusters are called that are bad on purpose; they are told apart from the others. */
    private static final String BAD = "bad-";

    private Ingest() {}

    public static void main(String[] args) throws Exception {
        Settings settings = SettingsReader.read(Path.of(args[0]));
        KafkaSettings kafka = settings.kafka();
        KafkaTopics.create(kafka);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
        IngestJob.define(env, settings);
        JobClient job = env.executeAsync("ingest");
        Thread.sleep(WARM.toMillis());
        Instant from = Instant.now();
        double cpu = cpuSeconds();
        List<Double> beside = beside(args);
        Thread.sleep(MEASURED.toMillis());
        double used = cpuSeconds() - cpu;
        List<Double> besideAfter = beside(args);
        Instant to = Instant.now();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
        job.cancel().get();
        System.out.printf(
                Locale.ROOT,
                "ingest: %.1f CPU-seconds in %d s, %.0f %% of a core; heap in use %d MiB%n",
                used,
                MEASURED.toSeconds(),
                100 * used / MEASURED.toSeconds(),
                heap);
        for (int i = 0; i < beside.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f CPU-seconds, %.0f %% of a core%n",
                    args[i + 1].replaceAll("=.*", ""),
                    besideAfter.get(i) - beside.get(i),
                    100 * (besideAfter.get(i) - beside.get(i)) / MEASURED.toSeconds());
        }
        report(kafka.bootstrap(), Topic.MEMBER_STATUS.name(), from, to, 1000);
        report(kafka.bootstrap(), Topic.MEMBER_SCRAPE.name(), from, to, settings.metricsInterval().toMillis());
        report(kafka.bootstrap(), Topic.DEAD_LETTER.name(), from, to, 0);
        System.exit(0);
    }

    /** CPU-seconds of the processes named as NAME=PID after the settings, with those that they started. */
    private static List<Double> beside(String[] args) {
        List<Double> seconds = new ArrayList<>();
        for (String process : List.of(args).subList(1, args.length)) {
            long pid = Long.parseLong(process.substring(process.indexOf('=') + 1));
            seconds.add(ProcessHandle.of(pid).stream()
                    .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                    .flatMap(handle -> handle.info().totalCpuDuration().stream())
                    .mapToDouble(duration -> duration.toMillis() / 1e3)
                    .sum());
        }
        return seconds;
    }

    private static double cpuSeconds() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime() / 1e9;
    }

    private static void report(String bootstrap, String topic, Instant from, Instant to, long every) throws Exception {
        ObjectMapper json = new ObjectMapper();
        List<Long> toKafka = new ArrayList<>();
        List<Long> late = new ArrayList<>();
        Map<String, Long> previous = new HashMap<>();
        Map<String, Integer> perMember = new HashMap<>();
        Map<String, Integer> failures = new HashMap<>();
        Map<String, Map<String, Integer>> bad = new TreeMap<>();
        long records = 0;
        Properties client = new Properties();
        client.put("bootstrap.servers", bootstrap);
        client.put("key.deserializer", ByteArrayDeserializer.class.getName());
        client.put("value.deserializer", ByteArrayDeserializer.class.getName());
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client)) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.timestamp() < from.toEpochMilli() || record.timestamp() >= to.toEpochMilli()) {
                        continue;
                    }
                    if (every == 0) {
                        records++;
                        continue;
                    }
                    JsonNode event = json.readTree(record.value());
                    if (event.path("cluster").asText().startsWith(BAD)) {
                        bad.computeIfAbsent(event.path("cluster").asText(), unseen -> new TreeMap<>())
                                .merge(event.path("failure").asText("answered").replaceFirst(":.*", ""), 1, Integer::sum);
                        continue;
                    }
                    records++;
                    String member = event.path("cluster").asText() + "/" + event.path("endpoint").asText(event.path("member").asText());
                    perMember.merge(member, 1, Integer::sum);
                    if (event.hasNonNull("failure")) {
                        failures.merge(event.get("failure").asText(), 1, Integer::sum);
                    }
                    toKafka.add(record.timestamp() - Instant.parse(event.get("ingestedAt").asText()).toEpochMilli());
                    long at = Instant.parse(event.get("observedAt").asText()).toEpochMilli();
                    Long before = previous.put(member, at);
                    if (before != null) {
                        late.add(Math.abs(at - before - every));
                    }
                }
            }
        }
        long seconds = Duration.between(from, to).toSeconds();
        System.out.printf(Locale.ROOT, "%s: %d records, %.0f/s", topic, records, records / (double) seconds);
        if (every > 0) {
            int expected = (int) (seconds * 1000 / every);
            long fewer = perMember.values().stream().filter(count -> count < expected - 1).count();
            System.out.printf(
                    Locale.ROOT,
                    " of %d members; answer to Kafka p50 %d p99 %d ms; off the interval p50 %d p99 %d ms;"
                            + " members with polls missing: %d; failed: %s",
                    perMember.size(),
                    quantile(toKafka, 0.5),
                    quantile(toKafka, 0.99),
                    quantile(late, 0.5),
                    quantile(late, 0.99),
                    fewer,
                    failures);
        }
        System.out.println();
        bad.forEach((cluster, reasons) -> System.out.println("  " + cluster + ": " + reasons));
    }

    private static long quantile(List<Long> values, double q) {
        Collections.sort(values);
        return values.isEmpty() ? -1 : values.get((int) Math.min(values.size() - 1, Math.ceil(q * values.size())));
    }
}
