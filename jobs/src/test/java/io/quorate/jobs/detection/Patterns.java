package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.Symptom;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.RuleTest;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** Rules of steps, what they read, and what comes of it. */
final class Patterns {

    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");
    static final long WINDOW = 10_000;
    static final Map<String, CausalRank> RANKS = Map.of(
            "DiskSlow", CausalRank.DISK,
            "SendsFail", CausalRank.NETWORK,
            "HeartbeatsFail", CausalRank.HEARTBEAT,
            "RequestsFail", CausalRank.CLIENT);

    private Patterns() {}

    static Step symptom(String name, String rule) {
        return new Step(name, Set.of(rule), Set.of(), 1, -1, false, false);
    }

    static Step ofTheSameMember(Step step) {
        return new Step(
                step.name(),
                step.symptoms(),
                step.planned(),
                step.atLeast(),
                step.orMembersPlus(),
                step.absent(),
                true);
    }

    static Step times(int atLeast, int orMembersPlus, Step step) {
        return new Step(
                step.name(), step.symptoms(), step.planned(), atLeast, orMembersPlus, step.absent(), step.sameMember());
    }

    static Step absent(Step step) {
        return new Step(step.name(), step.symptoms(), step.planned(), 1, -1, true, step.sameMember());
    }

    static Step leaderMoves() {
        return new Step("leader-moves", Set.of(), Set.of(Planned.NO, Planned.UNKNOWN), 1, -1, false, false);
    }

    /** Within two minutes, over after five. */
    static StepPattern pattern(Step... steps) {
        return new StepPattern(List.of(steps), Duration.ofMinutes(2), Duration.ofMinutes(5), Severity.CRITICAL);
    }

    static Rule rule(String name, StepPattern pattern, RuleTest... tests) {
        return new Rule(
                name,
                "1",
                "Why it matters.",
                Rule.Maturity.STABLE,
                Set.of(),
                CausalRank.LEADER_CHANGE,
                pattern,
                new Rule.Says("{cluster} {member}: {steps}, {count} times in {span}", "docs/runbooks/chain.md"),
                null,
                Map.of(),
                List.of(tests),
                "");
    }

    /** True in the windows that begin from the one second to before the other. */
    static List<Symptom> shown(String cluster, String rule, String member, int from, int to) {
        List<Symptom> symptoms = new ArrayList<>();
        for (int second = from; second <= to; second += 10) {
            symptoms.add(new Symptom(
                    rule,
                    cluster,
                    "id-" + cluster,
                    member,
                    member == null ? null : "id-" + member,
                    second == from ? Symptom.Kind.ONSET : second == to ? Symptom.Kind.CLEAR : Symptom.Kind.STILL,
                    at(from),
                    at(second),
                    at(second + 10),
                    3,
                    "because"));
        }
        return symptoms;
    }

    /** By the second answer, 300 ms later. */
    static LeaderChange move(String cluster, double second, String from, String to, int members) {
        return new LeaderChange(
                cluster,
                "id-" + cluster,
                from,
                "id-" + from,
                to,
                "id-" + to,
                (long) (second * 10),
                at(second),
                at(second + 0.3),
                Planned.UNKNOWN,
                members);
    }

    static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }

    @SafeVarargs
    static <T> List<T> all(List<T>... some) {
        return Arrays.stream(some).flatMap(List::stream).toList();
    }

    /** What the rule makes of these, as they stand, with a watermark that waits for so long. */
    static List<Alert> alerts(Rule rule, List<Symptom> symptoms, List<LeaderChange> changes, Duration disorder)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        List<Alert> got = new ArrayList<>();
        try (CloseableIterator<Alert> all =
                alerts(env, rule, symptoms, changes, disorder).executeAndCollect()) {
            all.forEachRemaining(got::add);
            got.removeIf(alert -> alert.cluster().equals("nobody"));
        }
        got.sort(Comparator.comparing(Alert::cluster).thenComparing(Alert::at));
        return got;
    }

    static DataStream<Alert> alerts(
            StreamExecutionEnvironment env,
            Rule rule,
            List<Symptom> symptoms,
            List<LeaderChange> changes,
            Duration disorder) {
        DataStream<Symptom> shown = env.fromData(with(symptoms, shown("nobody", "None", null, 0, 0)))
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<Symptom>forGenerator(context -> new AtEveryEvent<>(disorder.toMillis()))
                                .withTimestampAssigner(
                                        (symptom, time) -> symptom.until().toEpochMilli()));
        DataStream<LeaderChange> moved = env.fromData(with(changes, List.of(move("nobody", 0, "m1", "m2", 3))))
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<LeaderChange>forGenerator(context -> new AtEveryEvent<>(disorder.toMillis()))
                                .withTimestampAssigner(
                                        (change, time) -> change.confirmedAt().toEpochMilli()));
        return PatternsPipeline.patterns(shown, moved, rule, (StepPattern) rule.condition(), RANKS, WINDOW);
    }

    /** In order of time. */
    static List<Alert> alerts(Rule rule, List<Symptom> symptoms, List<LeaderChange> changes) throws Exception {
        return alerts(
                rule,
                symptoms.stream().sorted(Comparator.comparing(Symptom::until)).toList(),
                changes.stream()
                        .sorted(Comparator.comparing(LeaderChange::confirmedAt))
                        .toList(),
                Duration.ZERO);
    }

    private static <T> List<T> with(List<T> events, List<T> others) {
        List<T> all = new ArrayList<>(others);
        all.addAll(events);
        return all;
    }

    /** Watermarks that depend on events alone, not on when they are asked for. */
    private record AtEveryEvent<T>(long disorder) implements WatermarkGenerator<T> {

        @Override
        public void onEvent(T event, long time, WatermarkOutput out) {
            out.emitWatermark(new Watermark(time - disorder - 1));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput out) {}
    }
}
