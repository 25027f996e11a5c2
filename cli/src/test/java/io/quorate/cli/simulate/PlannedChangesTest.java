package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.jobs.time.EveryEvent;
import io.quorate.jobs.time.Timeless;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.simulator.face.Observation;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Time;
import io.quorate.simulator.plan.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Leader changes of simulated clusters, by what made them: hand-overs are told as such, and nothing else is. The figures are
 * printed; those in {@code docs/truth.md} are from here.
 */
@Tag("slow")
class PlannedChangesTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** Faults begin at so many moments between two polls. */
    private static final int MOMENTS = 10;

    private static final int CLUSTERS = 20;

    /** What clients ask, by a word for it. */
    private enum Clients {
        BUSY("{ puts: 40, workers: 3 }"),
        /** The same, put once a second: a log that grows so tells nothing of a leader's absence. */
        BATCHES("{ puts: 40, workers: 3 }"),
        IDLE("{ puts: 0, ranges: 0, others: 0.1 }");

        private final String load;

        Clients(String load) {
            this.load = load;
        }
    }

    /** What was told of one kind of fault. */
    private record Told(List<LeaderChange> changes, List<Alert> alerts) {

        long planned(Planned planned) {
            return changes.stream()
                    .filter(change -> change.planned() == planned)
                    .count();
        }

        long storms() {
            return alerts.stream()
                    .filter(alert -> alert.status() == Alert.Status.FIRING)
                    .map(Alert::id)
                    .distinct()
                    .count();
        }
    }

    @Test
    void tellsNoCrashForAHandOver() throws Exception {
        tellsNone(
                40,
                "kill, for: 15s",
                "pause, for: 5s",
                "pause, for: 1500ms",
                "partition, for: 8s",
                "partition, for: 8s, direction: in",
                "partition, for: 8s, direction: out",
                "disk-hang, for: 6s");
    }

    @Test
    void tellsNoCrashForAHandOverWhereOneFollowsAnother() throws Exception {
        tellsNone(
                100,
                "kill, for: 10s, repeat: 4, apart: 20130ms",
                "link-flap, for: 60s, every: 4s",
                "disk-slow, for: 60s, writes-per-second: 12",
                "disk-slow, for: 60s, times: 400",
                "cpu-starved, for: 60s, share: 0.02");
    }

    private static void tellsNone(int seconds, String... faults) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String fault : faults) {
            for (int members : new int[] {3, 5}) {
                for (Clients clients : Clients.values()) {
                    Told told = one(fault + ", target: { member: leader }", members, clients, seconds);
                    show(fault, members, clients, told);
                    told.changes().stream()
                            .filter(change -> change.planned() == Planned.YES)
                            .forEach(change -> wrong.add(fault + ", " + members + ' ' + clients + ": " + change));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void tellsMostHandOvers() throws Exception {
        for (int members : new int[] {3, 5}) {
            for (Clients clients : Clients.values()) {
                String fault = "terminate, for: 15s";
                Told told = one(fault + ", target: { member: leader }", members, clients, 60);
                show(fault, members, clients, told);
                assertThat(told.changes()).hasSizeGreaterThanOrEqualTo(MOMENTS * CLUSTERS);
                assertThat(told.planned(Planned.NO)).isZero();
                assertThat(told.planned(Planned.YES) * 1.0 / told.changes().size())
                        .isGreaterThan(clients == Clients.BUSY ? 0.8 : 0.55);
            }
        }
    }

    @Test
    void seesNoStormInARollingRestart() throws Exception {
        for (int members : new int[] {3, 5}) {
            for (Clients clients : Clients.values()) {
                for (int every : new int[] {15, 30, 60}) {
                    String fault = "rolling-restart, every: %ds, down: 2s".formatted(every);
                    Told told = one(fault + ", target: { member: all }", members, clients, 40 + members * every);
                    show(fault, members, clients, told);
                    assertThat(told.changes()).hasSizeGreaterThan(MOMENTS * CLUSTERS);
                    assertThat(told.storms()).as(fault).isZero();
                    assertThat(told.planned(Planned.NO)).isZero();
                }
            }
        }
    }

    private static void show(String fault, int members, Clients clients, Told told) {
        System.out.printf(
                Locale.ROOT,
                "| `%s` | %d | %s | %d | %d | %d | %d | %d | %d |%n",
                fault,
                members,
                clients.name().toLowerCase(Locale.ROOT),
                MOMENTS * CLUSTERS,
                told.changes().size(),
                told.planned(Planned.YES),
                told.planned(Planned.UNKNOWN),
                told.planned(Planned.NO),
                told.storms());
    }

    /** The same fault at different moments between two polls, each in as many clusters. */
    private static Told one(String fault, int members, Clients clients, int seconds) throws Exception {
        List<MemberStatus> statuses = new ArrayList<>();
        SimulatedEvents events = new SimulatedEvents(members);
        for (int moment = 0; moment < MOMENTS; moment++) {
            Plan plan = Plan.read(
                    "plan.yaml", """
                    schema: plan/v1
                    name: planned
                    fleet: { clusters: %d, members: %d, prefix: c%d-, etcd: "3.4", load: %s }
                    collector: { scrape: 10m, status: 1s }
                    faults: [ { fault: %s, at: %dms } ]
                    """.formatted(CLUSTERS, members, moment, clients.load, fault, 20_000 + moment * 97));
            Simulation simulation = new Simulation(plan, 7 + moment, BEGIN);
            if (clients == Clients.BUSY) {
                simulation.clusters().forEach(cluster -> grows(cluster, seconds));
            }
            simulation.run(
                    seconds,
                    seen -> {
                        if (seen.kind() == Observation.Kind.STATUS) {
                            statuses.add(events.status(seen));
                        }
                    },
                    simulated -> {});
        }
        statuses.sort(Comparator.comparing(MemberStatus::observedAt));
        return detect(statuses);
    }

    /** A simulated log grows when something happens, and once a second: here something happens all the time. */
    private static void grows(Cluster cluster, int seconds) {
        for (long millis = 0; millis < (seconds + 10) * 1000L; millis += 50) {
            cluster.at(millis * Time.MILLISECOND, () -> {});
        }
    }

    private static Told detect(List<MemberStatus> statuses) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<MemberStatus> answers = env.fromData(statuses)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<MemberStatus>forGenerator(context -> new EveryEvent<>())
                                .withTimestampAssigner(
                                        (status, unused) -> status.observedAt().toEpochMilli()));
        List<ClusterRoster> rosters =
                statuses.stream().map(MemberStatus::cluster).collect(Collectors.toCollection(TreeSet::new)).stream()
                        .map(cluster -> ClusterRoster.ofLabels(cluster, BEGIN, Map.of()))
                        .toList();
        DataStream<ClusterRoster> belong = env.fromData(rosters)
                .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>()));
        Rule storm = RuleReader.shipped().stream()
                .filter(rule -> rule.name().equals("EtcdElectionStorm"))
                .findFirst()
                .orElseThrow()
                .under("fleet");
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        answers,
                        none(belong, MemberWindow.class),
                        belong,
                        none(belong, Coverage.class),
                        none(belong, Control.class)),
                new Controls(List.of(storm), List.of(), "fleet"),
                WindowSettings.DEFAULT.size());
        List<LeaderChange> changes = new ArrayList<>();
        List<Alert> alerts = new ArrayList<>();
        CloseableIterator<LeaderChange> changed = detection.changes().collectAsync();
        CloseableIterator<Alert> alerted = detection.alerts().collectAsync();
        env.execute("planned");
        changed.forEachRemaining(changes::add);
        alerted.forEachRemaining(alerts::add);
        return new Told(changes, alerts);
    }

    private static <T> DataStream<T> none(DataStream<ClusterRoster> of, Class<T> type) {
        return of.flatMap((ClusterRoster roster, Collector<T> out) -> {}).returns(type);
    }
}
