package io.quorate.jobs.detection;

import static io.quorate.jobs.detection.Patterns.absent;
import static io.quorate.jobs.detection.Patterns.at;
import static io.quorate.jobs.detection.Patterns.leaderMoves;
import static io.quorate.jobs.detection.Patterns.move;
import static io.quorate.jobs.detection.Patterns.pattern;
import static io.quorate.jobs.detection.Patterns.rule;
import static io.quorate.jobs.detection.Patterns.shown;
import static io.quorate.jobs.detection.Patterns.symptom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.events.Symptom;
import io.quorate.jobs.Gathered;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pattern's steps change, by a new deployment from the old one's savepoint, while episodes and partial matches are open. */
class RedeployedPatternsTest {

    private static final Step DISK = symptom("disk-is-slow", "DiskSlow");
    private static final Rule STORM = RuleReader.shipped("EtcdElectionStorm");
    private static final Rule KEPT = rule("Kept", pattern(DISK, leaderMoves()));
    private static final Rule BEFORE = rule("Changed", pattern(DISK, leaderMoves()));
    private static final Rule AFTER =
            BEFORE.with(pattern(DISK, absent(symptom("network-fails", "SendsFail")), leaderMoves()));

    private static List<Alert> before;
    private static List<Alert> after;

    /** Until second 150 under the old steps, then under the new ones. */
    @BeforeAll
    static void redeploy(@TempDir Path folder) throws Exception {
        StreamExecutionEnvironment old = StreamExecutionEnvironment.createLocalEnvironment(1);
        Told<Symptom> symptoms = new Told<>(
                Stream.of(shown("fired", "DiskSlow", "m1", 10, 20), shown("begun", "DiskSlow", "m1", 110, 120))
                        .flatMap(List::stream)
                        .toList(),
                at(150));
        Told<LeaderChange> changes = new Told<>(
                List.of(
                        move("fired", 15, "m1", "m2", 3),
                        move("storm", 20, "m1", "m2", 3),
                        move("storm", 30, "m2", "m1", 3),
                        move("storm", 40, "m1", "m2", 3),
                        move("gathers", 100, "m1", "m2", 3),
                        move("gathers", 120, "m2", "m1", 3)),
                at(150));
        Gathered<Alert> first = alerts(old, symptoms, changes, List.of(KEPT, BEFORE));
        JobClient job = old.executeAsync();
        await().atMost(Duration.ofMinutes(1)).until(() -> symptoms.isTold() && changes.isTold());
        String savepoint = job.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        before = first.soFar();

        Configuration restored = new Configuration();
        restored.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        // The old steps' partial matches are of no use to the new ones.
        restored.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        StreamExecutionEnvironment now = StreamExecutionEnvironment.createLocalEnvironment(1, restored);
        Gathered<Alert> second = alerts(
                now,
                new Told<>(shown("new", "DiskSlow", "m1", 200, 210), at(5000)),
                new Told<>(
                        List.of(
                                move("gathers", 180, "m1", "m2", 3),
                                move("begun", 180, "m1", "m2", 3),
                                move("new", 205, "m1", "m2", 3)),
                        at(5000)),
                List.of(KEPT, AFTER));
        JobClient again = now.executeAsync();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> second.soFar().stream()
                                .filter(alert -> alert.status() == Status.RESOLVED)
                                .count()
                        >= 7);
        again.cancel().get();
        after = second.soFar();
    }

    @Test
    void episodesThatWereOpenAreResolvedUnderTheirIds() {
        assertThat(told(before, Status.FIRING))
                .containsOnlyKeys("Changed fired", "EtcdElectionStorm storm", "Kept fired");
        assertThat(told(before, Status.RESOLVED)).isEmpty();
        assertThat(told(after, Status.RESOLVED)).containsAllEntriesOf(told(before, Status.FIRING));
    }

    @Test
    void partialMatchesOfTheOtherRulesGoOn() {
        assertThat(told(after, Status.FIRING)).containsKeys("Kept begun", "EtcdElectionStorm gathers");
    }

    @Test
    void theChangedPatternBeginsAnew() {
        assertThat(told(after, Status.FIRING))
                .containsOnlyKeys("Kept begun", "EtcdElectionStorm gathers", "Kept new", "Changed new");
        assertThat(after).hasSize(4 + 7);
    }

    @Test
    void onlyTheChangedPatternsStepsHaveAnotherAddress() {
        Set<String> old = uids(List.of(KEPT, BEFORE));
        Set<String> now = uids(List.of(AFTER, KEPT));

        assertThat(old.stream().filter(uid -> !now.contains(uid)))
                .singleElement()
                .asString()
                .startsWith("changed-steps-");
        assertThat(uids(List.of(KEPT)))
                .as("without the other rule")
                .isEqualTo(now.stream()
                        .filter(uid -> !uid.startsWith("changed"))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Set<String> uids(List<Rule> patterns) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        alerts(
                env,
                new Told<>(shown("c1", "DiskSlow", "m1", 0, 0), at(1)),
                new Told<>(List.of(move("c1", 0, "a", "b", 3)), at(1)),
                patterns);
        return env.getStreamGraph().getStreamNodes().stream()
                .map(node -> node.getTransformationUID())
                .filter(uid -> uid != null)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Ids by rule and cluster. */
    private static Map<String, String> told(List<Alert> alerts, Status status) {
        return alerts.stream()
                .filter(alert -> alert.status() == status)
                .collect(Collectors.toMap(
                        alert -> alert.rule() + " " + alert.cluster(),
                        Alert::id,
                        (one, other) -> one + "," + other,
                        TreeMap::new));
    }

    private static Gathered<Alert> alerts(
            StreamExecutionEnvironment env, Told<Symptom> symptoms, Told<LeaderChange> changes, List<Rule> patterns) {
        DataStream<Symptom> shown = env.addSource(symptoms, TypeInformation.of(Symptom.class));
        DataStream<LeaderChange> moved = env.addSource(changes, TypeInformation.of(LeaderChange.class));
        DataStream<Alert> alerts = DetectionPipeline.counted(moved, STORM, (Rule.CountedChanges) STORM.condition());
        for (Rule rule : patterns) {
            alerts = alerts.union(PatternsPipeline.patterns(
                    shown, moved, rule, (StepPattern) rule.condition(), Patterns.RANKS, Patterns.WINDOW));
        }
        return Gathered.from(alerts);
    }

    /** Tells these, then that it is so late, and waits to be stopped. */
    private static final class Told<T> implements SourceFunction<T> {

        private static final long serialVersionUID = 1;
        private static final Map<String, List<?>> EVENTS = new ConcurrentHashMap<>();
        private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

        private final String id = UUID.randomUUID().toString();
        private final Instant until;
        private volatile boolean stopped;

        Told(List<T> events, Instant until) {
            EVENTS.put(id, events);
            this.until = until;
        }

        boolean isTold() {
            return TOLD.contains(id);
        }

        @Override
        @SuppressWarnings("unchecked")
        public void run(SourceContext<T> context) throws Exception {
            for (T event : (List<T>) EVENTS.get(id)) {
                Instant time =
                        event instanceof Symptom symptom ? symptom.until() : ((LeaderChange) event).confirmedAt();
                synchronized (context.getCheckpointLock()) {
                    context.collectWithTimestamp(event, time.toEpochMilli());
                }
            }
            context.emitWatermark(new Watermark(until.toEpochMilli()));
            TOLD.add(id);
            synchronized (this) {
                while (!stopped) {
                    wait();
                }
            }
        }

        @Override
        public synchronized void cancel() {
            stopped = true;
            notifyAll();
        }
    }
}
