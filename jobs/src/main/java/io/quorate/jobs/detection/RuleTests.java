package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberWindow;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleTest;
import io.quorate.rules.RuleTest.Expected;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Runs the tests that stand in a rule's file, on the operators that run the rule in production. */
public final class RuleTests {

    /** Event time 0 is special to CEP's timeouts; tests begin later. */
    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

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

    /** Runs every test of this rule; in this environment, one job per profile. */
    public static List<Outcome> run(StreamExecutionEnvironment env, Rule rule) throws Exception {
        Map<String, List<RuleTest>> byProfile = new TreeMap<>();
        rule.tests()
                .forEach(test -> byProfile
                        .computeIfAbsent(test.profile(), p -> new ArrayList<>())
                        .add(test));
        List<Outcome> outcomes = new ArrayList<>();
        for (Map.Entry<String, List<RuleTest>> profile : byProfile.entrySet()) {
            outcomes.addAll(run(env, rule, rule.under(profile.getKey()), profile.getValue()));
        }
        return outcomes;
    }

    private static List<Outcome> run(StreamExecutionEnvironment env, Rule rule, Rule effective, List<RuleTest> tests)
            throws Exception {
        Map<String, List<Alert>> alerts = new TreeMap<>();
        try (CloseableIterator<Alert> all = alerts(env, effective, tests).executeAndCollect()) {
            all.forEachRemaining(alert -> alerts.computeIfAbsent(alert.cluster(), c -> new ArrayList<>())
                    .add(alert));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            Instant until = ZERO.plus(tests.get(i).until());
            List<Expected> got = alerts.getOrDefault("test-" + i, List.of()).stream()
                    .filter(alert -> !alert.at().isAfter(until))
                    .map(alert -> asExpected(effective, alert))
                    .sorted(Comparator.comparing(Expected::after))
                    .toList();
            outcomes.add(new Outcome(rule, tests.get(i), got));
        }
        return outcomes;
    }

    private static DataStream<Alert> alerts(StreamExecutionEnvironment env, Rule rule, List<RuleTest> tests) {
        if (rule.condition() instanceof Rule.CountedChanges counted) {
            return DetectionPipeline.counted(changes(env, tests), rule, counted);
        }
        if (rule.condition() instanceof Rule.Regression regression) {
            return DetectionPipeline.regressions(windows(env, tests), rule, regression);
        }
        throw new IllegalStateException(rule.name() + " has a condition that no test can run");
    }

    private static DataStream<LeaderChange> changes(StreamExecutionEnvironment env, List<RuleTest> tests) {
        List<LeaderChange> changes = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            for (RuleTest.Given given : tests.get(i).given()) {
                changes.add(change("test-" + i, tests.get(i).members(), (RuleTest.Move) given));
            }
        }
        changes.sort(Comparator.comparing(LeaderChange::confirmedAt));
        return env.fromData(changes)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<LeaderChange>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (change, time) -> change.confirmedAt().toEpochMilli()));
    }

    private static DataStream<MemberWindow> windows(StreamExecutionEnvironment env, List<RuleTest> tests) {
        List<MemberWindow> windows = new ArrayList<>();
        for (int i = 0; i < tests.size(); i++) {
            for (RuleTest.Given given : tests.get(i).given()) {
                windows.add(window("test-" + i, (RuleTest.Window) given));
            }
        }
        windows.sort(Comparator.comparing(MemberWindow::windowEnd));
        return env.fromData(windows)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<MemberWindow>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (window, time) -> window.windowEnd().toEpochMilli()));
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
                // Each counted change is a line of evidence, as long as there are few.
                rule.condition() instanceof Rule.CountedChanges
                        ? alert.evidence().size()
                        : 0,
                alert.member());
    }
}
