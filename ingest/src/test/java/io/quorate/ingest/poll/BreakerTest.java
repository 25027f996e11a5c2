package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final long SECOND = 1_000_000_000L;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final Breaker breaker = new Breaker(Duration.ofSeconds(1), 0);
    private long nowNanos = Long.MAX_VALUE - 5 * SECOND;

    @Test
    void asksAsEverUpToTheFifthFailure() {
        fail(4);
        assertThat(refusal()).isNull();
        fail(1);
        assertThat(refusal()).isNotNull();
    }

    @Test
    void pausesTwiceAsLongEachTimeUpToHalfAMinute() {
        fail(4);
        List<Integer> pauses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            fail(1);
            int pause = 0;
            while (refusal() != null) {
                nowNanos += SECOND;
                pause++;
            }
            pauses.add(pause);
        }
        assertThat(pauses).containsExactly(2, 4, 8, 16, 30, 30, 30);
    }

    @Test
    void staysAtHalfAMinuteForEver() {
        fail(10_000);
        nowNanos += 29 * SECOND;
        assertThat(refusal()).isNotNull();
        nowNanos += SECOND;
        assertThat(refusal()).isNull();
    }

    @Test
    void asksAsEverAfterOneAnswer() {
        fail(9);
        breaker.answered();
        assertThat(refusal()).isNull();
        fail(4);
        assertThat(refusal()).isNull();
    }

    @Test
    void shortensPausesByATargetsOwnShare() {
        Breaker other = new Breaker(Duration.ofSeconds(1), 1);
        for (int i = 0; i < 20; i++) {
            other.failed("timeout", nowNanos);
        }
        assertThat(other.refusal(nowNanos + 22 * SECOND, NOON)).isNotNull();
        assertThat(other.refusal(nowNanos + 23 * SECOND, NOON)).isNull();
    }

    @Test
    void neverPausesLongerThanHalfAMinuteHoweverSeldomItPolls() {
        Breaker seldom = new Breaker(Duration.ofMinutes(5), 0);
        for (int i = 0; i < 20; i++) {
            seldom.failed("timeout", nowNanos);
        }
        assertThat(seldom.refusal(nowNanos + 30 * SECOND, NOON)).isNull();
    }

    @Test
    void saysWhyAndUntilWhen() {
        fail(6);
        assertThat(refusal())
                .isEqualTo("6 failures in a row, last: http-status: HTTP 500; next try at 2026-11-20T12:00:05Z");
    }

    /** A number such as 401 would read as a status of HTTP. */
    @Test
    void doesNotCountBeyondAHundred() {
        fail(401);
        assertThat(refusal()).startsWith("more than 100 failures in a row");
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed("http-status: HTTP 500", nowNanos);
        }
    }

    private String refusal() {
        return breaker.refusal(nowNanos, NOON);
    }
}
