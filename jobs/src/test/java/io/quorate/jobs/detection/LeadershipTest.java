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

    private void m1Leads() {
        says(0, "m1", "m1", 2);
        says(0.3, "m2", "m1", 2);
        says(0.6, "m3", "m1", 2);
    }

    private void says(double second, String member, String leader, long term) {
        says(second, member, leader, term, "c0ffee");
    }

    private void says(double second, String member, String leader, long term, String clusterId) {
        observe(new MemberStatus(
                "c1",
                clusterId,
                member,
                "id-" + member,
                "http://" + member,
                at(second),
                at(second),
                "3.4.23",
                0,
                0,
                leader == null ? null : "id-" + leader,
                term,
                0,
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

    private void observe(MemberStatus status) {
        LeaderChange change = leadership.observe(status);
        if (change != null) {
            changes.add(change);
        }
    }

    private static Instant at(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }
}
