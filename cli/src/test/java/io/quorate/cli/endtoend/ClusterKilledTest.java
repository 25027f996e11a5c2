package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Child;
import io.quorate.desk.FlinkSession;
import io.quorate.events.Alert;
import io.quorate.events.codec.Topic;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.Reconciliation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All five jobs on a session cluster of two JobManagers and two TaskManagers, a real etcd cluster watched, an incident planted
 * each second. TaskManagers are killed, JobManagers are killed, TaskManagers stand still for a minute, at moments of chance.
 * Every incident is told, none twice; and every window is what a run over the same records says that nobody disturbs.
 */
@Tag("slow")
class ClusterKilledTest {

    private static final int TASK_MANAGER_KILLS = Integer.getInteger("quorate.taskmanager.kills", 20);
    private static final int JOB_MANAGER_KILLS = Integer.getInteger("quorate.jobmanager.kills", 5);
    private static final int STALLS = Integer.getInteger("quorate.stalls", 5);
    private static final long SEED = Long.getLong("quorate.seed", System.nanoTime());
    private static final Duration STALL = Duration.ofSeconds(60);

    private enum Fault {
        TASK_MANAGER_KILLED,
        JOB_MANAGER_KILLED,
        TASK_MANAGER_STANDS_STILL
    }

    private record Suffered(Fault fault, Duration recovery) {}

