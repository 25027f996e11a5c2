package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.stack.Checkpoints;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.FlinkSession;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Savepoints that an earlier version has written, held as bytes: whoever upgrades has such. A job that cannot read its own would
 * lose what it knows, or not begin at all.
 */
class SavepointsTest {

    private static final String LAST_VERSION = "0.1.0-alpha.1";

    /** An incident that was told when the savepoints were made, and was not over. */
    private static final int TOLD = 7;

    @Test
    void everyJobOfThisBuildGoesOnWithTheSavepointOfTheLastVersion(@TempDir Path folder) throws Exception {
        Home home = Home.current().withState(folder.resolve("state"));
        try (KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
                ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0);
                Hook hook = new Hook(number -> false)) {
            KafkaSettings kafka = KafkaSettings.single(broker.bootstrap(), 1, Duration.ofSeconds(5));
            KafkaTopics.create(kafka);
            Migrations.applyTo(ClickHouseSettings.at(engine.url()));
            Path config = Files.writeString(
                    folder.resolve("quorate.yaml"), """
                    ingest:
                      metrics-interval: 2s
                      prometheus: [ { url: "http://127.0.0.1:1" } ]
                      etcd: [ { cluster: c1, endpoints: ["http://127.0.0.1:1"] } ]
                    rules: { profile: lab }
                    alerting:
                      pipeline-behind: 1h
                      receivers: [ { webhook: { name: hook, url: "%s" } } ]
                      routes: [ { name: all, receivers: [hook], group-by: [alertname, cluster], group-wait: 1s } ]
                    kafka: { bootstrap: "%s" }
                    clickhouse: { url: "%s" }
                    """.formatted(hook.url(), broker.bootstrap(), engine.url()));
            Settings settings = SettingsReader.read(config);
            for (QuorateJob job : QuorateJob.values()) {
                JobClient running = goneOn(job, settings, folder.resolve("checkpoints"));
                if (job == QuorateJob.ALERTING) {
                    tellsTheEndOfWhatItHadTold(kafka, hook);
                }
                running.cancel().get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** Runs, and has taken a checkpoint: all its operators have read their state. Nothing in the savepoint is left over. */
    private static JobClient goneOn(QuorateJob job, Settings settings, Path checkpoints) throws Exception {
        Checkpoints own = Checkpoints.of(checkpoints.toUri().toString(), job.word());
        Configuration configuration =
                JobEnvironment.configuration(new FlinkSettings(own.address(), Duration.ofSeconds(1)));
        configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, held(job).toUri().toString());
        configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, false);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        job.define(env, settings);
        JobClient running = env.executeAsync(job.nameInFlink());
        Awaitility.await(job.word()).atMost(2, TimeUnit.MINUTES).until(() -> {
            if (running.getJobStatus().get().isTerminalState()) {
                running.getJobExecutionResult().get(); // tells why
            }
            return own.newest().isPresent();
        });
        return running;
    }

    private static void tellsTheEndOfWhatItHadTold(KafkaSettings kafka, Hook hook) throws Exception {
        Instant now = Instant.now();
        Topics.write(kafka, Planted.firing(TOLD, now.minusSeconds(600)));
        Topics.write(kafka, Planted.over(TOLD, now.minusSeconds(600), now));
        Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> !hook.taken().isEmpty());
        assertThat(hook.taken()).containsOnlyKeys(Planted.id(TOLD) + " resolved");
    }

    private static Path held(QuorateJob job) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(
                        SavepointsTest.class.getResource("/savepoints/" + LAST_VERSION + "/" + job.word()), job.word())
                .toURI());
    }

    /** For a version that is about to be tagged: {@code -Dquorate.savepoints=FOLDER} keeps what this build writes. */
    @Tag("slow")
    @Test
    void thisBuildWritesOneOfEveryJob(@TempDir Path folder) throws Exception {
        Path to = Path.of(System.getProperty(
                "quorate.savepoints", folder.resolve("savepoints").toString()));
        FlinkSession.Options options = new FlinkSession.Options(OnFlink.lib(), 1, 1, 6, 0, 0, 1024);
        try (Watched watched = Watched.start(folder.resolve("watched"));
                Hook hook = new Hook(number -> false);
                OnFlink cluster = OnFlink.start(folder, options, ClusterKilledTest.settings(watched, hook))) {
            cluster.submitAll();
            Topics.write(cluster.kafka, Planted.firing(TOLD, Instant.now()));
            Awaitility.await()
                    .atMost(2, TimeUnit.MINUTES)
                    .until(() -> hook.taken().containsKey(Planted.id(TOLD) + " firing")
                            && Topics.read(cluster.kafka, Topic.MEMBER_WINDOW).size() > 12);
            RunningQuorate.Ended ended = cluster.quorate(
                    "stop", "all", "--savepoint", folder.resolve("kept").toString());
            assertThat(ended.code()).as(ended.said()).isZero();
            Matcher kept = Pattern.compile("Stopped (\\w+);.*--from-savepoint file:(\\S+)")
                    .matcher(ended.said());
            while (kept.find()) {
                Path own = Files.createDirectories(to.resolve(kept.group(1)));
                try (var files = Files.list(Path.of(kept.group(2)))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, own.resolve(file.getFileName()));
                    }
                }
            }
        }
        assertThat(QuorateJob.values())
                .allSatisfy(job ->
                        assertThat(to.resolve(job.word()).resolve("_metadata")).isNotEmptyFile());
    }
}
