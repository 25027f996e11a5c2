package io.quorate.cli.stack;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.FreePorts;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.desk.Parts;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Broker, engine and jobs for one settings file: those that the settings name are used, the others are started here.
 * Closing stops what was started.
 */
public final class Stack implements AutoCloseable {

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final @Nullable KafkaBroker broker;
    private final @Nullable ClickHouseEngine engine;
    private final FlinkProcess flink;
    private final KafkaSettings kafka;
    private final ClickHouseSettings clickhouse;
    private final int jobs;

    private Stack(
            @Nullable KafkaBroker broker,
            @Nullable ClickHouseEngine engine,
            FlinkProcess flink,
            KafkaSettings kafka,
            ClickHouseSettings clickhouse,
            int jobs) {
        this.broker = broker;
        this.engine = engine;
        this.flink = flink;
        this.kafka = kafka;
        this.clickhouse = clickhouse;
        this.jobs = jobs;
    }

    /**
     * Starts what is needed for these settings; returns while the jobs come up, see {@link #awaitRunning}.
     *
     * @param idleAfter how long a partition of the embedded broker may be silent before time goes on without it
     */
    public static Stack start(Home home, Path config, Duration idleAfter, Beginning beginning, Parts.Progress progress)
            throws Exception {
        Settings settings = SettingsReader.read(config);
        // Before anything starts: which of the ports that were asked for is taken.
        FreePorts.asked("Kafka", settings.desk().kafkaPort());
        FreePorts.asked("ClickHouse", settings.desk().clickhousePort());
        int flinkPort = FreePorts.asked("Flink", settings.desk().flinkPort());
        int metricsPort = FreePorts.asked("metrics", settings.desk().metricsPort());
        CompletableFuture<@Nullable KafkaBroker> startingBroker = settings.ownKafka() != null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.supplyAsync(() -> {
                    progress.tell("Starting Kafka");
                    return KafkaBroker.start(home, "kafka", settings.desk().kafkaPort());
                });
        CompletableFuture<@Nullable ClickHouseEngine> startingEngine = settings.ownClickhouse() != null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.supplyAsync(() -> {
                    progress.tell("Starting the ClickHouse engine");
                    return ClickHouseEngine.start(
                            home, "clickhouse", settings.desk().clickhousePort());
                });
        KafkaBroker broker = Started.get(startingBroker);
        ClickHouseEngine engine = Started.get(startingEngine);
        KafkaSettings kafka = broker == null
                ? settings.kafka()
                : KafkaSettings.single(broker.bootstrap(), Settings.EMBEDDED_PARTITIONS, idleAfter);
        ClickHouseSettings clickhouse = engine == null ? settings.clickhouse() : ClickHouseSettings.at(engine.url());
        progress.tell("Creating topics and tables");
        KafkaTopics.create(kafka);
        Migrations.applyTo(clickhouse);
        settings.retention().applyTo(clickhouse);
        String checkpoints = settings.flink().checkpointDir() == null
                ? home.data().resolve("checkpoints").toUri().toString()
                : settings.flink().checkpointDir();
        progress.tell("Starting Flink and its jobs" + state(beginning, lastState(settings, checkpoints)));
        FlinkProcess flink = FlinkProcess.start(
                home,
                new FlinkProcess.Arguments(
                        config.toAbsolutePath().toString(),
                        kafka.bootstrap(),
                        clickhouse.url(),
                        checkpoints,
                        flinkPort,
                        metricsPort,
                        idleAfter.toSeconds(),
                        beginning));
        return new Stack(
                broker,
                engine,
                flink,
                kafka,
                clickhouse,
                QuorateJob.of(settings).size());
    }

    /** With which state the jobs begin, in words. */
    private static String state(Beginning beginning, Optional<Instant> last) {
        String at = last.map(time -> " of " + LOCAL.format(time)).orElse("");
        return switch (beginning) {
            case RESUMED ->
                last.isPresent()
                        ? ", from the last run's checkpoints" + at
                        : ", with empty state: there is none of an earlier run";
            case ANEW ->
                last.isPresent()
                        ? ", with empty state (to go on with the last run's" + at
                                + ": Ctrl-C, then quorate run --resume)"
                        : "";
        };
    }

    private static Optional<Instant> lastState(Settings settings, String checkpoints) throws IOException {
        Optional<Instant> last = Optional.empty();
        for (QuorateJob job : QuorateJob.of(settings)) {
            Optional<Instant> one = Checkpoints.of(checkpoints, job.word()).newestAt();
            last = one.isPresent() && (last.isEmpty() || one.get().isAfter(last.get())) ? one : last;
        }
        return last;
    }

    /** Waits until every job runs. */
    public void awaitRunning() throws InterruptedException {
        flink.awaitRunning(jobs);
    }

    public KafkaSettings kafka() {
        return kafka;
    }

    public ClickHouseSettings clickhouse() {
        return clickhouse;
    }

    /** For commands that come later. */
    public LastRun asLastRun(Path config) {
        return new LastRun(config.toAbsolutePath().toString(), kafka.bootstrap(), broker != null);
    }

    /** The first of what was started here that has ended, in words with where its log is; empty while all live. */
    public Optional<String> ended() {
        if (!flink.alive()) {
            return Optional.of("Flink's process has ended; its log is " + flink.logFile());
        }
        if (broker != null && !broker.alive()) {
            return Optional.of("the embedded Kafka has ended; its log is " + broker.logFile());
        }
        if (engine != null && !engine.alive()) {
            return Optional.of("the embedded ClickHouse engine has ended; its log is " + engine.logFile());
        }
        return Optional.empty();
    }

    public FlinkProcess flink() {
        return flink;
    }

    /** The processes that were started here, by name. */
    public Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        pids.put("flink", flink.pid());
        if (broker != null) {
            pids.put("kafka", broker.pid());
        }
        if (engine != null) {
            pids.put("clickhouse", engine.pid());
        }
        return pids;
    }

    @Override
    public void close() {
        flink.close();
        if (engine != null) {
            engine.close();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
