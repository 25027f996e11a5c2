package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.INFO;
import static io.quorate.events.Alert.Severity.WARNING;
import static io.quorate.jobs.ledger.Run.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.quorate.jobs.ledger.Truth.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthTest {

    @TempDir
    Path folder;

    private final Run run = new Run();

    @Test
    void readsTheFaultsOfARecordingAndTheirEndsButNoRecovery() throws IOException {
        Truth truth = recorded("""
            {"t": @0, "event": "start", "members": {"m1": {}}},
            {"t": @25, "event": "fault_start", "fault": "kill_SIGKILL_leader", "member": "m3"},
            {"t": @40, "event": "restart", "member": "m3"},
            {"t": @41, "event": "fault_end", "fault": "member_back", "member": "m3"},
            {"t": @150, "event": "end", "leader": "m3"}\
            """);

        assertThat(truth.events()).singleElement().satisfies(event -> {
            assertThat(event.text()).isEqualTo("kill_SIGKILL_leader of kill m3");
            assertThat(event.planned()).isFalse();
            assertThat(event.span()).isEqualTo(new Truth.Span(T0.plusSeconds(25), T0.plusSeconds(41)));
        });
        assertThat(truth.watched()).containsOnlyKeys("kill");
    }

    @Test
    void readsWhatSimulateWrites() throws IOException {
        Truth truth = of("""
            {"schema": "truth/v1", "scenario": "many", "t0": @0, "t1": @300,
             "clusters": [{"cluster": "a-1"}, {"cluster": "a-2"}],
             "events": [
              {"t": @10, "event": "fault_start", "fault": "partition", "cluster": "a-1", "members": ["m1", "m2"]},
              {"t": @20, "event": "fault_start", "fault": "rolling-restart", "cluster": "a-2", "members": ["m1"]},
              {"t": @30, "event": "fault_end", "fault": "partition", "cluster": "a-1", "members": ["m1", "m2"]},
              {"t": @40, "event": "fault", "fault": "counter-reset", "cluster": "a-2", "members": ["m1"]}]}\
            """);

        assertThat(truth.incidents())
                .extracting(Event::text)
                .containsExactly("partition of a-1 m1, m2", "counter-reset of a-2 m1");
        assertThat(truth.planned())
                .extracting(Event::text, event -> event.span().to())
                .containsExactly(tuple("rolling-restart of a-2 m1", T0.plusSeconds(300)));
        assertThat(truth.watched()).containsOnlyKeys("a-1", "a-2");
    }

    @Test
    void listsAsPlannedWhatOperatorsDoAndWhatTheTruthSaysSoOf() throws IOException {
        Truth truth = recorded("""
            {"t": @1, "event": "fault", "fault": "kill_SIGTERM_leader", "member": "m1"},
            {"t": @2, "event": "defrag", "member": "m1"},
            {"t": @3, "event": "fault", "fault": "kill", "member": "m2", "planned": true},
            {"t": @4, "event": "fault", "fault": "terminate", "member": "m3", "planned": false}\
            """);

        assertThat(truth.planned())
                .extracting(Event::what)
                .containsExactly("kill_SIGTERM_leader", "defragment", "kill");
        assertThat(truth.incidents()).extracting(Event::what).containsExactly("terminate");
    }

    @Test
    void countsAFaultThatIsOnlyNotedFromTheBeginningAndMeasuresItsLead() throws IOException {
        Truth truth = recorded("""
            {"t": @75, "event": "fault_note", "fault": "quota"},
            {"t": @99, "event": "fault_note", "fault": "quota"}\
            """);
        run.of("Full", "kill", "m1").fires(27, CRITICAL).ends(60);

        Score score = Score.of(truth, run.ledger());

        assertThat(truth.incidents()).singleElement().satisfies(event -> {
            assertThat(event.span()).isEqualTo(new Truth.Span(T0, T0.plusSeconds(99)));
            assertThat(event.notedAt()).isEqualTo(T0.plusSeconds(75));
        });
        assertThat(score.delay()).isNull();
        assertThat(score.lead()).isEqualTo(new Spread(1, 48, 48, 48));
    }

    @Test
    void findsAnIncidentByAnEpisodeOfItsClusterAndMember() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Slow", "kill", "m1").pends(12, WARNING).fires(15, WARNING).ends(30);

        Score score = Score.of(truth, run.ledger());

        assertThat(score.recall()).isEqualTo(1.0);
        assertThat(score.precision()).isEqualTo(1.0);
        assertThat(score.delay()).isEqualTo(new Spread(1, 5, 5, 5));
    }

    @Test
    void missesAnIncidentOfWhichOnlyAnotherMemberSpeaks() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Slow", "kill", "m2").fires(12, WARNING).ends(30);

        Score score = Score.of(truth, run.ledger());

        assertThat(score.recall()).isEqualTo(0.0);
        assertThat(score.awake()).isEqualTo(0.0);
        assertThat(score.stray()).extracting(Episode::member).containsExactly("m2");
    }

    @Test
    void tellsWhatFiredAlreadyWhenAMissedIncidentBeganAndCallsItMissed() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Storm", "kill", null).fires(5, WARNING).ends(15);
        run.of("Over", "kill", null).fires(1, WARNING).ends(9);

        Score score = Score.of(truth, run.ledger());
        assertThat(score.recall()).isZero();
        assertThat(score.awake()).isEqualTo(1.0);
        assertThat(score.outcomes()).singleElement().satisfies(outcome -> {
            assertThat(outcome.isFound()).isFalse();
            assertThat(outcome.during()).extracting(Episode::rule).isEqualTo("Storm");
            assertThat(Words.firstSaidBy(outcome)).isEqualTo("nobody, during Storm kill");
        });
    }

    @Test
    void takesTheRootOfACauseForTheMember() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Slow", "kill", "m2").because("m1").fires(12, WARNING).ends(30);

        assertThat(Score.of(truth, run.ledger()).recall()).isEqualTo(1.0);
    }

    @Test
    void takesAnEpisodeOfTheWholeClusterForAnyMember() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Storm", "kill", null).fires(12, WARNING).ends(30);

        assertThat(Score.of(truth, run.ledger()).recall()).isEqualTo(1.0);
    }

    @Test
    void belongsNoLongerToWhatWasOverASecondMoreThanTheReachAgo() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Slow", "kill", "m1").fires(80, WARNING).ends(90);
        assertThat(Score.of(truth, run.ledger(), Duration.ofSeconds(60)).recall())
                .isEqualTo(1.0);
        assertThat(Score.of(truth, run.ledger(), Duration.ofSeconds(59)).recall())
                .isEqualTo(0.0);
    }

    @Test
    void doesNotBelongToWhatBeganAfterIt() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Slow", "kill", "m1").pends(9, WARNING).fires(12, WARNING).ends(90);

        assertThat(Score.of(truth, run.ledger()).recall()).isEqualTo(0.0);
    }

    @Test
    void countsWhatBelongsToPlannedThingsOnlyAsNotRight() throws IOException {
        Truth truth = recorded("{\"t\": @5, \"event\": \"fault\", \"fault\": \"terminate\", \"member\": \"m1\"},"
                + fault(10, 20, "m2"));
        run.of("Down", "kill", "m1").fires(6, WARNING).ends(20);
        run.of("Down", "kill", "m2").fires(12, WARNING).ends(20);

        Score score = Score.of(truth, run.ledger());

        assertThat(score.right()).isEqualTo(1);
        assertThat(score.ofPlanned()).isEqualTo(1);
        assertThat(score.precision()).isEqualTo(0.5);
        assertThat(score.planned()).hasSize(1);
    }

    @Test
    void judgesNoInfoAndNoClusterThatTheTruthDoesNotKnow() throws IOException {
        Truth truth = recorded(fault(10, 20, "m1"));
        run.of("Changed", "kill", "m1").fires(12, INFO).ends(20);
        run.of("Slow", "other", "m1").fires(12, WARNING).ends(20);

        Score score = Score.of(truth, run.ledger());

        assertThat(score.judged()).isZero();
        assertThat(score.unjudged()).isEqualTo(2);
        assertThat(score.precision()).isNull();
    }

    @Test
    void hasNoRecallWhereNothingHappened() throws IOException {
        assertThat(Score.of(recorded(""), run.ledger()).recall()).isNull();
    }

    @Test
    void takesQuantilesByRank() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(4, 2, 4, 4));
    }

    @Test
    void takesSeveralFilesForOneFleet() throws IOException {
        Path one = Files.writeString(folder.resolve("one.json"), text("a", fault(10, 20, "m1")));
        Path other = Files.writeString(folder.resolve("other.json"), text("b", fault(10, 20, "m1")));

        assertThat(Truth.of(List.of(one, other)).watched()).containsOnlyKeys("a", "b");
    }

    @Test
    void refusesWhatIsNoTruthAndSaysWhatIsOne() throws IOException {
        Path none = folder.resolve("none.json");
        assertThatThrownBy(() -> Truth.of(List.of(none)))
                .hasMessageContaining(none + " cannot be read; expected a truth");
        Path text = Files.writeString(folder.resolve("text.json"), "no json");
        assertThatThrownBy(() -> Truth.of(List.of(text))).hasMessageContaining(text + " is no JSON");
        Path other = Files.writeString(folder.resolve("other.json"), "{\"t0\": 1}");
        assertThatThrownBy(() -> Truth.of(List.of(other))).hasMessageContaining("holds no list 'events'");
        Path timeless = Files.writeString(
                folder.resolve("timeless.json"), text("a", "{\"event\": \"fault_start\", \"fault\": \"kill\"}"));
        assertThatThrownBy(() -> Truth.of(List.of(timeless)))
                .hasMessageContaining("'t' of events[0] is no number; expected seconds since the epoch");
    }

    private static String fault(int from, int to, String member) {
        return """
            {"t": @%d, "event": "fault_start", "fault": "disk-slow", "member": "%s"},
            {"t": @%d, "event": "fault_end", "fault": "disk-slow", "member": "%s"}\
            """.formatted(from, member, to, member);
    }

    private Truth recorded(String events) throws IOException {
        return of(text("kill", events));
    }

    private Truth of(String text) throws IOException {
        return Truth.of(List.of(Files.writeString(folder.resolve("a.truth.json"), seconds(text))));
    }

    private static String text(String scenario, String events) {
        return seconds("{\"scenario\": \"" + scenario + "\", \"t0\": @0, \"t1\": @150, \"events\": [" + events + "]}");
    }

    /** {@code @25} is the time 25 s after the beginning. */
    private static String seconds(String text) {
        return Pattern.compile("@(\\d+)")
                .matcher(text)
                .replaceAll(
                        at -> String.format(Locale.ROOT, "%d.0", T0.getEpochSecond() + Long.parseLong(at.group(1))));
    }
}
