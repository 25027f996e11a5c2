package io.quorate.jobs.detection;

import io.quorate.events.ClusterRoster;
import io.quorate.events.LeaderChange;
import io.quorate.events.Measures;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Symptom;
import io.quorate.jobs.time.EveryEvent;
import io.quorate.jobs.time.Timeless;
import io.quorate.rules.RuleTest;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the tests of rules are given, each kind as one stream; each test is a cluster.
 *
 * @param rosters who belongs, before anything happens
 */
record Givens(
        DataStream<LeaderChange> changes,
        DataStream<MemberWindow> windows,
        DataStream<MemberStatus> statuses,
        DataStream<Symptom> symptoms,
        DataStream<ClusterRoster> rosters) {

    /** Event time 0 is special to CEP's timeouts; tests begin later. */
    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private static final String NOBODY = "nobody";
    private static final Kind<LeaderChange> CHANGE = new Kind<>(
            LeaderChange::cluster,
            LeaderChange::confirmedAt,
            Duration.ofMinutes(1),
            at -> change(NOBODY, 0, new RuleTest.Move(at, "", "", 0, false)));
    private static final Kind<MemberWindow> WINDOW = new Kind<>(
            MemberWindow::cluster,
            MemberWindow::windowEnd,
            RuleTest.Window.SIZE,
            at -> window(NOBODY, new RuleTest.Window(at, "", false, Measures.NONE)));
    private static final Kind<MemberStatus> STATUS = new Kind<>(
            MemberStatus::cluster,
            MemberStatus::observedAt,
            ClusterFacts.SIZE,
            at -> status(NOBODY, 0, new RuleTest.Answer(at, "", null, null, 0, 0, 0, 0, 0, false, List.of(), null)));
    private static final Kind<Symptom> SYMPTOM = new Kind<>(
            Symptom::cluster,
            Symptom::until,
            RuleTest.Window.SIZE,
            at -> shown(NOBODY, 0, new RuleTest.Shown(at, at, null, "")).get(0));

    /** Of these tests, by the name of each one's cluster. */
    static Givens of(StreamExecutionEnvironment env, Map<String, RuleTest> tests) {
        List<LeaderChange> changes = new ArrayList<>();
        List<MemberWindow> windows = new ArrayList<>();
        List<MemberStatus> statuses = new ArrayList<>();
        List<Symptom> symptoms = new ArrayList<>();
        List<ClusterRoster> rosters = new ArrayList<>(List.of(roster(NOBODY, 0)));
        tests.forEach((cluster, test) -> {
            int members = test.members();
            rosters.add(roster(cluster, members));
            for (RuleTest.Given given : test.given()) {
                if (given instanceof RuleTest.Move move) {
                    changes.add(change(cluster, members, move));
                } else if (given instanceof RuleTest.Window window) {
                    windows.add(window(cluster, window));
                } else if (given instanceof RuleTest.Answer answer) {
                    statuses.add(status(cluster, members, answer));
                } else if (given instanceof RuleTest.Shown shown) {
                    symptoms.addAll(shown(cluster, members, shown));
                }
            }
        });
        Disorder disorder = new Disorder(tests);
        return new Givens(
                CHANGE.told(env, changes, disorder),
                WINDOW.told(env, windows, disorder),
                STATUS.told(env, statuses, disorder),
                SYMPTOM.told(env, symptoms, disorder),
                env.fromData(rosters)
                        .assignTimestampsAndWatermarks(WatermarkStrategy.forGenerator(context -> new Timeless<>())));
    }

    /** Those of the clusters whose names begin so. */
    Givens only(String own) {
        return new Givens(
                changes.filter(change -> change.cluster().startsWith(own)),
                windows.filter(window -> window.cluster().startsWith(own)),
                statuses.filter(status -> status.cluster().startsWith(own)),
                symptoms.filter(symptom -> symptom.cluster().startsWith(own)),
                rosters.filter(roster -> roster.cluster().startsWith(own)));
    }

    /** When the last window or answer of this test is told. */
    static Instant lastOf(RuleTest test) {
        return test.given().stream()
                .map(given -> given instanceof RuleTest.Window window
                        ? window.end()
                        : given instanceof RuleTest.Answer answer ? answer.after() : Duration.ZERO)
                .max(Comparator.naturalOrder())
                .map(ZERO::plus)
                .orElse(ZERO);
    }

    /**
     * How events of one kind are told.
     *
     * @param late how far out of order those of a shuffled test are
     * @param nobodys one that is of no test, at this moment
     */
    private record Kind<T>(
            SerializableFunction<T, String> cluster,
            SerializableFunction<T, Instant> time,
            Duration late,
            Function<Duration, T> nobodys) {

        DataStream<T> told(StreamExecutionEnvironment env, List<T> events, Disorder disorder) {
            Duration behind = disorder.behind(late);
            SerializableFunction<T, Instant> timeOf = time;
            List<T> all = new ArrayList<>(events);
            // Flink takes no empty list; and the last one takes the stream's time to the end of the others.
            Instant last =
                    events.stream().map(time).max(Comparator.naturalOrder()).orElse(ZERO);
            all.add(nobodys.apply(Duration.between(ZERO, last).plus(behind)));
            return env.fromData(disorder.tell(all, cluster, time, late))
                    .assignTimestampsAndWatermarks(
                            WatermarkStrategy.<T>forGenerator(context -> new EveryEvent<>(behind))
                                    .withTimestampAssigner((event, before) ->
                                            timeOf.apply(event).toEpochMilli()));
        }
    }

    private interface SerializableFunction<T, R> extends Function<T, R>, Serializable {}

    private static ClusterRoster roster(String cluster, int members) {
        List<ClusterRoster.Member> all = new ArrayList<>();
        for (int i = 1; i <= members; i++) {
            all.add(new ClusterRoster.Member("m" + i, "m" + i, false, List.of()));
        }
        return new ClusterRoster(cluster, "", ZERO, ZERO, all, Map.of());
    }

    private static MemberStatus status(String cluster, int members, RuleTest.Answer answer) {
        Instant at = ZERO.plus(answer.after());
        if (answer.failure() != null) {
            return MemberStatus.failed(
                    cluster, answer.member(), answer.member(), "", at, members, answer.failure(), "");
        }
        return new MemberStatus(
                cluster,
                null,
                answer.member(),
                answer.member(),
                "",
                at,
                at,
                answer.version(),
                answer.dbSizeBytes(),
                answer.dbSizeInUseBytes(),
                answer.leader(),
                answer.raftTerm(),
                answer.raftIndex(),
                answer.raftAppliedIndex(),
                answer.learner(),
                answer.alarms().stream()
                        .map(alarm -> "memberID:1 alarm:" + alarm)
                        .toList(),
                members,
                null,
                null);
    }

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
}
