package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Election;
import io.quorate.events.LeaderChange;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoryTest {

    private static final Instant READY = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void tellsAChangeFromStalledToElectedToSeen() {
        List<Story> stories = Story.of(
                READY,
                List.of(stall(20, 24)),
                List.of(election(-30, "m1", 2), election(21.3, "m2", 3)),
                List.of(change(21.6, "m1", "m2", 3)));

        assertThat(stories).singleElement().satisfies(story -> {
            assertThat(story.injectedAt()).isEqualTo(at(20));
            assertThat(story.electedAt()).isEqualTo(at(21.3));
            assertThat(story.observedAt()).isEqualTo(at(21.6));
            assertThat(story.seconds()).isEqualTo(0.3);
            assertThat(story.from()).isEqualTo("m1");
        });
    }

    @Test
    void hidesNeitherAnElectionThatNobodySawNorAChangeThatNeverWas() {
        List<Story> stories = Story.of(
                READY,
                List.of(),
                List.of(election(-30, "m1", 2), election(10, "m2", 3)),
                List.of(change(40, "m2", "m3", 9)));

        assertThat(stories).hasSize(2);
        assertThat(stories.get(0).observedAt()).as("missed").isNull();
        assertThat(stories.get(1).electedAt()).as("invented").isNull();
    }

    @Test
    void blamesAStallOnlyForWhatFollowsAtOnce() {
        List<Election> elections = List.of(election(-30, "m1", 2), election(21.3, "m2", 3), election(60, "m3", 4));
        List<Fault> faults = List.of(
                stall(20, 24), Fault.begun(Fault.Kind.SLOW_DISK, "m1", at(50)).ended(at(80)));

        List<Story> stories = Story.of(READY, faults, elections, List.of());

        assertThat(stories.get(0).injectedAt()).isEqualTo(at(20));
        assertThat(stories.get(1).injectedAt()).as("etcd's own doing").isNull();
    }

    private static Fault stall(double from, double to) {
        return Fault.begun(Fault.Kind.STALLED_LEADER, "m1", at(from)).ended(at(to));
    }

    private static Election election(double second, String member, long term) {
        return new Election(at(second), "id-" + member, member, term);
    }

    private static LeaderChange change(double second, String from, String to, long term) {
        return new LeaderChange(
                "demo",
                "c0ffee",
                from,
                "id-" + from,
                to,
                "id-" + to,
                term,
                at(second),
                at(second + 0.3),
                LeaderChange.Planned.UNKNOWN,
                3);
    }

    private static Instant at(double second) {
        return READY.plusMillis(Math.round(second * 1000));
    }
}
