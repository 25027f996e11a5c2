package io.quorate.jobs.detection;

import static io.quorate.jobs.detection.Patterns.absent;
import static io.quorate.jobs.detection.Patterns.alerts;
import static io.quorate.jobs.detection.Patterns.all;
import static io.quorate.jobs.detection.Patterns.at;
import static io.quorate.jobs.detection.Patterns.leaderMoves;
import static io.quorate.jobs.detection.Patterns.move;
import static io.quorate.jobs.detection.Patterns.ofTheSameMember;
import static io.quorate.jobs.detection.Patterns.pattern;
import static io.quorate.jobs.detection.Patterns.rule;
import static io.quorate.jobs.detection.Patterns.shown;
import static io.quorate.jobs.detection.Patterns.symptom;
import static io.quorate.jobs.detection.Patterns.times;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.events.LeaderChange;
import io.quorate.events.Symptom;
import io.quorate.jobs.Counted;
import io.quorate.jobs.Gathered;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.compile.PatternEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class PatternsPipelineTest {

    private static final Step DISK = symptom("disk-is-slow", "DiskSlow");
    private static final Step HEARTBEATS = symptom("heartbeats-fail", "HeartbeatsFail");
    private static final Step NETWORK = symptom("network-fails", "SendsFail");

    private final Rule chain = rule("SlowDiskMovesLeader", pattern(DISK, HEARTBEATS, leaderMoves()));

    /** All of it lies in one window, and the window comes after the leader change. */
    @Test
    void takesWhatOneWindowShowsFromCauseToEffect() throws Exception {
        List<Alert> alerts = alerts(
                chain,
                all(shown("c1", "HeartbeatsFail", "m1", 10, 20), shown("c1", "DiskSlow", "m1", 10, 20)),
                List.of(move("c1", 13, "m1", "m2", 3)));

        assertThat(transitions(alerts)).containsExactly("c1 firing at 13", "c1 resolved at 313");
        assertThat(alerts.get(0).summary())
                .isEqualTo("c1 m1: disk-is-slow -> heartbeats-fail -> leader-moves, 1 times in 3s");
        assertThat(alerts.get(0).evidence())
                .containsExactly(
                        new Evidence("disk-is-slow", "DiskSlow of m1: because", at(10)),
                        new Evidence("heartbeats-fail", "HeartbeatsFail of m1: because", at(10)),
                        new Evidence("leader-moves", "m1 -> m2, term 130", at(13)));
        assertThat(alerts).extracting(Alert::id).containsOnly(Alert.idOf(chain.name(), "c1", null, at(13)));
    }

    @Test
    void staysSilentWhenTheEffectLiesInAWindowBeforeItsCause() throws Exception {
        assertThat(alerts(
                        chain,
                        all(shown("c1", "HeartbeatsFail", "m1", 10, 20), shown("c1", "DiskSlow", "m1", 20, 30)),
                        List.of(move("c1", 25, "m1", "m2", 3))))
                .isEmpty();
    }

    @Test
    void holdsWhatIsStillTrueAnHourAfterItBegan() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, leaderMoves()));

        assertThat(transitions(alerts(
                        rule, shown("c1", "DiskSlow", "m1", 10, 3700), List.of(move("c1", 3600, "m1", "m2", 3)))))
                .containsExactly("c1 firing at 3600", "c1 resolved at 3900");
        assertThat(alerts(rule, shown("c1", "DiskSlow", "m1", 10, 3480), List.of(move("c1", 3600, "m1", "m2", 3))))
                .as("true until the window before that which is two minutes earlier")
                .isEmpty();
    }

    @Test
    void holdsNothingThatBeganAWholeSpanBefore() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, leaderMoves()));
        List<Symptom> disk = all(shown("in", "DiskSlow", "m1", 10, 20), shown("out", "DiskSlow", "m1", 10, 20));

        assertThat(transitions(
                        alerts(rule, disk, List.of(move("in", 129.5, "m1", "m2", 3), move("out", 130, "m1", "m2", 3)))))
                .containsExactly("in firing at 129.5", "in resolved at 429.5");
    }

    @Test
    void asksForMoreOfALargerCluster() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, times(2, 0, leaderMoves())));
        List<Symptom> disk = new ArrayList<>();
        List<LeaderChange> moves = new ArrayList<>();
        for (int members : new int[] {0, 1, 3, 5}) {
            disk.addAll(shown("of" + members, "DiskSlow", "m1", 10, 20));
            for (int i = 1; i <= 6; i++) {
                moves.add(move("of" + members, 10 + i, "m1", "m2", members));
            }
        }

        assertThat(transitions(alerts(rule, disk, moves)))
                .filteredOn(told -> told.contains("firing"))
                .containsExactly("of0 firing at 12", "of1 firing at 12", "of3 firing at 13", "of5 firing at 15");
    }

    @Test
    void takesOneWhereTheClusterAsksForNoMore() throws Exception {
        Rule rule = rule("Chain", pattern(times(1, 0, ofTheSameMember(DISK)), leaderMoves()));

        assertThat(transitions(alerts(
                        rule,
                        all(shown("c1", "DiskSlow", "m1", 10, 40), shown("c2", "DiskSlow", "m1", 10, 30)),
                        List.of(move("c1", 45, "m1", "m2", 3), move("c2", 45, "m1", "m2", 3)))))
                .as("of three members three windows")
                .containsExactly("c1 firing at 45", "c1 resolved at 345");
    }

    @Test
    void countsSymptomsOfWindowsAndMembers() throws Exception {
        Rule rule = rule("Chain", pattern(times(3, -1, DISK), leaderMoves()));

        assertThat(transitions(alerts(
                        rule,
                        all(
                                shown("two", "DiskSlow", "m1", 10, 30),
                                shown("three", "DiskSlow", "m1", 10, 30),
                                shown("three", "DiskSlow", "m2", 20, 30)),
                        List.of(move("two", 45, "m1", "m2", 3), move("three", 45, "m1", "m2", 3)))))
                .containsExactly("three firing at 45", "three resolved at 345");
    }

    @Test
    void staysSilentWhenWhatMustBeAbsentHappensInBetween() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, absent(NETWORK), leaderMoves()));

        List<Alert> alerts = alerts(
                rule,
                all(
                        shown("c1", "DiskSlow", "m1", 10, 20),
                        shown("c2", "DiskSlow", "m1", 10, 20),
                        shown("c2", "SendsFail", "m3", 30, 40),
                        shown("c3", "DiskSlow", "m1", 10, 20),
                        shown("c3", "SendsFail", "m3", 60, 70)),
                List.of(move("c1", 45, "m1", "m2", 3), move("c2", 45, "m1", "m2", 3), move("c3", 45, "m1", "m2", 3)));

        assertThat(transitions(alerts))
                .containsExactly("c1 firing at 45", "c1 resolved at 345", "c3 firing at 45", "c3 resolved at 345");
        assertThat(alerts.get(0).evidence()).contains(new Evidence("network-fails", "no SendsFail", at(45)));
    }

    @Test
    void firesWhenTheTimeIsOverInWhichTheLastStepMustBeAbsent() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, absent(leaderMoves())));

        assertThat(transitions(alerts(
                        rule,
                        all(
                                shown("c1", "DiskSlow", "m1", 10, 20),
                                shown("c2", "DiskSlow", "m1", 10, 20),
                                shown("c3", "DiskSlow", "m1", 10, 20)),
                        List.of(move("c2", 129, "m1", "m2", 3), move("c3", 130, "m1", "m2", 3)))))
                .containsExactly("c1/m1 firing at 130", "c1/m1 resolved at 430", "c3/m1 firing at 130", "c3/m1 resolved at 430");
    }

    @Test
    void letsNoneOfSeveralAbsentStepsHappen() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, absent(NETWORK), absent(leaderMoves())));

        assertThat(transitions(alerts(
                        rule,
                        all(
                                shown("c1", "DiskSlow", "m1", 10, 20),
                                shown("c2", "DiskSlow", "m1", 10, 20),
                                shown("c2", "SendsFail", "m1", 40, 50),
                                shown("c3", "DiskSlow", "m1", 10, 20)),
                        List.of(move("c3", 60, "m1", "m2", 3)))))
                .containsExactly("c1/m1 firing at 130", "c1/m1 resolved at 430");
    }

    @Test
    void takesOnlyTheSameMemberWhereTheRuleSaysSo() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, ofTheSameMember(HEARTBEATS), ofTheSameMember(leaderMoves())));

        List<Alert> alerts = alerts(
                rule,
                all(
                        shown("c1", "DiskSlow", "m1", 10, 20),
                        shown("c1", "HeartbeatsFail", "m1", 10, 20),
                        shown("c2", "DiskSlow", "m1", 10, 20),
                        shown("c2", "HeartbeatsFail", "m3", 10, 20),
                        shown("c3", "DiskSlow", "m1", 10, 20),
                        shown("c3", "HeartbeatsFail", "m1", 10, 20)),
                List.of(move("c1", 15, "m1", "m2", 3), move("c2", 15, "m1", "m2", 3), move("c3", 15, "m3", "m2", 3)));

        assertThat(transitions(alerts)).containsExactly("c1/m1 firing at 15", "c1/m1 resolved at 315");
        assertThat(alerts)
                .allSatisfy(alert -> assertThat(alert.id()).isEqualTo(Alert.idOf("Chain", "c1", "m1", at(15))))
                .extracting(Alert::memberId)
                .containsOnly("id-m1");
    }

    /** A match takes what came before its end; one member's must not take another's. */
    @Test
    void doesNotLetOneMembersMatchTakeAnothers() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, ofTheSameMember(HEARTBEATS)));

        assertThat(transitions(alerts(
                        rule,
                        all(
                                shown("c1", "DiskSlow", "m1", 10, 20),
                                shown("c1", "DiskSlow", "m2", 10, 20),
                                shown("c1", "HeartbeatsFail", "m1", 20, 30),
                                shown("c1", "HeartbeatsFail", "m2", 30, 40)),
                        List.of())))
                .containsExactlyInAnyOrder(
                        "c1/m1 firing at 20", "c1/m1 resolved at 320", "c1/m2 firing at 30", "c1/m2 resolved at 330");
    }

    @Test
    void mergesMatchesOfOneEpisodeAndTellsOncePerWindow() throws Exception {
        Rule rule = rule("Chain", pattern(DISK, leaderMoves()));
        List<Symptom> disk = all(
                shown("c1", "DiskSlow", "m1", 10, 20),
                shown("c1", "DiskSlow", "m1", 60, 70),
                shown("c1", "DiskSlow", "m2", 60, 70),
                shown("c1", "DiskSlow", "m1", 400, 410));
        List<LeaderChange> moves =
                List.of(move("c1", 15, "m1", "m2", 3), move("c1", 65, "m2", "m1", 3), move("c1", 400, "m1", "m2", 3));

        List<Alert> alerts = alerts(rule, disk, moves);

        assertThat(transitions(alerts))
                .containsExactly(
                        "c1 firing at 15",
                        "c1 updated at 65",
                        "c1 resolved at 365",
                        "c1 firing at 400",
                        "c1 resolved at 700");
        assertThat(alerts)
                .extracting(Alert::id)
                .containsExactly(
                        alerts.get(0).id(),
                        alerts.get(0).id(),
                        alerts.get(0).id(),
                        alerts.get(3).id(),
                        alerts.get(3).id());
        assertThat(alerts.get(0).id()).isNotEqualTo(alerts.get(3).id());
        assertThat(alerts.get(1).evidence()).hasSize(4);
        assertThat(alerts.get(1).summary()).contains("2 times in 55s");
    }

    @Test
    void tellsSeveralMatchesOfOneWindowOnce() throws Exception {
        Rule rule = rule("Chain", pattern(leaderMoves()));

        List<Alert> alerts =
                alerts(rule, List.of(), List.of(move("c1", 11, "m1", "m2", 3), move("c1", 12, "m2", "m1", 3)));

        assertThat(transitions(alerts)).containsExactly("c1 firing at 12", "c1 resolved at 312");
        assertThat(alerts.get(0).evidence()).hasSize(2);
    }

    @Test
    void beginsAnewWhenAMatchEndsAsTheEpisodeIsOver() throws Exception {
        Rule rule = rule("Chain", pattern(leaderMoves()));

        assertThat(transitions(alerts(
                        rule,
                        List.of(),
                        List.of(
                                move("over", 15, "m1", "m2", 3),
                                move("over", 315, "m2", "m1", 3),
                                move("open", 15, "m1", "m2", 3),
                                move("open", 314, "m2", "m1", 3)))))
                .containsExactly(
                        "open firing at 15",
                        "open updated at 314",
                        "open resolved at 614",
                        "over firing at 15",
                        "over resolved at 315",
                        "over firing at 315",
                        "over resolved at 615");
    }

    /** Live, a window comes seconds after the leader changes in it; a busy broker mixes them further. */
    @Test
    void saysTheSameHoweverItsInputIsShuffledWithinTheWatermarksBound() throws Exception {
        Duration disorder = Duration.ofSeconds(30);
        Rule rule =
                rule("Chain", pattern(times(2, -1, DISK), absent(NETWORK), HEARTBEATS, times(1, -1, leaderMoves())));
        List<Symptom> symptoms = new ArrayList<>();
        List<LeaderChange> changes = new ArrayList<>();
        int scenarios = 25;
        int shuffles = 8;
        for (int scenario = 0; scenario < scenarios; scenario++) {
            for (int shuffle = 0; shuffle < shuffles; shuffle++) {
                anHour(scenario, scenario + "." + shuffle, symptoms, changes);
            }
        }
        List<Alert> alerts = alerts(
                rule,
                shuffled(symptoms, Symptom::until, disorder, 1),
                shuffled(changes, LeaderChange::confirmedAt, disorder, 2),
                disorder);

        Map<String, Set<String>> byScenario = new TreeMap<>();
        Map<String, List<String>> byCluster = new TreeMap<>();
        alerts.forEach(alert -> byCluster
                .computeIfAbsent(alert.cluster(), c -> new ArrayList<>())
                .add(alert.status() + " " + alert.at() + " " + alert.evidence()));
        byCluster.forEach((cluster, told) -> byScenario
                .computeIfAbsent(cluster.replaceAll("\\..*", ""), c -> new TreeSet<>())
                .add(told.toString()));
        assertThat(byScenario)
                .hasSizeGreaterThan(scenarios / 2)
                .allSatisfy((scenario, told) ->
                        assertThat(told).as("scenario " + scenario).hasSize(1));
        assertThat(byCluster).hasSize(byScenario.size() * shuffles);
    }

    @Test
    void countsWhatComesTooLate() throws Exception {
        InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(1, metrics.addToConfiguration(new Configuration()));
        // By the second event of each stream, the windows of the third one are through.
        List<Symptom> symptoms = all(shown("c1", "DiskSlow", "m1", 500, 500), shown("c1", "DiskSlow", "m1", 10, 20));
        List<LeaderChange> changes = List.of(move("c1", 500, "m1", "m2", 3), move("c1", 13, "m1", "m2", 3));
        Gathered<Alert> alerts = Gathered.from(
                Patterns.alerts(env, rule("Chain", pattern(DISK, leaderMoves())), symptoms, changes, Duration.ZERO));

        JobClient job = env.executeAsync();
        job.getJobExecutionResult().get();

        assertThat(transitions(alerts.soFar())).doesNotContain("c1 firing at 13");
        assertThat(Counted.in(metrics, job.getJobID(), "chain-events", "latePatternEvents"))
                .as("the leader change or the symptom, whichever came behind both streams' watermarks")
                .isPositive();
    }

    @Test
    void keepsItsEventsAndStateWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PatternEvent.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(StepMatch.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PatternEpisode.class);
    }

    /** An hour in which much goes wrong at once. */
    private static void anHour(int seed, String cluster, List<Symptom> symptoms, List<LeaderChange> changes) {
        Random random = new Random(seed);
        for (String rule : List.of("DiskSlow", "DiskSlow", "HeartbeatsFail", "HeartbeatsFail", "SendsFail")) {
            for (String member : List.of("m1", "m2")) {
                int from = 10 + random.nextInt(300) * 10;
                symptoms.addAll(shown(cluster, rule, member, from, from + 10 + random.nextInt(30) * 10));
            }
        }
        for (int i = 1; i <= 40; i++) {
            changes.add(move(cluster, i * 80 + random.nextInt(790) / 10.0, "m1", "m2", 3));
        }
    }

    /** No event comes behind one that is more than the disorder younger. */
    private static <T> List<T> shuffled(List<T> events, Function<T, Instant> time, Duration disorder, long seed) {
        Random random = new Random(seed);
        Map<T, Instant> arrival = new IdentityHashMap<>();
        events.forEach(event ->
                arrival.put(event, time.apply(event).plusMillis(random.nextInt((int) disorder.toMillis()))));
        return events.stream().sorted(Comparator.comparing(arrival::get)).toList();
    }

    private static List<String> transitions(List<Alert> alerts) {
        return alerts.stream()
                .map(alert -> alert.cluster()
                        + (alert.member() == null ? "" : "/" + alert.member())
                        + " "
                        + (alert.status() == Status.FIRING
                                ? "firing"
                                : alert.status() == Status.UPDATED ? "updated" : "resolved")
                        + " at "
                        + Double.toString(Duration.between(Patterns.ZERO, alert.at())
                                                .toMillis()
                                        / 1000.0)
                                .replaceAll("\\.0$", ""))
                .collect(Collectors.toList());
    }
}
