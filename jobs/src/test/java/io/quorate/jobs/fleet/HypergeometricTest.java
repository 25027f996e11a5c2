package io.quorate.jobs.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HypergeometricTest {

    @Property(tries = 300)
    void sumsToOne(@ForAll @IntRange(max = 3_000) int clusters, @ForAll int labelled, @ForAll int ill) {
        int some = Math.floorMod(labelled, clusters + 1);
        int fell = Math.floorMod(ill, clusters + 1);
        Hypergeometric chance = new Hypergeometric(clusters);
        double sum = 0;
        for (int both = 0; both <= clusters; both++) {
            sum += Math.exp(chance.logExactly(some, fell, both));
        }

        assertThat(sum).isCloseTo(1, within(1e-9));
        assertThat(chance.logAtLeast(some, fell, 0)).isCloseTo(0, within(1e-9));
    }

    @Property(tries = 300)
    void growsLessLikelyTheMoreItIs(@ForAll @IntRange(min = 1, max = 500) int clusters, @ForAll int a, @ForAll int b) {
        int some = Math.floorMod(a, clusters + 1);
        int fell = Math.floorMod(b, clusters + 1);
        Hypergeometric chance = new Hypergeometric(clusters);
        for (int both = 0; both < Math.min(some, fell); both++) {
            assertThat(chance.logAtLeast(some, fell, both + 1))
                    .isLessThanOrEqualTo(chance.logAtLeast(some, fell, both) + 1e-9);
        }
    }

    /** Counts every way to choose who is ill. */
    @Property(tries = 200)
    void equalsCountingEveryWay(@ForAll @IntRange(min = 1, max = 12) int clusters, @ForAll int a, @ForAll int b) {
        int some = Math.floorMod(a, clusters + 1);
        int fell = Math.floorMod(b, clusters + 1);
        long[] ways = new long[clusters + 1];
        long all = 0;
        for (int chosen = 0; chosen < 1 << clusters; chosen++) {
            if (Integer.bitCount(chosen) == fell) {
                ways[Integer.bitCount(chosen & ((1 << some) - 1))]++;
                all++;
            }
        }
        Hypergeometric chance = new Hypergeometric(clusters);
        long tail = 0;
        for (int both = clusters; both >= 0; both--) {
            tail += ways[both];
            assertThat(Math.exp(chance.logExactly(some, fell, both)))
                    .isCloseTo((double) ways[both] / all, within(1e-12));
            assertThat(Math.exp(chance.logAtLeast(some, fell, both))).isCloseTo((double) tail / all, within(1e-12));
        }
    }

    /** Where a double would say 0 of both, and they could not be told apart. */
    @Test
    void tellsApartWhatIsTooUnlikelyForADouble() {
        Hypergeometric chance = new Hypergeometric(5_000);

        assertThat(chance.logAtLeast(2_500, 2_500, 2_500)).isBetween(-3_500.0, -3_400.0);
        assertThat(chance.logAtLeast(2_400, 2_400, 2_400)).isGreaterThan(chance.logAtLeast(2_500, 2_500, 2_500));
    }

    @Test
    void neverSaysMoreThanThatItIsImpossible() {
        assertThat(new Hypergeometric(10).logAtLeast(3, 5, 4)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
