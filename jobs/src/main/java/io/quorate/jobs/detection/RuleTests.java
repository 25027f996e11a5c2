package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.RuleReader;
import io.quorate.rules.RuleTest;
import io.quorate.rules.RuleTest.Expected;
import io.quorate.rules.StepPattern;
import io.quorate.rules.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs the tests that stand in a rule's file, on the operators that run the rule in production. */
public final class RuleTests {

    /** Each has some operators, and each operator its thread. */
    private static final int TRIALS_PER_JOB = 20;

    /** A rule that gives a symptom, or explains others' alerts, is tested by the alerts that it would give. */
    private static final Rule.Says SHOWS = new Rule.Says("{who} shows it", "");

    private RuleTests() {}

    /**
     * What one test brought.
     *
     * @param got the alerts that came, in order of time
     */
    public record Outcome(Rule rule, RuleTest test, List<Expected> got) {

        public boolean holds() {
            return got.equals(test.expect());
        }

        @Override
        public String toString() {
            return rule.name() + " " + test.claim()
                    + (holds() ? "" : "\n  expected " + test.expect() + "\n  got      " + got);
        }
    }

    /** Runs every test of this rule. */
    public static List<Outcome> run(StreamExecutionEnvironment env, Rule rule) throws Exception {
        return run(env, List.of(rule));
    }

    /** Runs every test of these rules; as a job's start costs more than a test, many rules are one job. */
    public static List<Outcome> run(StreamExecutionEnvironment env, List<Rule> rules) throws Exception {
        return run(env, rules, ranks(rules));
    }

    /**
     * The same with patterns over symptoms of other rules.
     *
     * @param ranks of the rules whose symptoms are read
     */
    public static List<Outcome> run(StreamExecutionEnvironment env, List<Rule> rules, Map<String, CausalRank> ranks)
            throws Exception {
        List<Trial> trials = new ArrayList<>();
        for (Rule rule : rules) {
            Map<String, List<RuleTest>> byProfile = new TreeMap<>();
            rule.tests()
                    .forEach(test -> byProfile
                            .computeIfAbsent(test.profile(), p -> new ArrayList<>())
                            .add(test));
            Rule heard = (rule.alert() == null ? rule.with(SHOWS) : rule).untested();
            byProfile.forEach((profile, tests) -> trials.add(new Trial(rule, heard.under(profile), tests)));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < trials.size(); i += TRIALS_PER_JOB) {
            List<Trial> together = trials.subList(i, Math.min(trials.size(), i + TRIALS_PER_JOB));
            outcomes.addAll(runTogether(env, together, ranks));
        }
        return outcomes;
    }

    /** Of these rules and of those that come with the product. */
    static Map<String, CausalRank> ranks(List<Rule> rules) {
        return PatternsPipeline.ranks(
                Stream.concat(RuleReader.shipped().stream(), rules.stream()).toList());
    }

    /**
     * One rule under one profile, with operators of its own.
     *
     * @param effective the rule as it reads under that profile
     * @param tests each in a cluster of its own
     */
    private record Trial(Rule rule, Rule effective, List<RuleTest> tests) {}

    private static List<Outcome> runTogether(
            StreamExecutionEnvironment env, List<Trial> trials, Map<String, CausalRank> ranks) throws Exception {
        DataStream<Alert> together = alerts(Givens.of(env, givenOf(trials)), trials, ranks);
        Map<String, List<Alert>> alerts = new TreeMap<>();
        try (CloseableIterator<Alert> all = together.executeAndCollect()) {
            all.forEachRemaining(alert -> alerts.computeIfAbsent(alert.cluster(), c -> new ArrayList<>())
                    .add(alert));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int trial = 0; trial < trials.size(); trial++) {
            Rule effective = trials.get(trial).effective();
            List<RuleTest> tests = trials.get(trial).tests();
            for (int i = 0; i < tests.size(); i++) {
                Instant until = Givens.ZERO.plus(tests.get(i).until());
                Instant end = endOf(effective, tests.get(i));
                List<Expected> got = alerts.getOrDefault(cluster(trial, i), List.of()).stream()
                        .filter(alert ->
                                !alert.at().isAfter(until) && !alert.at().isAfter(end))
                        .map(alert -> asExpected(effective, alert))
                        .sorted(Comparator.comparing(Expected::after))
                        .toList();
                outcomes.add(new Outcome(trials.get(trial).rule(), tests.get(i), got));
            }
        }
        return outcomes;
    }

    private static Map<String, RuleTest> givenOf(List<Trial> trials) {
        Map<String, RuleTest> tests = new TreeMap<>();
        for (int trial = 0; trial < trials.size(); trial++) {
            for (int i = 0; i < trials.get(trial).tests().size(); i++) {
                tests.put(cluster(trial, i), trials.get(trial).tests().get(i));
            }
        }
        return tests;
    }

    /** What each trial's operators make of what its own tests are given. */
    private static DataStream<Alert> alerts(Givens givens, List<Trial> trials, Map<String, CausalRank> ranks) {
        List<DataStream<Alert>> alerts = new ArrayList<>();
        for (int i = 0; i < trials.size(); i++) {
            Rule rule = trials.get(i).effective();
            String profile = trials.get(i).tests().get(0).profile();
            // Uids come of names, and a rule and its mutants share one.
            alerts.add(alerts(givens.only(trial(i)), rule.named(rule.name() + i), profile, ranks));
        }
        return alerts.stream().reduce(DataStream::union).orElseThrow();
    }

    private static DataStream<Alert> alerts(Givens givens, Rule rule, String profile, Map<String, CausalRank> ranks) {
        if (rule.condition() instanceof StepPattern pattern) {
            return PatternsPipeline.patterns(
                    givens.symptoms(), givens.changes(), rule, pattern, ranks, RuleTest.Window.SIZE.toMillis());
        }
        if (rule.condition() instanceof Threshold threshold) {
            return ConditionsPipeline.alone(givens, rule, threshold, profile);
        }
        return DetectionPipeline.alerts(givens.changes(), givens.windows(), rule);
    }

    /** The cluster of one test. */
    private static String cluster(int trial, int test) {
        return trial(trial) + test;
    }

    /** What the names of one trial's clusters begin with. */
    private static String trial(int trial) {
        return "trial-" + trial + "-test-";
    }

    /** Behind the last window or answer of a test nothing is known, not even that all are silent. */
    private static Instant endOf(Rule rule, RuleTest test) {
        return rule.condition() instanceof Threshold ? Givens.lastOf(test) : Instant.MAX;
    }

    private static Expected asExpected(Rule rule, Alert alert) {
        return new Expected(
                Duration.between(Givens.ZERO, alert.at()),
                alert.status(),
                alert.severity(),
                count(rule, alert),
                alert.member());
    }

    /** Each counted event is a line of evidence, as long as there are few. */
    private static int count(Rule rule, Alert alert) {
        if (rule.condition() instanceof StepPattern pattern) {
            return (int) alert.evidence().stream()
                    .filter(line -> line.what().equals(pattern.counted().name()))
                    .count();
        }
        return rule.condition() instanceof Rule.CountedChanges
                ? alert.evidence().size()
                : 0;
    }
}
