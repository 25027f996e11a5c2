package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.simulate.SimulateCommand;
import io.quorate.cli.stack.Checkpoints;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Alert;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.backtest.Clusters;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.backtest.TopicHistory;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.kafka.AlertTopic;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.jobs.settings.WindowSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import picocli.CommandLine;

/** A simulated time through live jobs on a broker of its own, faster than life; and what was said in it, once more. */
final class LiveRun implements AutoCloseable {

    static final Instant BEGIN = Instant.parse("2026-03-02T10:00:00Z");

    private final Path folder;
    private final Duration length;
    private final KafkaBroker broker;
    private final Settings settings;
    private final Map<String, JobClient> jobs = new LinkedHashMap<>();

    private LiveRun(Path folder, Duration length, KafkaBroker broker, Settings settings) {
        this.folder = folder;
        this.length = length;
        this.broker = broker;
        this.settings = settings;
    }

    /**
     * Its broker and its topics; jobs are started one by one.
     *
     * @param length of the simulated time
     * @param more settings, a line each
     */
    static LiveRun start(Home home, Path folder, Duration length, String... more) throws Exception {
        KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, """
                ingest:
                  prometheus:
                    - url: http://127.0.0.1:9
                      selector: '{job="etcd"}'
                      cluster-label: cluster
                # Each partition has clusters. While jobs are started anew, faster than life, none must be taken for silent.
                kafka: { bootstrap: "%s", partitions: 2, idle-after: 2m }
                flink: { checkpoint-interval: 1s }
                """.formatted(broker.bootstrap()) + String.join("\n", more));
        Settings settings = SettingsReader.read(file);
        KafkaTopics.create(settings.kafka());
        return new LiveRun(folder, length, broker, settings);
    }

    Settings settings() {
        return settings;
    }

    /** Up to when everything has been said: live, what came last waits for what comes after it. */
    Instant complete() {
        return BEGIN.plus(length).minusSeconds(120);
    }

    void begin(String name, BiConsumer<StreamExecutionEnvironment, Settings> define) throws Exception {
        start(name, define, new Configuration());
    }

    /** From its newest checkpoint. */
    void goOn(String name, BiConsumer<StreamExecutionEnvironment, Settings> define) throws Exception {
        Configuration newest = new Configuration();
        newest.set(
                StateRecoveryOptions.SAVEPOINT_PATH, checkpoints(name).newest().orElseThrow());
        start(name, define, newest);
    }

    private void start(String name, BiConsumer<StreamExecutionEnvironment, Settings> define, Configuration more)
            throws Exception {
        Configuration configuration =
                JobEnvironment.configuration(new FlinkSettings(checkpoints(name).address(), Duration.ofSeconds(1)));
        configuration.addAll(more);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        define.accept(env, settings);
        jobs.put(name, env.executeAsync("quorate-" + name));
    }

    private Checkpoints checkpoints(String job) {
        return Checkpoints.of(folder.toUri() + "/checkpoints", job);
    }

    void cancelJobs() throws Exception {
        for (String name : List.copyOf(jobs.keySet())) {
            cancel(name);
        }
    }

    void cancel(String name) throws Exception {
        JobClient job = jobs.remove(name);
        job.cancel().get();
        job.getJobExecutionResult().handle((result, cancelled) -> cancelled).get();
    }

    /** Lets happen what the plan says. */
    CompletableFuture<Void> simulate(String text, String speed) throws Exception {
        Path plan = Files.writeString(folder.resolve("plan.yaml"), text);
        return CompletableFuture.runAsync(() -> assertThat(new CommandLine(new SimulateCommand())
                        .execute(
                                "--plan",
                                plan.toString(),
                                "--seed",
                                "7",
                                "--begin",
                                BEGIN.toString(),
                                "--for",
                                length.toMinutes() + "m",
                                "--to",
                                "kafka",
                                "--speed",
                                speed,
                                "--bootstrap",
                                broker.bootstrap()))
                .isZero());
    }

    /** The jobs have read all that there is, and nothing new has been said for a while. */
    void awaitTheEnd() {
        List<Integer> said = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            Awaitility.await()
                    .atMost(15, TimeUnit.MINUTES)
                    .pollInterval(Duration.ofSeconds(5))
                    .until(() -> {
                        boolean read = hasRead(admin, PercentilesJob.NAME, Topic.MEMBER_SCRAPE)
                                && hasRead(admin, DetectionJob.NAME, Topic.MEMBER_STATUS)
                                && hasRead(admin, DetectionJob.NAME, Topic.MEMBER_WINDOW);
                        said.add(read ? said().size() : -said.size());
                        int last = said.size() - 1;
                        return read && last >= 3 && said.get(last).equals(said.get(last - 3));
                    });
        }
    }

    /** Whether nothing of this topic is left to read for this job's checkpoints. */
    private static boolean hasRead(Admin admin, String job, Topic<?> topic) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets("quorate-" + job)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        read.keySet().stream()
                .filter(partition -> partition.topic().equals(topic.name()))
                .forEach(partition -> partitions.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends =
                admin.listOffsets(partitions).all().get();
        return !ends.isEmpty()
                && ends.entrySet().stream()
                        .allMatch(end -> read.get(end.getKey()).offset()
                                == end.getValue().offset());
    }

    /** What the jobs said. */
    List<Alert> said() {
        return AlertTopic.told(settings.kafka(), BEGIN, complete());
    }

    /** All that the detection job heard. */
    TopicHistory topics() {
        return TopicHistory.ofWindows(settings.kafka(), settings.windows().size(), Clusters.ALL);
    }

    Controls controls() {
        return new Controls(settings.rules(), settings.overrides(), settings.maintenance(), settings.profile());
    }

    /** The same time once more, from this history. */
    Backtest.Ran replay(History history, int parallelism) throws Exception {
        return replay(history, controls(), parallelism);
    }

    /** The same under other rules. */
    Backtest.Ran replay(History history, Controls controls, int parallelism) throws Exception {
        WindowSettings cut = WindowSettings.replay(
                settings.windows().size(), settings.windows().horizon());
        Backtest backtest = new Backtest(
                history,
                BEGIN.minusSeconds(60),
                BEGIN,
                complete(),
                cut,
                controls,
                Set.of(Output.ALERTS, Output.CHANGES));
        Path lines = Files.createTempDirectory(folder, "lines");
        return backtest.run(StreamExecutionEnvironment.createLocalEnvironment(parallelism), lines);
    }

    @Override
    public void close() throws Exception {
        cancelJobs();
        broker.close();
    }
}
