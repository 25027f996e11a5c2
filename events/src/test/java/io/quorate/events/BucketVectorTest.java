package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BucketVectorTest {

    @Test
    void refusesWhatIsNoHistogram() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BucketVector(new double[] {1}, new long[] {1}, 0))
                .withMessageContaining("expected one more than edges");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BucketVector(new double[] {2, 1}, new long[3], 0))
                .withMessageContaining("increase");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BucketVector(new double[] {Double.POSITIVE_INFINITY}, new long[2], 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BucketVector.ofCumulative(new double[] {1, 2}, new long[] {3, 2, 4}, 0))
                .withMessageContaining("-1");
    }

    /** signals.md: 60 clusters, one bad disk with 4 % of the operations; averaged p99s say 15.7 ms. */
    @Test
    void findsTheOneBadDiskThatAveragedPercentilesHide() {
        double[] edges = {0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512};
        BucketVector healthy = new BucketVector(edges, new long[] {990, 10, 0, 0, 0, 0, 0, 0}, 0);
        BucketVector bad = new BucketVector(edges, new long[] {0, 0, 0, 0, 300, 2100, 60, 0}, 0);
        BucketVector fleet = bad;
        double sumOfP99s = bad.quantile(0.99).value();
        for (int i = 0; i < 59; i++) {
            fleet = fleet.plus(healthy);
            sumOfP99s += healthy.quantile(0.99).value();
        }

        assertThat(sumOfP99s / 60).as("mean of p99s, in seconds").isLessThan(0.016);
        assertThat(fleet.quantile(0.99).low()).isEqualTo(0.128);
        assertThat(fleet.quantile(0.99).high()).isEqualTo(0.256);
    }
}
