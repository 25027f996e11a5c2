package io.quorate.cli.kept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevivalTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void startsAMemberThatHadLivedForAWhileAtOnce() {
        Instant end = START.plusSeconds(30);

        assertThat(Revival.startedAt(START).ended(end).ripe(end)).isTrue();
    }

    @Test
    void startsNoneThatHasNotEnded() {
        assertThat(Revival.startedAt(START).ripe(START.plusSeconds(1_000))).isFalse();
    }

    @Test
    void waitsTwiceAsLongAfterEachQuickEndButNeverLongerThanHalfAMinute() {
        Revival revival = Revival.startedAt(START);
        Instant now = START;
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 32, 32}) {
            revival = revival.ended(now);
            Instant due = now.plusSeconds(seconds);
            assertThat(revival.ripe(due.minusMillis(1))).isFalse();
            assertThat(revival.ripe(due)).isTrue();
            revival = revival.startedAgain(due);
            now = due;
        }
    }

    @Test
    void putsNothingOffWhenItSeesTheSameEndAgain() {
        Revival revival = Revival.startedAt(START).ended(START);

        assertThat(revival.ended(START.plusMillis(900))).isSameAs(revival);
        assertThat(revival.ripe(START.plusSeconds(1))).isTrue();
    }

    @Test
    void forgetsQuickEndsOnceAMemberLives() {
        Instant later = START.plusSeconds(1);
        Revival lived =
                Revival.startedAt(START).ended(START).startedAgain(later).ended(later.plusSeconds(30));

        assertThat(lived.startedAgain(later).ended(later).due()).isEqualTo(later.plus(Duration.ofSeconds(1)));
    }
}
