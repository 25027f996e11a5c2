package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Home;
import io.quorate.events.Alert;
import io.quorate.jobs.backtest.Backtest;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.ledger.AlertComparison;
import io.quorate.jobs.ledger.LedgerDifference;
import io.quorate.jobs.percentiles.PercentilesJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A simulated time with faults through the live jobs on a real broker, ten times as fast as life, and once more from the
 * topics: every line of the ledger is the same.
 */
@Tag("slow")
class ReplayTest {

    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("quorate.replay.minutes", 60));

    private static final String SPEED = System.getProperty("quorate.replay.speed", "10x");

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

    private LiveRun run;

    @BeforeEach
    void start() throws Exception {
        run = LiveRun.start(Home.current().withState(folder.resolve("state")), folder, LENGTH);
        run.begin(PercentilesJob.NAME, PercentilesJob::define);
        run.begin(DetectionJob.NAME, DetectionJob::define);
    }

    @AfterEach
    void stop() throws Exception {
        run.close();
    }

    @Test
    void saysLineByLineWhatWasSaidLive() throws Exception {
        run.simulate(PLAN, SPEED).get();
        run.awaitTheEnd();

        List<Alert> live = run.said();
        assertThat(live).hasSizeGreaterThan(50);
        assertThat(live).extracting(Alert::rule).contains("EtcdElectionStorm", "EtcdMemberHangs", "EtcdMemberDown");
        assertThat(live).extracting(Alert::cause).anyMatch(Objects::nonNull);
        Backtest.Ran replay = run.replay(run.topics(), 1);
        AlertComparison comparison = LedgerDifference.identical(live, replay.alerts());
        assertThat(comparison.holds()).as(comparison.text()).isTrue();
        assertThat(run.replay(run.topics(), 1).lines()).as("a second replay").isEqualTo(replay.lines());
        assertThat(run.replay(run.topics(), 2).lines())
                .as("spread over two threads")
                .isEqualTo(replay.lines());
        noticesALineThatIsMissing(live, replay.alerts());
    }

    @Test
    void saysTheSameWhenTheLiveJobsWereRestartedMeanwhile() throws Exception {
        CompletableFuture<Void> simulated = run.simulate(PLAN, SPEED);
        for (int restart = 0; restart < 3; restart++) {
            int before = run.said().size();
            Awaitility.await()
                    .atMost(10, TimeUnit.MINUTES)
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> simulated.isDone() || run.said().size() > before + 10);
            run.cancelJobs();
            run.goOn(PercentilesJob.NAME, PercentilesJob::define);
            run.goOn(DetectionJob.NAME, DetectionJob::define);
        }
        simulated.get();
        run.awaitTheEnd();

        AlertComparison comparison = LedgerDifference.identical(
                run.said(), run.replay(run.topics(), 1).alerts());
        assertThat(comparison.live()).isGreaterThan(50);
        assertThat(comparison.holds()).as(comparison.text()).isTrue();
    }

    private static void noticesALineThatIsMissing(List<Alert> live, List<Alert> replay) {
        List<Alert> fewer = new ArrayList<>(replay);
        fewer.remove(7);
        assertThat(LedgerDifference.identical(live, fewer).holds()).isFalse();
    }
}
