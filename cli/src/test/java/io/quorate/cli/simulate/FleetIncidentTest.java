package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.ingest.Observation;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.time.EveryEvent;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Threshold;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.plan.Plan;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sixty simulated clusters, and the hypervisor of fifty of them gone: what the statuses' rules make of it. */
@Tag("slow")
class FleetIncidentTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int GONE_SECOND = 60;
    private static final int LASTS_SECONDS = 360;

    @Test
    void isOnePageThatNamesWhatTheyShare() throws Exception {
        List<Alert> alerts = detect(seen());

        List<Alert> incident = alerts.stream()
                .filter(alert -> alert.rule().equals("EtcdFleetContagion"))
                .toList();
        incident.forEach(alert -> System.out.println(Duration.between(BEGIN, alert.at())
                        .toMillis() + " ms "
                + alert.status() + ' ' + alert.severity() + ' ' + alert.summary() + "; "
                + alert.evidence().get(0).what() + ' ' + alert.evidence().get(0).value()));
        assertThat(incident).extracting(Alert::id).containsOnly(incident.get(0).id());
        assertThat(incident)
                .extracting(Alert::status)
                .contains(Status.FIRING, Status.RESOLVED)
                .last()
                .isEqualTo(Status.RESOLVED);
        Alert page = incident.stream()
                .filter(alert -> alert.status() == Status.FIRING)
                .findFirst()
                .orElseThrow();
        assertThat(page.summary()).startsWith("50 of 50 clusters with hypervisor=a fell ill");
        assertThat(page.at()).isBefore(BEGIN.plusSeconds(GONE_SECOND + 60));

        List<Alert> children = alerts.stream()
                .filter(alert -> !alert.rule().equals("EtcdFleetContagion")
                        && List.of(Status.FIRING, Status.UPDATED).contains(alert.status()))
                .toList();
        System.out.println(children.size() + " transitions of their alerts");
        assertThat(children)
                .hasSizeGreaterThanOrEqualTo(50)
                .allMatch(alert -> incident.get(0).id().equals(alert.partOf()));
    }

    private static List<Observation> seen() throws Exception {
        Plan plan = Plan.read("plan.yaml", """
                schema: plan/v1
                name: hypervisor
                fleet:
                  clusters: 60
                  members: 3
                  prefix: c-
                  etcd: "3.5"
                  load: { puts: 1, workers: 1, value: 64B, keys: 10, ranges: 0, others: 0, watchers: 0 }
                  labels:
                    hypervisor: [a, a, a, a, a, b]
                collector: { scrape: 60s, status: 1s }
                faults:
                  - { fault: kill, at: %ds, for: 60s, target: { labels: { hypervisor: a }, member: all } }
                """.formatted(GONE_SECOND));
        Simulation simulation = new Simulation(plan, 7, BEGIN);
        SimulatedEvents events = new SimulatedEvents(3);
        List<Observation> seen = new ArrayList<>();
        Random random = new Random(7);
        simulation
                .clusters()
                .forEach(cluster ->
                        seen.add(Observation.of(withDecoys(random, SimulatedEvents.roster(cluster, BEGIN)))));
        List<MemberStatus> statuses = new ArrayList<>();
        simulation.run(
                LASTS_SECONDS,
                one -> {
                    if (one.kind() == io.quorate.simulator.face.Observation.Kind.STATUS) {
                        statuses.add(events.status(one));
                    }
                },
                simulated -> {});
        statuses.sort(Comparator.comparing(MemberStatus::observedAt));
        statuses.forEach(status -> seen.add(Observation.of(status)));
        return seen;
    }

    private static ClusterRoster withDecoys(Random random, ClusterRoster roster) {
        Map<String, String> labels = new TreeMap<>(roster.labels());
        new TreeMap<>(Map.of("env", 2, "region", 3, "owner", 12, "storage-class", 5, "etcd-version", 8))
                .forEach((label, values) -> labels.put(label, "v" + random.nextInt(values)));
        return new ClusterRoster(
                roster.cluster(),
                roster.clusterId(),
                roster.observedAt(),
                roster.ingestedAt(),
                roster.members(),
                labels);
    }

    private static List<Alert> detect(List<Observation> seen) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<Observation> all = env.fromData(Observation.class, seen.toArray(Observation[]::new))
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Observation>forGenerator(
                                context -> new EveryEvent<>())
                        .withTimestampAssigner((one, unused) ->
                                (one.status() == null ? BEGIN : one.status().observedAt()).toEpochMilli()));
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        all.flatMap((Observation one, Collector<MemberStatus> out) -> {
                                    if (one.status() != null) {
                                        out.collect(one.status());
                                    }
                                })
                                .returns(MemberStatus.class),
                        all.flatMap(new Nothing<MemberWindow>()).returns(MemberWindow.class),
                        all.flatMap((Observation one, Collector<ClusterRoster> out) -> {
                                    if (one.roster() != null) {
                                        out.collect(one.roster());
                                    }
                                })
                                .returns(ClusterRoster.class),
                        all.flatMap(new Nothing<Coverage>()).returns(Coverage.class),
                        all.flatMap(new Nothing<Control>()).returns(Control.class)),
                new Controls(rules(), List.of(), "fleet"),
                Duration.ofSeconds(10));
        List<Alert> alerts = new ArrayList<>();
        try (CloseableIterator<Alert> said = detection.alerts().executeAndCollect()) {
            said.forEachRemaining(alerts::add);
        }
        alerts.sort(Comparator.comparing(Alert::at));
        return alerts;
    }

    /** Those of statuses alone, as if each were stable: what is not notifies nobody. */
    private static List<Rule> rules() throws Exception {
        List<Rule> rules = new ArrayList<>();
        for (RuleFile file : RuleReader.shippedFiles()) {
            if (file.rule().condition() instanceof Threshold threshold
                    && threshold.reads() == Threshold.Source.MEMBER_STATUS
                    && file.rule().runsIn().contains("fleet")) {
                try (InputStream in = RuleReader.class.getResourceAsStream('/' + file.name())) {
                    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    rules.add(RuleReader.parse(file.name(), text.replace("maturity: sandbox", "maturity: stable"))
                            .under("fleet"));
                }
            }
        }
        return rules;
    }

    private static final class Nothing<T> implements FlatMapFunction<Observation, T> {

        private static final long serialVersionUID = 1;

        @Override
        public void flatMap(Observation one, Collector<T> out) {
            // That is what it is for.
        }
    }
}
