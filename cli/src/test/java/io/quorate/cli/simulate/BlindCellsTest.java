package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.RuleCoverage;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionPipeline;
import io.quorate.jobs.percentiles.CoveragePipeline;
import io.quorate.jobs.percentiles.Derived;
import io.quorate.jobs.percentiles.PercentilesPipeline;
import io.quorate.jobs.settings.WindowSettings;
import io.quorate.jobs.time.EveryEvent;
import io.quorate.jobs.time.Timeless;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.Selector;
import io.quorate.rules.Threshold;
import io.quorate.simulator.face.Observation;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.plan.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/**
 * A metric that vanishes from one member's page turns exactly those cells blind whose rules read it, and says why. Every
 * metric that any shipped rule reads vanishes once, each in a cluster of its own.
 */
class BlindCellsTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int VANISHES_SECOND = 120;

    /** Two polls of ten seconds, and half a minute. */
    private static final int BLIND_SECOND = VANISHES_SECOND + 50;

    private static final int LASTS_SECONDS = 200;
    private static final String MEMBER = "m2";

    private final List<Rule> rules = RuleReader.shipped().stream()
            .map(rule -> rule.under(rule.runsIn().contains("mixin") ? "mixin" : "fleet"))
            .filter(BlindCellsTest::readsWindows)
            // Nobody asks a simulated machine.
            .filter(rule ->
                    reads(rule).stream().noneMatch(selector -> selector.metric().matches("(node|quorate_memory)_.*")))
            .toList();

    @Test
    void turnsExactlyTheDependentCellsBlindInTimeAndSaysWhy() throws Exception {
        List<String> metrics = new ArrayList<>(rules.stream()
                .flatMap(rule -> reads(rule).stream())
                .flatMap(selector -> shown(selector.metric()).stream())
                .filter(metric -> !metric.equals("up"))
                .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(metrics).hasSizeGreaterThan(10);
        Map<String, String> byCluster = new TreeMap<>();
        List<RuleCoverage> told = run(metrics, byCluster);

        assertThat(byCluster).hasSameSizeAs(metrics);
        for (Map.Entry<String, String> one : byCluster.entrySet()) {
            String metric = one.getValue();
            List<RuleCoverage> cells = told.stream()
                    .filter(cell -> cell.cluster().equals(one.getKey()))
                    .toList();
            assertThat(blind(cells, VANISHES_SECOND)).as(metric + " is there").isEmpty();
            Map<String, RuleCoverage> blind = blind(cells, BLIND_SECOND);
            assertThat(blind.keySet()).as(metric + " vanished").isEqualTo(dependent(metric));
            assertThat(blind.values()).allSatisfy(cell -> {
                assertThat(cell.metric()).isEqualTo(metric);
                // The reason is what coverage found out, not only that it is gone.
                assertThat(cell.why()).isIn("unknown", "born-by-use", "not-scraped", "basic-metrics");
                assertThat(cell.detail()).isNotBlank().isNotEqualTo("not among the series of the last window");
            });
            assertThat(blind(cells, LASTS_SECONDS).keySet()).isEqualTo(blind.keySet());
        }
    }

    private static boolean readsWindows(Rule rule) {
        return rule.condition() instanceof Threshold threshold && threshold.reads() == Threshold.Source.MEMBER_WINDOW;
    }

    private static List<Selector> reads(Rule rule) {
        Threshold threshold = (Threshold) rule.condition();
        List<Selector> reads = new ArrayList<>(threshold.signal().reads());
        if (threshold.guard() != null) {
            reads.addAll(threshold.guard().signal().reads());
        }
        return reads;
    }

    /** What members show of it: itself, or what it is made of. */
    private static List<String> shown(String metric) {
        return Derived.partsOf(metric).isEmpty() ? List.of(metric) : Derived.partsOf(metric);
    }

    /** The cells of the rules that cannot judge without this metric. */
    private Set<String> dependent(String metric) {
        return rules.stream()
                .filter(rule -> reads(rule).stream()
                        .anyMatch(selector -> shown(selector.metric()).contains(metric) && !selector.absentIsZero()))
                .map(rule -> rule.name() + ' ' + (((Threshold) rule.condition()).perCluster() ? null : MEMBER))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is blind at this second, by what was told up to then. */
    private static Map<String, RuleCoverage> blind(List<RuleCoverage> cells, int second) {
        Map<String, RuleCoverage> newest = new TreeMap<>();
        cells.stream()
                .filter(cell -> !cell.observedAt().isAfter(BEGIN.plusSeconds(second)))
                .sorted(Comparator.comparing(RuleCoverage::observedAt))
                .forEach(cell -> newest.put(cell.rule() + ' ' + cell.member(), cell));
        newest.values().removeIf(cell -> !cell.state().equals(RuleCoverage.BLIND));
        return newest;
    }

    private List<RuleCoverage> run(List<String> metrics, Map<String, String> byCluster) throws Exception {
        Plan plan = Plan.read("plan.yaml", """
                schema: plan/v1
                name: blind
                fleet: { clusters: %d, members: 3, prefix: c-, etcd: "3.5", metrics: extensive }
                collector: { scrape: 10s, status: 1s }
                """.formatted(metrics.size()));
        Simulation simulation = new Simulation(plan, 7, BEGIN);
        List<ClusterRoster> rosters = new ArrayList<>();
        for (int i = 0; i < metrics.size(); i++) {
            rosters.add(SimulatedEvents.roster(simulation.clusters().get(i), BEGIN));
            byCluster.put(simulation.clusters().get(i).name(), metrics.get(i));
        }
        SimulatedEvents events = new SimulatedEvents(3);
        List<MemberScrape> scrapes = new ArrayList<>();
        List<MemberStatus> statuses = new ArrayList<>();
        simulation.run(
                LASTS_SECONDS,
                seen -> {
                    if (seen.kind() == Observation.Kind.METRICS) {
                        scrapes.add(events.scrape(without(seen, byCluster)));
                    } else {
                        statuses.add(events.status(seen));
                    }
                },
                simulated -> {});
        scrapes.sort(Comparator.comparing(MemberScrape::observedAt));
        statuses.sort(Comparator.comparing(MemberStatus::observedAt));
        return detect(scrapes, statuses, rosters);
    }

    /** What was seen, without the metric that vanishes from the member. */
    private static Observation without(Observation seen, Map<String, String> byCluster) {
        String metric = byCluster.get(seen.cluster());
        boolean vanished = seen.askedAt() >= BEGIN.getEpochSecond() + VANISHES_SECOND
                && seen.member().equals(MEMBER)
                && seen.page() != null;
        if (!vanished) {
            return seen;
        }
        String page = seen.page()
                .lines()
                .filter(line -> !line.matches("(# \\w+ )?" + metric + "(_bucket|_sum|_count)?[ {].*"))
                .collect(Collectors.joining("\n", "", "\n"));
        return new Observation(
                seen.askedAt(),
                seen.took(),
                seen.arrivesAt(),
                seen.cluster(),
                seen.member(),
                seen.kind(),
                seen.source(),
                page,
                seen.status(),
                seen.error());
    }

    private List<RuleCoverage> detect(
            List<MemberScrape> scrapes, List<MemberStatus> statuses, List<ClusterRoster> rosters) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        DataStream<MemberScrape> pages = env.fromData(scrapes)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<MemberScrape>forGenerator(context -> new EveryEvent<>())
                                .withTimestampAssigner(
                                        (scrape, unused) -> scrape.observedAt().toEpochMilli()));
        DataStream<MemberStatus> answers = env.fromData(statuses)
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<MemberStatus>forGenerator(context -> new EveryEvent<>())
                                .withTimestampAssigner(
                                        (status, unused) -> status.observedAt().toEpochMilli()));
        DataStream<ClusterRoster> belong = env.fromData(rosters)
                .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>()));
        DataStream<Control> nothing = belong.flatMap((ClusterRoster roster, Collector<Control> out) -> {})
                .returns(Control.class);
        PercentilesPipeline percentiles = PercentilesPipeline.of(pages, null, WindowSettings.DEFAULT);
        DetectionPipeline detection = DetectionPipeline.of(
                new DetectionPipeline.Listens(
                        answers,
                        percentiles
                                .windows()
                                .filter(window ->
                                        WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd())),
                        belong,
                        CoveragePipeline.of(pages, answers, belong),
                        nothing),
                new Controls(rules, List.of(), "fleet"),
                WindowSettings.DEFAULT.size());
        List<RuleCoverage> told = new ArrayList<>();
        try (CloseableIterator<RuleCoverage> all = detection.coverage().executeAndCollect()) {
            all.forEachRemaining(told::add);
        }
        return told;
    }
}
