package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.simulate.SimulateCommand;
import io.quorate.cli.stack.Checkpoints;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Alert;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.backtest.Clusters;
import io.quorate.jobs.backtest.Line;
import io.quorate.jobs.backtest.Line.Output;
import io.quorate.jobs.backtest.TopicHistory;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.kafka.AlertTopic;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.ledger.AlertComparison;
import io.quorate.jobs.ledger.LedgerDifference;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A simulated time with faults through the live jobs on a real broker, twenty times as fast as life, and once more from the
 * topics: every line of the ledger is the same.
 */
@Tag("slow")
class ReplayTest {

    private static final Instant BEGIN = Instant.parse("2026-03-02T10:00:00Z");
    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("quorate.replay.minutes", 60));

    /** Live, what came last waits for what comes after it. */
    private static final Instant COMPLETE = BEGIN.plus(LENGTH).minusSeconds(120);

    private static final String SPEED = System.getProperty("quorate.replay.speed", "20x");

    private static final String PLAN = """
            schema: plan/v1
            name: replay
            fleet:
              clusters: 4
              members: 3
              prefix: x-
              etcd: "3.5"
              metrics: extensive
              labels: { region: [eu, us], storage-class: [ssd, hdd] }
              load: { puts: 40, workers: 3, value: 256B, keys: 1000, ranges: 10, others: 0.5, watchers: 10 }
            collector: { scrape: 10s, status: 1s }
            faults:
              - { fault: pause, at: 90s, for: 6s, repeat: 5, apart: 15s, target: { cluster: x-00001, member: leader } }
              - { fault: kill, at: 4m, for: 35s, target: { cluster: x-00000, member: leader } }
              - { fault: disk-slow, writes-per-second: 30, at: 6m, for: 150s, target: { cluster: x-00002, member: leader } }
              - { fault: partition, at: 10m, for: 30s, target: { cluster: x-00000, member: leader } }
              - { fault: rolling-restart, every: 40s, down: 12s, at: 14m, target: { cluster: x-00003, member: all } }
              - { fault: scrape-gap, at: 18m, for: 45s, target: { cluster: x-00002, member: leader } }
              - { fault: counter-reset, at: 20m, target: { cluster: x-00001, member: follower } }
              - { fault: pause, at: 24m, for: 8s, repeat: 6, apart: 12s, target: { cluster: x-00003, member: leader } }
              - { fault: clock-skew, offset: 1s, at: 28m, for: 60s, target: { cluster: x-00003, member: follower } }
              - { fault: defragment, at: 32m, target: { cluster: x-00002, member: all } }
              - { fault: kill, at: 36m, for: 7m, target: { cluster: x-00001, member: follower } }
              - { fault: disk-slow, writes-per-second: 20, at: 46m, for: 4m, target: { cluster: x-00000, member: follower } }
              - { fault: pause, at: 54m, for: 6s, repeat: 4, apart: 15s, target: { cluster: x-00002, member: leader } }
            """;

    @TempDir
    private Path folder;

    private KafkaBroker broker;
    private Settings settings;
    private final List<JobClient> jobs = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        broker = KafkaBroker.start(Home.current().withState(folder.resolve("state")), "kafka", 0);
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, """
                ingest:
                  prometheus:
                    - url: http://127.0.0.1:9
                      selector: '{job="etcd"}'
                      cluster-label: cluster
                kafka: { bootstrap: "%s", partitions: 3, idle-after: 5s }
                flink: { checkpoint-interval: 1s }
                """.formatted(broker.bootstrap()));
        settings = SettingsReader.read(file);
        KafkaTopics.create(settings.kafka());
    }

    @AfterEach
    void stop() throws Exception {
        cancel();
        broker.close();
    }

    @Test
    void saysLineByLineWhatWasSaidLive() throws Exception {
        startJobs(false);
        simulate().get();
        awaitTheEnd();

        List<Alert> live = live();
        assertThat(live).hasSizeGreaterThan(50);
        assertThat(live).extracting(Alert::rule).contains("EtcdElectionStorm", "EtcdMemberHangs", "EtcdMemberDown");
        assertThat(live).extracting(Alert::cause).anyMatch(Objects::nonNull);
        Set<Line> replay = replay(1);
        AlertComparison comparison = LedgerDifference.identical(live, alerts(replay));
        assertThat(comparison.holds()).as(comparison.text()).isTrue();
        assertThat(replay(1)).as("a second replay").isEqualTo(replay);
        assertThat(replay(2)).as("spread over two threads").isEqualTo(replay);
        noticesALineThatIsMissing(live, replay);
    }

    @Test
    void saysTheSameWhenTheLiveJobsWereRestartedMeanwhile() throws Exception {
        startJobs(false);
        CompletableFuture<Void> simulated = simulate();
        for (int restart = 0; restart < 3; restart++) {
            int before = live().size();
            Awaitility.await()
                    .atMost(10, TimeUnit.MINUTES)
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> simulated.isDone() || live().size() > before + 10);
            cancel();
            startJobs(true);
        }
        simulated.get();
        awaitTheEnd();

        AlertComparison comparison = LedgerDifference.identical(live(), alerts(replay(1)));
        assertThat(comparison.live()).isGreaterThan(50);
        assertThat(comparison.holds()).as(comparison.text()).isTrue();
    }

    private static void noticesALineThatIsMissing(List<Alert> live, Set<Line> replay) {
        List<Alert> fewer = new ArrayList<>(alerts(replay));
        fewer.remove(7);
        assertThat(LedgerDifference.identical(live, fewer).holds()).isFalse();
    }

    private void startJobs(boolean goesOn) throws Exception {
        jobs.add(job("percentiles", PercentilesJob::define, goesOn));
        jobs.add(job("detection", DetectionJob::define, goesOn));
    }

    private JobClient job(String name, BiConsumer<StreamExecutionEnvironment, Settings> define, boolean goesOn)
            throws Exception {
        Checkpoints checkpoints = Checkpoints.of(folder.toUri() + "/checkpoints", name);
        Configuration configuration =
                JobEnvironment.configuration(new FlinkSettings(checkpoints.address(), Duration.ofSeconds(1)));
        if (goesOn) {
            configuration.set(
                    StateRecoveryOptions.SAVEPOINT_PATH, checkpoints.newest().orElseThrow());
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        define.accept(env, settings);
        return env.executeAsync("quorate-" + name);
    }

    private void cancel() throws Exception {
        for (JobClient job : jobs) {
            job.cancel().get();
            job.getJobExecutionResult().handle((result, cancelled) -> cancelled).get();
        }
        jobs.clear();
    }

    private CompletableFuture<Void> simulate() throws Exception {
        Path plan = Files.writeString(folder.resolve("plan.yaml"), PLAN);
        return CompletableFuture.runAsync(() -> assertThat(new CommandLine(new SimulateCommand())
                        .execute(
                                "--plan",
                                plan.toString(),
                                "--seed",
                                "7",
                                "--begin",
                                BEGIN.toString(),
                                "--for",
                                LENGTH.toMinutes() + "m",
                                "--to",
                                "kafka",
                                "--speed",
                                SPEED,
                                "--bootstrap",
                                broker.bootstrap()))
                .isZero());
    }

    /** Nothing new has been said for a while. */
    private void awaitTheEnd() {
        List<Integer> said = new ArrayList<>();
        Awaitility.await()
                .atMost(10, TimeUnit.MINUTES)
                .pollInterval(Duration.ofSeconds(5))
                .until(() -> {
                    said.add(AlertTopic.told(settings.kafka(), Instant.EPOCH, Instant.MAX)
                            .size());
                    int last = said.size() - 1;
                    return last >= 3 && said.get(last).equals(said.get(last - 3));
                });
    }

    private List<Alert> live() {
        return AlertTopic.told(settings.kafka(), BEGIN, COMPLETE);
    }

    private Set<Line> replay(int parallelism) throws Exception {
        Backtest backtest = new Backtest(
                TopicHistory.ofWindows(settings.kafka(), settings.windows().size(), Clusters.ALL),
                BEGIN.minusSeconds(60),
                BEGIN,
                COMPLETE,
                settings.windows(),
                new Controls(settings.rules(), settings.overrides(), settings.maintenance(), settings.profile()),
                Set.of(Output.ALERTS, Output.CHANGES));
        Path lines = Files.createTempDirectory(folder, "lines");
        return backtest.run(StreamExecutionEnvironment.createLocalEnvironment(parallelism), lines)
                .lines();
    }

    private static List<Alert> alerts(Set<Line> lines) {
        return new Backtest.Ran(new TreeSet<>(lines), new TreeSet<>(), null, List.of()).alerts();
    }
}
