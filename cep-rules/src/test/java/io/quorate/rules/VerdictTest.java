package io.quorate.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.Quantile;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Policy;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A verdict on a quantile, held against the operations themselves, which no histogram shows. */
class VerdictTest {

    private static final double[] EDGES = Buckets.edges("etcd_disk_wal_fsync_duration_seconds");
    private static final double[] LEVELS = {0.5, 0.9, 0.95, 0.99, 0.999};

    /** So many vectors of up to 400 operations, of which each is known here. */
    private static final int VECTORS = 1_000_000;

    @Test
    void interpolationFlipsNoCertainVerdictOfAMillion() {
        Random random = new Random(7);
        long decided = 0;
        long undecided = 0;
        long flippedByInterpolation = 0;
        for (int i = 0; i < VECTORS; i++) {
            double[] operations = operations(random);
            double q = LEVELS[random.nextInt(LEVELS.length)];
            Comparison comparison = Comparison.values()[random.nextInt(4)];
            double limit = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : took(random);
            double truth = operations[(int) Math.ceil(exactly(q, operations.length)) - 1];
            boolean beyond = comparison.holds(truth, limit);
            Quantile bounds = Objects.requireNonNull(Verdict.bounds(vector(operations), q));

            Verdict verdict = Verdict.of(bounds, comparison, limit, Policy.CERTAIN);
            if (verdict == Verdict.UNDECIDED) {
                undecided++;
            } else {
                decided++;
                assertThat(verdict == Verdict.BREACH)
                        .as("%s %s of p%s in %s", comparison, limit, q, bounds)
                        .isEqualTo(beyond);
            }
            Verdict interpolated = Verdict.of(bounds, comparison, limit, Policy.INTERPOLATED);
            flippedByInterpolation += (interpolated == Verdict.BREACH) == beyond ? 0 : 1;
        }
        // The test means something: limits inside buckets occur, and interpolation is wrong about some of them.
        assertThat(undecided).isGreaterThan(10_000);
        assertThat(decided).isGreaterThan(500_000);
        assertThat(flippedByInterpolation).isGreaterThan(1_000);
    }

    @Test
    void isNeverUndecidedAtAnEdge() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            Quantile bounds = Objects.requireNonNull(
                    Verdict.bounds(vector(operations(random)), LEVELS[random.nextInt(LEVELS.length)]));
            double edge = EDGES[random.nextInt(EDGES.length)];
            assertThat(Verdict.of(bounds, Comparison.ABOVE, edge, Policy.CERTAIN))
                    .isNotEqualTo(Verdict.UNDECIDED);
            assertThat(Verdict.of(bounds, Comparison.AT_MOST, edge, Policy.CERTAIN))
                    .isNotEqualTo(Verdict.UNDECIDED);
        }
    }

    @Test
    void saysWhatAPolicySaysInsideABucket() {
        Quantile bounds = new Quantile(0.008, 0.0097, 0.016);

        assertThat(Verdict.of(bounds, Comparison.ABOVE, 0.010, Policy.CERTAIN)).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(bounds, Comparison.ABOVE, 0.010, Policy.INTERPOLATED))
                .isEqualTo(Verdict.OK);
        assertThat(Verdict.of(bounds, Comparison.ABOVE, 0.010, Policy.POSSIBLE)).isEqualTo(Verdict.BREACH);
        assertThat(Verdict.of(bounds, Comparison.ABOVE, 0.016, Policy.POSSIBLE)).isEqualTo(Verdict.OK);
        assertThat(Verdict.of(bounds, Comparison.AT_LEAST, 0.016, Policy.CERTAIN))
                .isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(bounds, Comparison.AT_LEAST, 0.008, Policy.CERTAIN))
                .isEqualTo(Verdict.BREACH);
        assertThat(Verdict.of(bounds, Comparison.BELOW, 0.016, Policy.CERTAIN)).isEqualTo(Verdict.UNDECIDED);
        assertThat(Verdict.of(bounds, Comparison.BELOW, 0.008, Policy.CERTAIN)).isEqualTo(Verdict.OK);
    }

    @Test
    void isCertainlyAboveTheLastEdgeWhenTheQuantileLiesBeyondIt() {
        Quantile beyond = new Quantile(8.192, 8.192, null);

        assertThat(Verdict.of(beyond, Comparison.ABOVE, 8.192, Policy.CERTAIN)).isEqualTo(Verdict.BREACH);
        assertThat(Verdict.of(beyond, Comparison.ABOVE, 10, Policy.CERTAIN)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void findsTheBucketByWholeNumbers() {
        // 0.07 times 100 is 7.000000000000001 in binary: seven operations of a hundred are enough all the same.
        BucketVector vector = new BucketVector(new double[] {0.001, 0.002}, new long[] {7, 93, 0}, 1);

        assertThat(Objects.requireNonNull(Verdict.bounds(vector, 0.07)).high()).isEqualTo(0.001);
        assertThat(Verdict.bounds(BucketVector.empty(EDGES), 0.99)).isNull();
    }

    private static double exactly(double q, int n) {
        return Math.round(q * 1000) * n / 1000.0;
    }

    private static double[] operations(Random random) {
        double[] operations = new double[1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 20)];
        for (int i = 0; i < operations.length; i++) {
            operations[i] = took(random);
        }
        Arrays.sort(operations);
        return operations;
    }

    /** From half a millisecond to sixteen seconds, and now and then exactly an edge. */
    private static double took(Random random) {
        return random.nextInt(8) == 0
                ? EDGES[random.nextInt(EDGES.length)]
                : 0.0005 * Math.pow(2, random.nextDouble() * 15);
    }

    private static BucketVector vector(double[] operations) {
        long[] counts = new long[EDGES.length + 1];
        double sum = 0;
        for (double operation : operations) {
            int bucket = 0;
            while (bucket < EDGES.length && EDGES[bucket] < operation) {
                bucket++;
            }
            counts[bucket]++;
            sum += operation;
        }
        return new BucketVector(EDGES, counts, sum);
    }
}
