package io.quorate.simulator.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.simulator.plan.Plan;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulator beside the recordings of real etcd 3.4.23 under the same faults: the mean over ten seeds beside the one real
 * run. Writes the table to {@code target/calibration.md}; {@code docs/simulator.md} shows it.
 */
@Tag("slow")
class CalibrationTest {

    private static final int SEEDS = 10;
    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";
    private static final String PUTS = "etcd_mvcc_put_total";
    private static final String SLOW = "etcd_server_slow_apply_total";
    private static final String FAILED = "etcd_server_proposals_failed_total";
    private static final String HEARTBEAT = "etcd_server_heartbeat_send_failures_total";

    /** A figure of one scenario, and how far the simulated one may be off: as a factor either way, or absolutely. */
    private record Figure(
            String scenario, String what, ToDoubleFunction<Recorded> of, double factor, double absolute, double given) {

        static Figure near(
                String scenario, String what, double factor, double absolute, ToDoubleFunction<Recorded> of) {
            return new Figure(scenario, what, of, factor, absolute, Double.NaN);
        }

        /** Where there is no recording: what signals.md tells of a real run. */
        static Figure told(String scenario, String what, double real, double factor, ToDoubleFunction<Recorded> of) {
            return new Figure(scenario, what, of, factor, 0, real);
        }
    }

