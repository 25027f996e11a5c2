package io.quorate.sinks.receivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryTest {

    private static final Retry RETRY = new Retry(Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofHours(1));

    @Test
    void waitsTwiceAsLongEachTimeUpToTheLongest() {
        assertThat(RETRY.waitAfter(1, 0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RETRY.waitAfter(4, 0)).isEqualTo(Duration.ofSeconds(8));
        assertThat(RETRY.waitAfter(7, 0)).isEqualTo(Duration.ofSeconds(60));
        assertThat(RETRY.waitAfter(Integer.MAX_VALUE, 0)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void leavesAQuarterToChance() {
        assertThat(RETRY.waitAfter(4, 0.999999)).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(8));
    }

    @Test
    void refusesWaitsThatMakeNoSense() {
        assertThatThrownBy(() -> new Retry(Duration.ZERO, Duration.ofSeconds(1), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 0 < first <= longest");
    }
}
