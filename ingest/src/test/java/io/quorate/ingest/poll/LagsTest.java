package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagsTest {

    private static final long SECOND = 1_000_000_000L;

    private final Lags lags = new Lags();

    @Test
    void tellsWhatNinetyNineInAHundredStayBelow() {
        assertThat(lags.p99(0)).isZero();
        for (int i = 200; i > 0; i--) {
            lags.add(i, 0);
        }
        assertThat(lags.p99(0)).isEqualTo(198);
    }

    @Test
    void forgetsAfterAMinute() {
        lags.add(5, 0);
        lags.add(3, 30 * SECOND);

        assertThat(lags.p99(60 * SECOND)).isEqualTo(5);
        assertThat(lags.p99(61 * SECOND)).isEqualTo(3);
        assertThat(lags.p99(91 * SECOND)).isZero();
    }

    @Test
    void keepsTheNewestWhenThereAreVeryMany() {
        lags.add(1000, 0);
        for (int i = 0; i < 1 << 16; i++) {
            lags.add(7, 0);
        }
        assertThat(lags.p99(0)).isEqualTo(7);
    }
}