    private static final List<Figure> FIGURES = List.of(
            Figure.near("healthy", "fsyncs/s of a member", 1.1, 0, r -> r.rate("m1", FSYNC + "_count", 0, 150)),
            Figure.near("healthy", "fsync, mean ms", 1.5, 0, r -> r.mean("m1", FSYNC, 0, 150)),
            Figure.near("healthy", "fsyncs <= 1 ms", 1.1, 0, r -> r.share("m1", FSYNC, "0.001", 0, 150)),
            Figure.near("healthy", "fsyncs <= 4 ms", 1.02, 0, r -> r.share("m1", FSYNC, "0.004", 0, 150)),
            Figure.near("healthy", "commits/s", 1.1, 0, r -> r.rate("m1", COMMIT + "_count", 0, 150)),
            Figure.near("healthy", "commits <= 1 ms", 1.15, 0, r -> r.share("m1", COMMIT, "0.001", 0, 150)),
            Figure.near("healthy", "log bytes/s", 1.2, 0, r -> r.rate("m1", "etcd_disk_wal_write_bytes_total", 0, 150)),
            Figure.near("storm", "leader changes", 1, 0, r -> r.elections().size()),
            Figure.near("storm", "s without a leader, mean", 1.6, 0, r -> mean(r, 10)),
            Figure.near("storm", "terms gained", 1.5, 0, r -> last(r)[1] - 2),
            Figure.near("storm", "heartbeat failures, all", 1.5, 0, r -> sum(r, HEARTBEAT, 30, 120)),
            Figure.near("storm", "proposals failed, all", 1.6, 0, r -> sum(r, FAILED, 30, 120)),
            Figure.near("storm", "fsyncs <= 1 ms", 1.3, 0, r -> r.share("m2", FSYNC, "0.001", 30, 120)),
            Figure.near("kill", "leader changes", 1, 0, r -> r.elections().size()),
            Figure.near(
                    "kill",
                    "s without a leader after kill -9",
                    1.7,
                    0,
                    r -> r.elections().get(0)[0] - 25),
            Figure.near(
                    "kill",
                    "s without a leader after SIGTERM",
                    1,
                    0.05,
                    r -> Math.max(0, r.elections().get(1)[0] - 105)),
            Figure.near("kill", "send failures/s, leader to dead peer", 1.3, 0, CalibrationTest::sendFailures),
            Figure.near("kill", "puts/s, one of three down", 1.4, 0, r -> r.rate(r.leader(28, 40), PUTS, 28, 40)),
            Figure.told("partition", "terms gained by the heal", 14.5, 1.5, r -> last(r)[1] - 2),
            Figure.told("partition", "s without a leader at the heal", 2.7, 2.0, r -> last(r)[0] - 50),
            Figure.near(
                    "slowdisk",
                    "follower 30 writes/s: fsyncs/s",
                    1.5,
                    0,
                    r -> r.rate(slow(r, 25, 60), FSYNC + "_count", 25, 60)),
            Figure.near(
                    "slowdisk",
                    "follower 30 writes/s: fsync, mean ms",
                    1.5,
                    0,
                    r -> r.mean(slow(r, 25, 60), FSYNC, 25, 60)),
            Figure.near(
                    "slowdisk",
                    "follower 30 writes/s: commit, mean ms",
                    1.4,
                    0,
                    r -> r.mean(slow(r, 25, 60), COMMIT, 25, 60)),
            Figure.near(
                    "slowdisk",
                    "follower 30 writes/s: slow applies/s",
                    1.5,
                    0,
                    r -> r.rate(slow(r, 25, 60), SLOW, 25, 60)),
            Figure.near("slowdisk", "follower 30 writes/s: puts/s", 1.3, 0, r -> r.rate("m3", PUTS, 25, 60)),
            Figure.near(
                    "slowdisk",
                    "leader 60 writes/s: heartbeat failures/s",
                    2.0,
                    0,
                    r -> sum(r, HEARTBEAT, 80, 110) / 30),
            Figure.near("slowdisk", "leader 60 writes/s: slow applies/s", 1.6, 0, r -> sum(r, SLOW, 80, 110) / 30),
            Figure.near(
                    "slowdisk",
                    "leader 60 writes/s: fsync, mean ms",
                    1.6,
                    0,
                    r -> r.mean(slow(r, 80, 110), FSYNC, 80, 110)),
            Figure.near("slowdisk", "leader 60 writes/s: puts/s", 1.7, 0, r -> r.rate("m3", PUTS, 80, 110)),
            Figure.near("slowdisk", "leader 12 writes/s: s until the next leader", 3, 0, CalibrationTest::lost),
            Figure.near(
                    "slowdisk", "12 writes/s: fsync, mean ms", 1.5, 0, r -> r.mean(slow(r, 125, 145), FSYNC, 125, 145)),
            Figure.near("quota", "s until NOSPACE", 1.3, 0, r -> r.alarmedAfter(0)),
            Figure.near(
                    "quota",
                    "db size at NOSPACE / quota",
                    1.05,
                    0,
                    r -> r.max("m1", "etcd_mvcc_db_total_size_in_bytes", 30, 80) / (32 << 20)),
            Figure.near("quota", "s until NOSPACE after disarm at 97", 1.6, 0, r -> r.alarmedAfter(100) - 97),
            Figure.near(
                    "quota",
                    "entries/s while refused",
                    1.2,
                    0,
                    r -> r.rate("m1", "etcd_server_proposals_committed_total", 30, 80)),
            Figure.near("quota", "commits/s while refused", 1, 0.01, r -> r.rate("m1", COMMIT + "_count", 30, 80)),
            Figure.near("quota", "proposals failed while refused", 1, 0.01, r -> sum(r, FAILED, 30, 80)));

    @TempDir
    Path folder;

