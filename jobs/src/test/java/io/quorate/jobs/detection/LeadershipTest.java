package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeadershipTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private final Leadership leadership = Leadership.unknown();
    private final List<LeaderChange> changes = new ArrayList<>();
    private String version = "3.4.23";

    @Test
    void takesTheFirstLeaderForNoChange() {
        says(0, "m1", "m1", 2);
        says(0.3, "m2", "m1", 2);
        says(0.6, "m3", "m1", 2);

        assertThat(changes).isEmpty();
    }

    @Test
    void believesANewLeaderOnTheSecondAnswer() {
        m1Leads();

        says(10, "m2", "m3", 3);
        assertThat(changes).as("one answer may be torn").isEmpty();
        says(10.3, "m3", "m3", 3);

        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.from()).isEqualTo("m1");
            assertThat(change.to()).isEqualTo("m3");
            assertThat(change.raftTerm()).isEqualTo(3);
            assertThat(change.observedAt()).isEqualTo(at(10));
            assertThat(change.confirmedAt()).isEqualTo(at(10.3));
            assertThat(change.clusterSize()).isEqualTo(3);
        });
    }

    @Test
    void isNotFooledByTornAnswers() {
        m1Leads();

        says(10, "m2", "m1", 3); // the old leader, the new term
        says(10.1, "m3", "m2", 2); // the new leader, the old term
        says(10.3, "m2", "m2", 3);
        says(10.6, "m3", "m2", 3);

        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(change.to()).isEqualTo("m2"));
    }

    @Test
    void ignoresAStaleLeaderThatComesBack() {
        m1Leads();
        says(10, "m2", "m2", 3);
        says(10.3, "m3", "m2", 3);

        says(12, "m1", "m1", 2);
        says(12.1, "m1", "m1", 2);

        assertThat(changes).hasSize(1);
    }

    @Test
    void seesALeaderThatRegainsItsOffice() {
        m1Leads();

        says(10, "m2", "m1", 4);
        says(10.3, "m3", "m1", 4);

        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(change.regained()).isTrue());
    }

    @Test
    void knowsThatNobodyMeantItWhenTheLeaderFellSilentWhileOthersFollowedIt() {
        m1Leads();

        isSilent(10, "m1");
        says(10.3, "m2", "m1", 2);
        says(12, "m2", "m2", 3);
        says(12.3, "m3", "m2", 3);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.NO);
    }

    @Test
    void doesNotKnowWhetherAHandOverWasMeant() {
        m1Leads();

        isSilent(10, "m1");
        says(10.3, "m2", "m2", 3);
        says(10.6, "m3", "m2", 3);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void knowsThatSomebodyMeantItWhenItCameTooSoonForAnElectionAndTheOldLeaderEnded() {
        m1Leads();
        says(9.7, "m1", "m1", 2);

        says(10.3, "m2", "m2", 3);
        says(10.4, "m3", "m2", 3);
        assertThat(changes).as("its old leader was not asked yet").isEmpty();
        refuses(10.7, "m1");

        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.planned()).isEqualTo(Planned.YES);
            assertThat(change.observedAt()).isEqualTo(at(10.3));
            assertThat(change.confirmedAt()).as("when it was known").isEqualTo(at(10.7));
        });
    }

    @Test
    void waitsNoLongerThanASecondAndAHalf() {
        m1Leads();
        says(9.7, "m1", "m1", 2);
        says(10.3, "m2", "m2", 3);
        says(10.4, "m3", "m2", 3);

        timeIs(11.8);
        assertThat(changes).isEmpty();
        timeIs(11.9);

        assertThat(changes).singleElement().satisfies(change -> {
            assertThat(change.planned()).isEqualTo(Planned.UNKNOWN);
            assertThat(change.confirmedAt()).isEqualTo(at(11.9));
        });
    }

    @Test
    void doesNotWaitWhereNothingCouldTellThatItWasMeant() {
        m1Leads();
        says(9.7, "m1", "m1", 2);

        says(10.5, "m2", "m2", 3); // 800 ms: an election fits in between
        says(10.6, "m3", "m2", 3);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void takesAnOldLeaderThatHangsForNoneThatWasMeantToEnd() {
        m1Leads();
        says(9.7, "m1", "m1", 2);
        says(10.3, "m2", "m2", 3);
        says(10.4, "m3", "m2", 3);

        isSilent(10.7, "m1");

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void takesAnOldLeaderThatLeadsOnForNoneThatWasMeantToEnd() {
        m1Leads();
        says(9.7, "m1", "m1", 2);
        says(10.3, "m2", "m2", 3);
        says(10.4, "m3", "m2", 3);

        says(10.7, "m1", "m1", 2);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void takesMoreThanOneTermForAnElection() {
        m1Leads();
        says(9.7, "m1", "m1", 2);
        refuses(10.2, "m1");

        says(10.3, "m2", "m2", 4);
        says(10.4, "m3", "m2", 4);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void knowsThatALeaderWasMovedWhenOthersHeardItJustBefore() {
        m1Leads();
        says(9.7, "m1", "m1", 2, 100);
        says(9.9, "m3", "m1", 2, 101);

        says(10.3, "m2", "m2", 3, 103);
        says(10.4, "m3", "m2", 3, 103);
        says(10.7, "m1", "m2", 3, 104);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.YES);
    }

    @Test
    void doesNotKnowWhetherALeaderWasMovedThatNobodyHeard() {
        m1Leads();
        says(9.7, "m1", "m1", 2, 100);
        says(9.9, "m3", "m1", 2, 100); // a slow disk holds heartbeats back, and answers still come

        says(10.3, "m2", "m2", 3, 103);
        says(10.4, "m3", "m2", 3, 103);
        says(10.7, "m1", "m2", 3, 104);
        timeIs(13);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void knowsFromALogThatNeverStoodStillThatSomebodyMeantIt() {
        long index = growsUntil(9);

        says(9.9, "m3", "m1", 2, index + 36);
        refuses(10, "m1");
        says(10.1, "m2", "m3", 3, index + 45);
        says(10.2, "m3", "m3", 3, index + 48);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.YES);
    }

    @Test
    void doesNotKnowItFromALogThatStoodStill() {
        long index = growsUntil(9);

        refuses(10, "m1");
        says(10.1, "m2", "m3", 3, index + 12);
        says(10.2, "m3", "m3", 3, index + 15);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void doesNotKnowItFromALogThatGrowsByFitsAndStarts() {
        for (int second = 3; second <= 9; second++) {
            says(second, "m1", "m1", 2, second * 40L);
            says(second + 0.33, "m2", "m1", 2, second * 40L + 40);
            says(second + 0.66, "m3", "m1", 2, second * 40L + 40);
        }

        refuses(10, "m1");
        says(10.33, "m2", "m3", 3, 441);
        says(10.66, "m3", "m3", 3, 441);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void knowsTheNextOneOfARoll() {
        m1Leads();
        restarts(20, "m2");
        restarts(40, "m3");

        handsOverBetweenPolls(60);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.YES);
    }

    @Test
    void takesNoCrashAfterAnotherCrashForARoll() {
        m1Leads();
        restarts(20, "m2");
        restarts(40, "m3");
        isSilent(50, "m2"); // hangs
        says(51, "m2", "m1", 2);

        handsOverBetweenPolls(60);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void takesOneRestartBeforeForNoRollUnlessItsVersionChanged() {
        m1Leads();
        restarts(20, "m2");

        handsOverBetweenPolls(60);
        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.UNKNOWN);
    }

    @Test
    void takesOneRestartWithAnotherVersionForARoll() {
        m1Leads();
        refuses(20, "m2");
        version = "3.4.24";
        says(22, "m2", "m1", 2);
        version = "3.4.23";

        handsOverBetweenPolls(60);

        assertThat(changes).singleElement().extracting(LeaderChange::planned).isEqualTo(Planned.YES);
    }

    @Test
    void beginsAnewWhenTheClusterIsAnotherOne() {
        m1Leads();

        says(10, "m1", "m2", 1, "other");
        says(10.3, "m2", "m2", 1, "other");
        assertThat(changes).as("its first leader").isEmpty();
        says(20, "m1", "m1", 2, "other");
        says(20.3, "m2", "m1", 2, "other");

        assertThat(changes)
                .singleElement()
                .satisfies(change -> assertThat(change.raftTerm()).isEqualTo(2));
    }

    @Test
    void asksNobodyWithoutALeader() {
        m1Leads();

        says(10, "m2", null, 3);
        says(10.3, "m3", null, 3);

        assertThat(changes).isEmpty();
    }

    private void restarts(double second, String member) {
        refuses(second, member);
        refuses(second + 1, member);
        says(second + 2, member, "m1", 2);
    }

    /** From m1 to m2, with more than an election timeout between their answers, on a log that stands still. */
    private void handsOverBetweenPolls(double second) {
        says(second, "m1", "m1", 2);
        says(second + 0.3, "m2", "m1", 2);
        says(second + 0.6, "m3", "m1", 2);
        refuses(second + 1, "m1");
        says(second + 1.3, "m2", "m2", 3);
        says(second + 1.6, "m3", "m2", 3);
    }

    /** Forty entries a second, evenly; the leader's last answer is at this second, and its index is told. */
    private long growsUntil(int second) {
        for (int i = 3; i < second; i++) {
            says(i, "m1", "m1", 2, i * 40L);
            says(i + 0.3, "m2", "m1", 2, i * 40L + 12);
            says(i + 0.6, "m3", "m1", 2, i * 40L + 24);
        }
        says(second, "m1", "m1", 2, second * 40L);
        return second * 40L;
    }

    private void m1Leads() {
        says(0, "m1", "m1", 2);
        says(0.3, "m2", "m1", 2);
        says(0.6, "m3", "m1", 2);
    }

    private void says(double second, String member, String leader, long term) {
        says(second, member, leader, term, 0);
    }

    private void says(double second, String member, String leader, long term, long raftIndex) {
        says(second, member, leader, term, "c0ffee", raftIndex);
    }

    private void says(double second, String member, String leader, long term, String clusterId) {
        says(second, member, leader, term, clusterId, 0);
    }

    private void says(double second, String member, String leader, long term, String clusterId, long raftIndex) {
        observe(new MemberStatus(
                "c1",
                clusterId,
                member,
                "id-" + member,
                "http://" + member,
                at(second),
                at(second),
                version,
                0,
                0,
                leader == null ? null : "id-" + leader,
                term,
                raftIndex,
                0,
                false,
                List.of(),
                3,
                null,
                null));
    }

    private void isSilent(double second, String member) {
        observe(MemberStatus.failed("c1", member, null, "http://" + member, at(second), 3, "timeout", ""));
    }

    private void refuses(double second, String member) {
        observe(MemberStatus.failed("c1", member, null, "http://" + member, at(second), 3, "refused", ""));
    }

    private void observe(MemberStatus status) {
        timeIs(status.observedAt());
        changes.addAll(leadership.observe(status));
    }

    private void timeIs(double second) {
        timeIs(at(second));
    }

    private void timeIs(Instant now) {
        changes.addAll(leadership.timeIs(now));
    }

    private static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }
}
