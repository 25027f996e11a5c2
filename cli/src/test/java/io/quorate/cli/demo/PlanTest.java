package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {

    private static final Duration LONGEST_STALL = Duration.ofSeconds(10);

    @Test
    void threeMinutesHaveSevenStallsThenASlowDiskWithTimeToResolve() {
        Plan plan = plan(180);
        assertThat(seconds(plan)).containsExactly(20L, 31L, 42L, 53L, 64L, 75L, 86L);
        assertThat(plan.slowDisk()).isEqualTo(Duration.ofSeconds(97));
        assertThat(plan.skipped()).isEmpty();
    }

    @Test
    void aHundredAndTenSecondsAreJustEnoughForBoth() {
        assertThat(seconds(plan(110))).containsExactly(20L, 31L, 42L);
        assertThat(plan(110).slowDisk()).isEqualTo(Duration.ofSeconds(53));
        assertThat(plan(109).slowDisk()).isNull();
        assertThat(plan(109).skipped())
                .containsEntry("slow-disk", "no time for it in 109 s: it takes --for 110s or more");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 90, 109})
    void aShortOneStillHasItsStorm(int length) {
        assertThat(seconds(plan(length))).hasSizeGreaterThanOrEqualTo(3).allMatch(at -> at <= length - 8);
    }

    @Test
    void aVeryShortOneHasWhatThereIsTimeFor() {
        assertThat(seconds(plan(45))).containsExactly(20L, 31L);
        assertThat(seconds(plan(20))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {110, 111, 135, 150, 180, 181, 600, 3600})
    void aSlowDiskBeginsAfterTheLastStallAndIsPagedBeforeTheEnd(int length) {
        Plan plan = plan(length);
        Duration last = plan.stalls().get(plan.stalls().size() - 1);
        assertThat(plan.slowDisk()).isGreaterThanOrEqualTo(last.plus(LONGEST_STALL));
        assertThat(plan.slowDisk())
                .isLessThanOrEqualTo(Duration.ofSeconds(length).minus(Plan.SLOW));
    }

    @Test
    void saysWhyTheSlowDiskIsLeftOut() {
        Plan plan = plan(180).withoutSlowDisk("no strace");
        assertThat(plan.slowDisk()).isNull();
        assertThat(plan.skipped()).containsEntry("slow-disk", "no strace");
        assertThat(plan.stalls()).isEqualTo(plan(180).stalls());
    }

    private static Plan plan(int seconds) {
        return Plan.of(Duration.ofSeconds(seconds));
    }

    private static List<Long> seconds(Plan plan) {
        return plan.stalls().stream().map(Duration::toSeconds).toList();
    }
}