    @Test
    void losesNothingAndTellsNothingTwiceWhoeverDies(@TempDir Path folder) throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        AtomicBoolean ends = new AtomicBoolean();
        FlinkSession.Options options = new FlinkSession.Options(OnFlink.lib(), 2, 2, 6, 0, 0, 1024);
        try (Watched watched = Watched.start(folder.resolve("watched"));
                Hook hook = new Hook(number -> number % 25 == 9);
                OnFlink cluster = OnFlink.start(folder, options, settings(watched, hook))) {
            cluster.submitAll();
            CompletableFuture<List<Instant>> planting = CompletableFuture.supplyAsync(
                    () -> Planted.plant(cluster.kafka, Integer.MAX_VALUE, Duration.ofSeconds(1), ends::get));
            cluster.recovered(Instant.now());
            List<Suffered> all = new ArrayList<>();
            for (Fault fault : inSomeOrder(random)) {
                LockSupport.parkNanos(
                        Duration.ofMillis(3_000 + random.nextInt(9_000)).toNanos());
                if (all.size() % 7 == 3) {
                    storm(watched);
                }
                Suffered suffered = suffer(cluster, fault);
                all.add(suffered);
                System.out.println(fault + ": all jobs ran again after "
                        + suffered.recovery().toMillis() + " ms");
            }
            ends.set(true);
            List<Instant> planted = planting.get();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> Planted.lost(planted.size(), hook.taken()).isEmpty());
            tell(all, planted, hook);
            judge(cluster, planted.size(), hook);
        } finally {
            ends.set(true);
        }
    }

    private static List<Fault> inSomeOrder(Random random) {
        List<Fault> faults = new ArrayList<>(Collections.nCopies(TASK_MANAGER_KILLS, Fault.TASK_MANAGER_KILLED));
        faults.addAll(Collections.nCopies(JOB_MANAGER_KILLS, Fault.JOB_MANAGER_KILLED));
        faults.addAll(Collections.nCopies(STALLS, Fault.TASK_MANAGER_STANDS_STILL));
        Collections.shuffle(faults, random);
        return faults;
    }

    private static Suffered suffer(OnFlink cluster, Fault fault) {
        Child child = fault == Fault.JOB_MANAGER_KILLED ? cluster.leadingJobManager() : cluster.busiestTaskManager();
        Instant at = Instant.now();
        if (fault != Fault.TASK_MANAGER_STANDS_STILL) {
            child.kill();
            return new Suffered(fault, Duration.between(at, cluster.recovered(at)));
        }
        child.stall();
        Instant recovered = cluster.recovered(at);
        LockSupport.parkNanos(Duration.between(Instant.now(), at.plus(STALL)).toNanos());
        child.resume();
        return new Suffered(fault, Duration.between(at, recovered));
    }

    /** Four changes of the leader in a row. */
    private static void storm(Watched watched) {
        for (int i = 0; i < 4; i++) {
            watched.changeLeader();
        }
    }

    private static void tell(List<Suffered> all, List<Instant> planted, Hook hook) {
        for (Fault fault : Fault.values()) {
            List<Duration> recoveries = all.stream()
                    .filter(each -> each.fault() == fault)
                    .map(Suffered::recovery)
                    .sorted()
                    .toList();
            if (!recoveries.isEmpty()) {
                System.out.printf(
                        "%d x %s: recovery median %.1f s, max %.1f s%n",
                        recoveries.size(),
                        fault,
                        seconds(recoveries.get(recoveries.size() / 2)),
                        seconds(recoveries.get(recoveries.size() - 1)));
            }
        }
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < planted.size(); i++) {
            delays.add(Duration.between(planted.get(i), hook.takenAt().get(Planted.id(i) + " firing")));
        }
        Collections.sort(delays);
        System.out.printf(
                "%d incidents planted, %d messages, %d sent again under the same key; alert to 2xx: p50 %.1f s, p99 %.1f s,"
                        + " max %.1f s%n",
                planted.size(),
                hook.messages().size(),
                hook.repeats(),
                seconds(delays.get(delays.size() / 2)),
                seconds(delays.get(delays.size() * 99 / 100)),
                seconds(delays.get(delays.size() - 1)));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }

    private static void judge(OnFlink cluster, int planted, Hook hook) throws Exception {
        assertThat(hook.doubled()).as("told twice").isEmpty();
        assertThat(Planted.inverted(planted, hook.taken()))
                .as("end before page")
                .isEmpty();

        Uninterrupted expected = Uninterrupted.of(cluster.kafka);
        Uninterrupted.Compared windows = expected.compared();
        System.out.printf(
                "%d windows equal an uninterrupted run's, %d marked as gaps%n",
                windows.live().size(), windows.gaps());
        assertThat(windows.live()).hasSizeGreaterThan(30).isEqualTo(windows.recomputed());
        assertThat(windows.gaps()).isPositive();

        Set<String> storms = episodes(expected.alerts());
        assertThat(storms).as("storms of the uninterrupted run").isNotEmpty();
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(episodes(Topics.read(cluster.kafka, Topic.ALERT)))
                        .isEqualTo(storms));
        System.out.println(storms.size() + " storms, the same by their ids");

        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(2))
                .untilAsserted(() -> {
                    assertThat(gapsOfTheLedger(cluster)).isEmpty();
                    assertThat(rowsOfWindows(cluster)).isEqualTo(baseWindows(cluster));
                });
    }

    private static Set<String> episodes(List<Alert> alerts) {
        return alerts.stream()
                .filter(alert -> alert.rule().equals("EtcdElectionStorm") && alert.status() == Alert.Status.FIRING)
                .map(Alert::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String gapsOfTheLedger(OnFlink cluster) throws IOException {
        Reconciliation reconciliation = Reconciliation.after(Duration.ZERO);
        return new ClickHouseClient(cluster.clickhouse)
                .execute(reconciliation.sql() + " FORMAT TSV", reconciliation.values(), Map.of());
    }

    private static long rowsOfWindows(OnFlink cluster) throws IOException {
        return Long.parseLong(new ClickHouseClient(cluster.clickhouse)
                .execute("SELECT uniqExact(member, window_start) FROM member_window FINAL WHERE version > 0")
                .strip());
    }

    private static long baseWindows(OnFlink cluster) {
        return Topics.read(cluster.kafka, Topic.MEMBER_WINDOW).stream()
                .filter(window -> Duration.between(window.windowStart(), window.windowEnd())
                        .equals(Duration.ofSeconds(10)))
                .map(window -> window.member() + window.windowStart())
                .distinct()
                .count();
    }

    /** Its own settings tell each alert by itself after a second, with those that come within. */
    static String settings(Watched watched, Hook hook) {
        return watched.settings(hook.url())
                .replace(
                        "  receivers:\n",
                        "  pipeline-behind: 1h\n  routes: [ { name: all, receivers: [hook], group-by: [alertname, cluster],"
                                + " group-wait: 1s } ]\n  receivers:\n");
    }
}
