package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Child;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.FlinkSession;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * All jobs on a real session cluster of Flink, out of the job jar, submitted by the command; with broker and engine of their own.
 * Whoever dies of Flink is started again at once, as a supervisor does.
 */
final class OnFlink implements AutoCloseable {

    final Home home;
    final FlinkSession flink;
    final FlinkRest rest;
    final KafkaSettings kafka;
    final ClickHouseSettings clickhouse;
    final Path config;
    private final KafkaBroker broker;
    private final ClickHouseEngine engine;
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> supervised;

    private OnFlink(
            Home home,
            FlinkSession flink,
            KafkaBroker broker,
            ClickHouseEngine engine,
            KafkaSettings kafka,
            Path config) {
        this.home = home;
        this.flink = flink;
        this.rest = new FlinkRest(flink.restUrls());
        this.broker = broker;
        this.engine = engine;
        this.kafka = kafka;
        this.clickhouse = ClickHouseSettings.at(engine.url());
        this.config = config;
        this.supervised = supervisor.scheduleWithFixedDelay(this::supervise, 500, 500, TimeUnit.MILLISECONDS);
    }

    /** Starts the cluster and what is needed beside it; nothing is submitted yet. */
    static OnFlink start(Path folder, FlinkSession.Options options, String settings) throws Exception {
        Home home = RunningQuorate.freshHome(folder.resolve("home"));
        FlinkSession flink = FlinkSession.start(home, options);
        KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
        ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0);
        Path config = Files.writeString(
                folder.resolve("quorate.yaml"), settings + """
                kafka: { bootstrap: "%s", partitions: 4, idle-after: 5s }
                clickhouse: { url: "%s" }
                """.formatted(broker.bootstrap(), engine.url()));
        KafkaSettings kafka = KafkaSettings.single(broker.bootstrap(), 4, Duration.ofSeconds(5));
        KafkaTopics.create(kafka);
        Migrations.applyTo(ClickHouseSettings.at(engine.url()));
        return new OnFlink(home, flink, broker, engine, kafka, config);
    }

    /** The jars of a Flink home, as the build lays them. */
    static Path lib() {
        return Path.of(System.getProperty("quorate.flink.lib"));
    }

    static Path jar() {
        return Path.of(System.getProperty("quorate.jobs.jar"));
    }

    /** What the command says to these words, with this cluster's address. */
    RunningQuorate.Ended quorate(String... words) throws Exception {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--flink";
        all[words.length + 1] = String.join(",", flink.restUrls());
        return RunningQuorate.end(home, Duration.ofMinutes(8), all);
    }

    void submitAll() throws Exception {
        RunningQuorate.Ended ended = quorate("submit", "all", "--config", config.toString(), "--within", "4m");
        assertThat(ended.code()).as(ended.said()).isZero();
    }

    /** Ids of the jobs that live, by their names; asked until a JobManager answers. */
    Map<String, String> jobs() {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .until(
                        () -> rest.jobs().stream()
                                .filter(job -> !job.ended())
                                .collect(Collectors.toMap(
                                        FlinkRest.Job::name, FlinkRest.Job::id, (a, b) -> a, LinkedHashMap::new)),
                        jobs -> jobs.size() == QuorateJob.values().length);
    }

    /** When every job had completed a checkpoint that was begun after that moment: all its tasks run then. */
    Instant recovered(Instant since) {
        List<String> ids = List.copyOf(jobs().values());
        return Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptions()
                .until(() -> newestBegun(ids, since), at -> !at.equals(Instant.MAX));
    }

    private Instant newestBegun(List<String> ids, Instant since) throws InterruptedException {
        for (String id : ids) {
            long begun = rest.answer("/jobs/" + id + "/checkpoints")
                    .path("latest")
                    .path("completed")
                    .path("trigger_timestamp")
                    .asLong();
            if (begun <= since.toEpochMilli()) {
                return Instant.MAX;
            }
        }
        return Instant.now();
    }

    /** The one that most jobs would miss. */
    Child busiestTaskManager() {
        return Awaitility.await()
                .ignoreExceptions()
                .until(
                        () -> {
                            String busiest = "";
                            int most = 0;
                            for (JsonNode each : rest.answer("/taskmanagers").path("taskmanagers")) {
                                int taken = each.path("slotsNumber").asInt()
                                        - each.path("freeSlots").asInt();
                                busiest = taken > most ? each.path("id").asText() : busiest;
                                most = Math.max(most, taken);
                            }
                            return flink.child(busiest);
                        },
                        Child::alive);
    }

    /** By their own logs: nobody else tells. */
    Child leadingJobManager() {
        return flink.processes().entrySet().stream()
                .filter(process -> process.getKey().startsWith("flink-jobmanager-"))
                .max(Comparator.comparing(
                        process -> lastGranted(process.getValue().logFile())))
                .orElseThrow()
                .getValue();
    }

    private static String lastGranted(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("DefaultDispatcherRunner was granted leadership"))
                    .reduce("", (first, second) -> second);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void supervise() {
        flink.processes().forEach((name, child) -> {
            if (!child.alive()) {
                flink.startAgain(name);
            }
        });
    }

    @Override
    public void close() throws Exception {
        boolean failed = supervised.isDone();
        supervisor.shutdown();
        assertThat(supervisor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        flink.close();
        engine.close();
        broker.close();
        if (failed) {
            supervised.get(); // tells why it ended
        }
    }
}
