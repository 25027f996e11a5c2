package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
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
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that hangs is found by what the members answer, within five seconds by event time; and nothing else is taken for
 * one. Fleets of many clusters, one status a second, and the pipeline as the product runs it.
 */
@Tag("slow")
class StalledDisksTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SEED = 7;
    private static final Duration IN_TIME = Duration.ofSeconds(5);

    private static final Rule RULE = RuleReader.shipped().stream()
            .filter(rule -> rule.name().equals("EtcdDiskStalled"))
            .map(rule -> rule.under("fleet"))
            .findFirst()
            .orElseThrow();

    /**
     * A hang, or something else, as the simulator did it.
     *
     * @param from seconds after the beginning
     */
    private record Planted(String cluster, String member, double from, double to) {

        boolean explains(Alert alert) {
            return alert.cluster().equals(cluster)
                    && member.equals(alert.member())
                    && !alert.at().isBefore(after(from))
                    && alert.at().isBefore(after(to + 2));
        }
    }

    @TempDir
    Path folder;

    @Test
    void findsEveryHangUnderLoadWithinFiveSecondsAndNamesItsMember() throws Exception {
        List<Planted> hangs = new ArrayList<>();
        List<Alert> fired = new ArrayList<>();
        for (int members : new int[] {3, 5}) {
            // Not a whole number apart, so that hangs begin at every phase of the polls.
            for (String fault : List.of("leader", "follower")) {
                run("""
                        schema: plan/v1
                        name: hangs
                        fleet: { clusters: 6, members: %d, prefix: h%d-%s-, etcd: "3.5" }
                        collector: { scrape: 30s, status: 1s }
                        faults:
                          - { fault: disk-hang, at: 20.13s, for: 5s, repeat: 12, apart: 25.37s, target: { member: %s } }
                          - { fault: disk-hang, at: 340.71s, for: 20s, repeat: 3, apart: 50.59s, target: { member: %s } }
                        """.formatted(members, members, fault, fault, fault), members, 500, hangs, fired);
            }
        }

        assertThat(hangs).hasSizeGreaterThanOrEqualTo(100);
        List<String> wrong = new ArrayList<>();
        double slowest = 0;
        for (Planted hang : hangs) {
            Alert found = fired.stream().filter(hang::explains).findFirst().orElse(null);
            double took = found == null
                    ? Double.POSITIVE_INFINITY
                    : Duration.between(after(hang.from()), found.at()).toMillis() / 1000.0;
            slowest = Math.max(slowest, took);
            if (took > IN_TIME.toSeconds()) {
                wrong.add(hang + " found after " + took);
            }
        }
        fired.stream()
                .filter(alert -> hangs.stream().noneMatch(hang -> hang.explains(alert)))
                .forEach(alert -> wrong.add("extra " + alert));
        System.out.printf("%d hangs, %d alerts, the slowest after %.2f s%n", hangs.size(), fired.size(), slowest);
        assertThat(wrong).as("of %d hangs, slowest %s s", hangs.size(), slowest).isEmpty();
    }

    @Test
    void takesNothingElseForAHang() throws Exception {
        List<Planted> others = new ArrayList<>();
        List<Alert> fired = new ArrayList<>();
        for (String etcd : List.of("3.4", "3.5")) {
            for (String load : List.of("{ puts: 40 }", "{ puts: 2, workers: 1 }", "{ puts: 0, others: 0 }")) {
                run("""
                        schema: plan/v1
                        name: others
                        fleet: { clusters: 8, members: 3, prefix: o-, etcd: "%s", load: %s }
                        collector: { scrape: 30s, status: 1s }
                        faults:
                          - { fault: partition, at: 20.13s, for: 8s, repeat: 4, apart: 30.37s, target: { member: leader } }
                          - { fault: partition, at: 150.29s, for: 8s, repeat: 4, apart: 30.37s, target: { member: follower } }
                          - { fault: pause, at: 280.47s, for: 5s, repeat: 4, apart: 25.41s, target: { member: leader } }
                          - { fault: pause, at: 390.47s, for: 5s, repeat: 4, apart: 25.41s, target: { member: follower } }
                          - { fault: kill, at: 500.61s, for: 8s, repeat: 3, apart: 30.33s, target: { member: leader } }
                          - { fault: kill, at: 600.61s, for: 8s, repeat: 3, apart: 30.33s, target: { member: follower } }
                          - { fault: scrape-gap, at: 700.17s, for: 8s, repeat: 3, apart: 20.21s, target: { member: leader } }
                          - { fault: scrape-gap, at: 770.17s, for: 8s, repeat: 3, apart: 20.21s, target: { member: follower } }
                          - { fault: rolling-restart, at: 840s, every: 15s, down: 2s, target: { member: all } }
                          - { fault: network-delay, at: 900s, for: 20s, delay: 60ms, target: { member: follower } }
                          - { fault: link-flap, at: 930s, for: 24s, every: 4s, target: { member: follower } }
                          - { fault: disk-slow, at: 960s, for: 20s, times: 20, target: { member: follower } }
                        """.formatted(etcd, load), 3, 1000, others, fired);
            }
        }

        assertThat(others).hasSizeGreaterThanOrEqualTo(1000);
        System.out.printf("%d things that are no hang, %d alerts%n", others.size(), fired.size());
        assertThat(fired).as("of %d things that are no hang", others.size()).isEmpty();
    }

    @Test
    void staysSilentAboutIdleClusters() throws Exception {
        List<Alert> fired = new ArrayList<>();
        int clusters = 60;
        // Nothing at all, an entry a minute, and what 3.4's health checks propose.
        List<Double> proposals = List.of(0.0, 0.017, 0.1, 0.5);
        for (double others : proposals) {
            run("""
                    schema: plan/v1
                    name: idle
                    fleet: { clusters: %d, members: 3, prefix: i-, load: { puts: 0, ranges: 0, others: %s } }
                    collector: { scrape: 60s, status: 1s }
                    """.formatted(clusters, others), 3, 3600, new ArrayList<>(), fired);
        }

        System.out.printf("%d idle cluster-hours, %d alerts%n", clusters * proposals.size(), fired.size());
        assertThat(fired).isEmpty();
    }

    private void run(String text, int members, int seconds, List<Planted> planted, List<Alert> fired) throws Exception {
        Simulation simulation = new Simulation(Plan.read("plan.yaml", text), SEED, BEGIN);
        SimulatedEvents events = new SimulatedEvents(members);
        List<MemberStatus> statuses = new ArrayList<>();
        simulation.run(
                seconds,
                seen -> {
                    if (seen.kind() == Observation.Kind.STATUS) {
                        statuses.add(events.status(seen));
                    }
                },
                simulated -> {});
        List<ClusterRoster> rosters = simulation.clusters().stream()
                .map(cluster -> SimulatedEvents.roster(cluster, BEGIN))
                .toList();
        statuses.sort(Comparator.comparing(MemberStatus::observedAt));
        planted.addAll(planted(simulation, seconds));
        fired.addAll(detect(statuses, rosters));
    }

    private List<Planted> planted(Simulation simulation, int seconds) throws IOException {
        Path file = folder.resolve("truth.json");
        simulation.truth(SEED, seconds).write(file);
        List<Planted> planted = new ArrayList<>();
        Map<String, Double> begun = new HashMap<>();
        for (JsonNode event : new ObjectMapper().readTree(file.toFile()).get("events")) {
            double at = event.get("t").asDouble() - BEGIN.getEpochSecond();
            String cluster = event.get("cluster").asText();
            String member = event.path("member").asText();
            String key = cluster + ' ' + member + ' ' + event.get("fault").asText();
            if (event.get("event").asText().equals("fault_start")) {
                begun.put(key, at);
            } else {
                planted.add(new Planted(cluster, member, begun.getOrDefault(key, at), at));
            }
        }
        return planted;
    }

    private static List<Alert> detect(List<MemberStatus> statuses, List<ClusterRoster> rosters) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<MemberStatus> answers = env.fromData(statuses)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<MemberStatus>forGenerator(context -> new EveryEvent<>())
                                .withTimestampAssigner(
                                        (status, unused) -> status.observedAt().toEpochMilli()));
        DataStream<ClusterRoster> belong = env.fromData(rosters)
                .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>()));
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        answers,
                        belong.flatMap((ClusterRoster roster, Collector<MemberWindow> out) -> {})
                                .returns(MemberWindow.class),
                        belong,
                        belong.flatMap((ClusterRoster roster, Collector<Coverage> out) -> {})
                                .returns(Coverage.class),
                        belong.flatMap((ClusterRoster roster, Collector<Control> out) -> {})
                                .returns(Control.class)),
                new Controls(List.of(RULE), List.of(), "fleet"),
                WindowSettings.DEFAULT.size());
        List<Alert> fired = new ArrayList<>();
        try (CloseableIterator<Alert> all = detection.alerts().executeAndCollect()) {
            all.forEachRemaining(alert -> {
                if (alert.status() == Alert.Status.FIRING) {
                    fired.add(alert);
                }
            });
        }
        return fired;
    }

    private static Instant after(double seconds) {
        return BEGIN.plusMillis(Math.round(seconds * 1000));
    }
}
