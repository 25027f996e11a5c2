package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.Symptom;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.RuleReader;
import io.quorate.rules.RuleTest;
import io.quorate.rules.RuleTest.Expected;
import io.quorate.rules.StepPattern;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs the tests that stand in a rule's file, on the operators that run the rule in production. */
public final class RuleTests {

    /** Event time 0 is special to CEP's timeouts; tests begin later. */
    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    /** Each has some operators, and each operator its thread. */
    private static final int TRIALS_PER_JOB = 20;

    private static final String NOBODY = "nobody";
    private static final RuleTest.Move NO_MOVE = new RuleTest.Move(Duration.ZERO, "", "", 0, false);
    private static final RuleTest.Window NO_WINDOW =
            new RuleTest.Window(Duration.ZERO, "", false, new Measures(List.of(), List.of(), List.of()));
    private static final RuleTest.Shown NO_SYMPTOM = new RuleTest.Shown(Duration.ZERO, Duration.ZERO, null, "");

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
        List<Trial> trials = new ArrayList<>();
        for (Rule rule : rules) {
            Map<String, List<RuleTest>> byProfile = new TreeMap<>();
            rule.tests()
                    .forEach(test -> byProfile
                            .computeIfAbsent(test.profile(), p -> new ArrayList<>())
                            .add(test));
            byProfile.forEach((profile, tests) -> trials.add(new Trial(rule, rule.under(profile), tests)));
        }
        Map<String, CausalRank> ranks = PatternsPipeline.ranks(
                Stream.concat(RuleReader.shipped().stream(), rules.stream()).toList());
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < trials.size(); i += TRIALS_PER_JOB) {
            List<Trial> together = trials.subList(i, Math.min(trials.size(), i + TRIALS_PER_JOB));
            outcomes.addAll(run(env, together, ranks));
        }
        return outcomes;
    }

    /**
     * One rule under one profile, with operators of its own.
     *
     * @param effective the rule as it reads under that profile
     * @param tests each in a cluster of its own
     */
    private record Trial(Rule rule, Rule effective, List<RuleTest> tests) {}

    private static List<Outcome> run(StreamExecutionEnvironment env, List<Trial> trials, Map<String, CausalRank> ranks)
            throws Exception {
        DataStream<Alert> together = Givens.of(env, trials).alerts(trials, ranks);
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
                Instant until = ZERO.plus(tests.get(i).until());
                List<Expected> got = alerts.getOrDefault(cluster(trial, i), List.of()).stream()
                        .filter(alert -> !alert.at().isAfter(until))
                        .map(alert -> asExpected(effective, alert))
                        .sorted(Comparator.comparing(Expected::after))
                        .toList();
                outcomes.add(new Outcome(trials.get(trial).rule(), tests.get(i), got));
            }
        }
        return outcomes;
    }

    /** The cluster of one test. */
    private static String cluster(int trial, int test) {
        return trial(trial) + test;
    }

    /** What the names of one trial's clusters begin with. */
    private static String trial(int trial) {
        return "trial-" + trial + "-test-";
    }

    /** What every test of a job is given, each kind as one stream. */
    private record Givens(
            DataStream<LeaderChange> changes, DataStream<MemberWindow> windows, DataStream<Symptom> symptoms) {

        static Givens of(StreamExecutionEnvironment env, List<Trial> trials) {
            // Flink takes no empty list: each kind has one of nobody.
            List<LeaderChange> changes = new ArrayList<>(List.of(change(NOBODY, 0, NO_MOVE)));
            List<MemberWindow> windows = new ArrayList<>(List.of(window(NOBODY, NO_WINDOW)));
            List<Symptom> symptoms = new ArrayList<>(shown(NOBODY, 0, NO_SYMPTOM));
            for (int trial = 0; trial < trials.size(); trial++) {
                List<RuleTest> tests = trials.get(trial).tests();
                for (int i = 0; i < tests.size(); i++) {
                    String cluster = cluster(trial, i);
                    int members = tests.get(i).members();
                    for (RuleTest.Given given : tests.get(i).given()) {
                        if (given instanceof RuleTest.Move move) {
                            changes.add(change(cluster, members, move));
                        } else if (given instanceof RuleTest.Window window) {
                            windows.add(window(cluster, window));
                        } else if (given instanceof RuleTest.Shown shown) {
                            symptoms.addAll(shown(cluster, members, shown));
                        }
                    }
                }
            }
            return new Givens(
                    inOrder(env, changes, LeaderChange::confirmedAt),
                    inOrder(env, windows, MemberWindow::windowEnd),
                    inOrder(env, symptoms, Symptom::until));
        }

        /** What each trial's operators make of what its own tests are given. */
        DataStream<Alert> alerts(List<Trial> trials, Map<String, CausalRank> ranks) {
            List<DataStream<Alert>> alerts = new ArrayList<>();
            for (int i = 0; i < trials.size(); i++) {
                String own = trial(i);
                Rule rule = trials.get(i).effective();
                // Uids come of names, and a rule and its mutants share one.
                alerts.add(only(own).alerts(rule.named(rule.name() + i), ranks));
            }
            return alerts.stream().reduce(DataStream::union).orElseThrow();
        }

        private Givens only(String own) {
            return new Givens(
                    changes.filter(change -> change.cluster().startsWith(own)),
                    windows.filter(window -> window.cluster().startsWith(own)),
                    symptoms.filter(symptom -> symptom.cluster().startsWith(own)));
        }

        private DataStream<Alert> alerts(Rule rule, Map<String, CausalRank> ranks) {
            if (rule.condition() instanceof StepPattern pattern) {
                return PatternsPipeline.patterns(
                        symptoms, changes, rule, pattern, ranks, RuleTest.Window.SIZE.toMillis());
            }
            return DetectionPipeline.alerts(changes, windows, rule);
        }
    }

    private static <T> DataStream<T> inOrder(
            StreamExecutionEnvironment env, List<T> events, SerializableFunction<T, Instant> time) {
        events.sort(Comparator.comparing(time));
        return env.fromData(events)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<T>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (event, before) -> time.apply(event).toEpochMilli()));
    }

    private interface SerializableFunction<T, R> extends Function<T, R>, Serializable {}

    /** One per window, and one when it is over. */
    private static List<Symptom> shown(String cluster, int members, RuleTest.Shown shown) {
        List<Symptom> symptoms = new ArrayList<>();
        Instant since = ZERO.plus(shown.from());
        Instant end = ZERO.plus(shown.to());
        for (Instant from = since; !from.isAfter(end); from = from.plus(RuleTest.Window.SIZE)) {
            Symptom.Kind kind = from.equals(since)
                    ? Symptom.Kind.ONSET
                    : from.equals(end) ? Symptom.Kind.CLEAR : Symptom.Kind.STILL;
            symptoms.add(new Symptom(
                    shown.rule(),
                    cluster,
                    null,
                    shown.member(),
                    null,
                    kind,
                    since,
                    from,
                    from.plus(RuleTest.Window.SIZE),
                    members,
                    ""));
        }
        return symptoms;
    }

    private static MemberWindow window(String cluster, RuleTest.Window window) {
        Instant end = ZERO.plus(window.end());
        return new MemberWindow(
                cluster,
                null,
                window.member(),
                null,
                end.minus(RuleTest.Window.SIZE),
                end,
                window.gap(),
                1,
                window.measures());
    }

    private static LeaderChange change(String cluster, int members, RuleTest.Move move) {
        Instant at = ZERO.plus(move.after());
        return new LeaderChange(
                cluster,
                null,
                move.from(),
                null,
                move.to(),
                null,
                move.raftTerm(),
                at,
                at,
                move.isPlanned() ? LeaderChange.Planned.YES : LeaderChange.Planned.UNKNOWN,
                members);
    }

    private static Expected asExpected(Rule rule, Alert alert) {
        return new Expected(
                Duration.between(ZERO, alert.at()),
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