    @Test
    void theSimulatedClusterBehavesAsTheRealOneDid() throws Exception {
        Map<String, Recorded> real = new HashMap<>();
        Map<String, List<Recorded>> simulated = new HashMap<>();
        List<String> table = new ArrayList<>();
        table.add("| scenario | figure | real | simulated, mean of " + SEEDS
                + " | least .. most | real within | deviation |");
        table.add("|---|---|---|---|---|---|---|");
        List<String> off = new ArrayList<>();
        for (Figure figure : FIGURES) {
            String scenario = figure.scenario();
            if (Double.isNaN(figure.given()) && !real.containsKey(scenario)) {
                real.put(scenario, real(scenario));
            }
            if (!simulated.containsKey(scenario)) {
                simulated.put(scenario, simulated(scenario));
            }
            double truly =
                    Double.isNaN(figure.given()) ? figure.of().applyAsDouble(real.get(scenario)) : figure.given();
            double[] values = simulated.get(scenario).stream()
                    .mapToDouble(figure.of())
                    .filter(value -> !Double.isNaN(value))
                    .sorted()
                    .toArray();
            assertThat(values).as(figure.what()).isNotEmpty();
            double mean = Arrays.stream(values).average().orElseThrow();
            table.add(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.3g | %.3g | %.3g .. %.3g | %s | %s |",
                    scenario,
                    figure.what(),
                    truly,
                    mean,
                    values[0],
                    values[values.length - 1],
                    truly >= values[0] && truly <= values[values.length - 1] ? "yes" : "no",
                    truly == 0 ? "" : String.format(Locale.ROOT, "%+.0f %%", 100 * (mean / truly - 1))));
            boolean near = Math.abs(mean - truly) <= figure.absolute()
                    || (mean <= truly * figure.factor() + 1e-9 && mean * figure.factor() >= truly - 1e-9);
            if (!near) {
                off.add(scenario + ", " + figure.what() + ": " + mean + " for " + truly);
            }
        }
        Files.createDirectories(Path.of("target"));
        Files.write(Path.of("target", "calibration.md"), table, StandardCharsets.UTF_8);

        assertThat(off).isEmpty();
    }

    /** Nine leaders were stopped, ten seconds apart from the thirtieth on; each time the next one came so much later. */
    private static double mean(Recorded recorded, int apart) {
        List<double[]> elections = recorded.elections();
        double sum = 0;
        for (int i = 0; i < elections.size(); i++) {
            sum += elections.get(i)[0] - 30 - apart * (double) i;
        }
        return sum / elections.size();
    }

    private static double[] last(Recorded recorded) {
        List<double[]> elections = recorded.elections();
        return elections.isEmpty() ? new double[] {Double.NaN, Double.NaN} : elections.get(elections.size() - 1);
    }

    private static double lost(Recorded recorded) {
        return recorded.elections().stream()
                .filter(election -> election[0] > 125 && election[0] < 147)
                .mapToDouble(election -> election[0] - 125)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double sum(Recorded recorded, String series, double a, double b) {
        return recorded.members().stream()
                .mapToDouble(member -> recorded.increase(member, series, a, b))
                .sum();
    }

    /** The member whose fsyncs took longest. */
    private static String slow(Recorded recorded, double a, double b) {
        return recorded.members().stream()
                .max(Comparator.comparingDouble(member -> recorded.mean(member, FSYNC, a, b)))
                .orElseThrow();
    }

    private static double sendFailures(Recorded recorded) {
        String leader = recorded.leader(28, 40);
        return recorded.peerFailures(leader, 28, 39);
    }

    private static Recorded real(String scenario) throws Exception {
        try (InputStream lines = resource("/recordings/" + scenario + ".jsonl.gz");
                InputStream truth = resource("/recordings/" + scenario + ".truth.json")) {
            return Recorded.read(lines, truth);
        }
    }

    private List<Recorded> simulated(String scenario) throws Exception {
        String yaml;
        try (InputStream in = resource("/plans/" + scenario + ".yaml")) {
            yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Plan plan = Plan.read(scenario + ".yaml", yaml);
        List<Recorded> recorded = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path file = folder.resolve(scenario + ".jsonl.gz");
            Path truth = folder.resolve(scenario + ".truth.json");
            Simulation simulation = new Simulation(plan, seed, Instant.parse("2026-01-01T00:00:00Z"));
            try (RecordingWriter writer = new RecordingWriter(file)) {
                simulation.run(165, writer, reached -> {});
            }
            simulation.truth(seed, 165).write(truth);
            try (InputStream lines = Files.newInputStream(file);
                    InputStream told = Files.newInputStream(truth)) {
                recorded.add(Recorded.read(lines, told));
            }
        }
        return recorded;
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(CalibrationTest.class.getResourceAsStream(name), name);
    }
}
