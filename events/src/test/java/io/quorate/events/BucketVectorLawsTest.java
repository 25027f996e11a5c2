package io.quorate.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/** What must hold of every bucket vector, tried on ten thousand random ones each. */
class BucketVectorLawsTest {

    private static final int TRIES = 10_000;

    /** etcd's own fsync layout: 1 ms x 2^k. */
    private static final double[] FSYNC_EDGES = powersOfTwo(0.001, 14);

    @Property(tries = TRIES)
    void mergingEqualsPooling(@ForAll("members") double[][] observationsByMember, @ForAll("edges") double[] edges) {
        BucketVector merged = BucketVector.empty(edges);
        for (double[] observations : observationsByMember) {
            merged = merged.plus(count(observations, edges));
        }

        double[] pooled = pool(observationsByMember);

        assertThat(merged.counts()).isEqualTo(count(pooled, edges).counts());
        assertThat(merged.total()).isEqualTo(pooled.length);
    }

    @Property(tries = TRIES)
    void aSumIsOneMergeAfterTheOther(
            @ForAll("members") double[][] observationsByMember,
            @ForAll("edges") double[] edges,
            @ForAll("edges") double[] others) {
        List<BucketVector> all = new ArrayList<>();
        for (double[] observations : observationsByMember) {
            all.add(count(observations, all.size() % 3 == 2 ? others : edges));
        }

        BucketVector merged = all.stream().reduce(BucketVector::plus).orElse(null);

        BucketVector sum = BucketVector.sum(all);
        assertThat(sum == null).isEqualTo(merged == null);
        if (sum != null && merged != null) {
            assertThat(sum.edges()).isEqualTo(merged.edges());
            assertThat(sum.counts()).isEqualTo(merged.counts());
        }
    }

    @Property(tries = TRIES)
    void theObservationOfRankCeilQnLiesWithinTheBounds(
            @ForAll("members") double[][] observationsByMember,
            @ForAll("edges") double[] edges,
            @ForAll @DoubleRange(min = 0, minIncluded = false, max = 1) double anyQ) {
        double[] pooled = pool(observationsByMember);
        Arrays.sort(pooled);
        BucketVector vector = count(pooled, edges);
        double[] levels = {anyQ, 0.5, 0.9, 0.95, 0.99, 0.999};
        for (double q : levels) {
            Quantile quantile = vector.quantile(q);
            if (pooled.length == 0) {
                assertThat(quantile).isNull();
                continue;
            }
            double truth = pooled[(int) Math.ceil(q * pooled.length) - 1];
            assertThat(truth).as("q=%s", q).isGreaterThan(quantile.low());
            if (quantile.high() != null) {
                assertThat(truth).isLessThanOrEqualTo(quantile.high());
                assertThat(quantile.value()).isBetween(quantile.low(), quantile.high());
            } else {
                assertThat(quantile.value()).isEqualTo(edges[edges.length - 1]);
            }
        }
    }

    @Property(tries = TRIES)
    void orderAndGroupingOfAMergeDoNotMatter(
            @ForAll("observations") double[] a,
            @ForAll("observations") double[] b,
            @ForAll("observations") double[] c,
            @ForAll("edges") double[] edges) {
        BucketVector x = count(a, edges);
        BucketVector y = count(b, edges);
        BucketVector z = count(c, edges);

        assertThat(x.plus(y).counts()).isEqualTo(y.plus(x).counts());
        assertThat(x.plus(y).plus(z).counts()).isEqualTo(x.plus(y.plus(z)).counts());
        assertThat(x.plus(BucketVector.empty(edges))).isEqualTo(x);
    }

    @Property(tries = TRIES)
    void whatWasAddedIsWhatIsSeenSince(
            @ForAll("observations") double[] before,
            @ForAll("observations") double[] after,
            @ForAll("edges") double[] e) {
        BucketVector earlier = count(before, e);
        BucketVector later = earlier.plus(count(after, e));

        assertThat(later.since(earlier).counts()).isEqualTo(count(after, e).counts());
        if (after.length > 0) {
            assertThat(earlier.since(later))
                    .as("counts that shrink are a new beginning")
                    .isNull();
        }
    }

    @Property(tries = TRIES)
    void differentLayoutsMergeOnTheirCommonEdgesAndNeverLie(
            @ForAll("observations") double[] a, @ForAll("observations") double[] b, @ForAll Random random) {
        double[] some = pick(FSYNC_EDGES, random);
        double[] others = pick(FSYNC_EDGES, random);
        BucketVector merged = count(a, some).plus(count(b, others));
        double[] pooled = pool(new double[][] {a, b});
        Arrays.sort(pooled);

        assertThat(merged.total()).isEqualTo(pooled.length);
        Quantile p99 = merged.quantile(0.99);
        if (p99 != null) {
            double truth = pooled[(int) Math.ceil(0.99 * pooled.length) - 1];
            assertThat(truth).isGreaterThan(p99.low());
            assertThat(truth).isLessThanOrEqualTo(p99.high() == null ? Double.POSITIVE_INFINITY : p99.high());
        }
    }

    @Property(tries = TRIES)
    void slowerThanAnEdgeIsAnExactCount(@ForAll("observations") double[] observations, @ForAll Random random) {
        double edge = FSYNC_EDGES[random.nextInt(FSYNC_EDGES.length)];

        assertThat(count(observations, FSYNC_EDGES).slowerThan(edge))
                .isEqualTo(Arrays.stream(observations).filter(x -> x > edge).count());
    }

    @Provide
    Arbitrary<double[]> observations() {
        Arbitrary<Double> anywhere = Arbitraries.doubles().between(0, 12).ofScale(4);
        Arbitrary<Double> onAnEdge =
                Arbitraries.of(Arrays.stream(FSYNC_EDGES).boxed().toList());
        return Arbitraries.oneOf(anywhere, onAnEdge)
                .list()
                .ofMaxSize(60)
                .map(list -> list.stream().mapToDouble(Double::doubleValue).toArray());
    }

    @Provide
    Arbitrary<double[][]> members() {
        return observations().list().ofMinSize(1).ofMaxSize(6).map(list -> list.toArray(double[][]::new));
    }

    @Provide
    Arbitrary<double[]> edges() {
        return Combinators.combine(
                        Arbitraries.of(0.0001, 0.001, 0.005, 0.1),
                        Arbitraries.integers().between(1, 20))
                .as(BucketVectorLawsTest::powersOfTwo);
    }

    private static BucketVector count(double[] observations, double[] edges) {
        long[] counts = new long[edges.length + 1];
        double sum = 0;
        for (double observation : observations) {
            int bucket = 0;
            while (bucket < edges.length && observation > edges[bucket]) {
                bucket++;
            }
            counts[bucket]++;
            sum += observation;
        }
        return new BucketVector(edges, counts, sum);
    }

    private static double[] pool(double[][] parts) {
        return Arrays.stream(parts)
                .flatMapToDouble(Arrays::stream)
                // A zero lies in no (low, high] that starts at zero: Prometheus counts it in the first bucket all the
                // same.
                .map(x -> x == 0 ? Double.MIN_VALUE : x)
                .toArray();
    }

    private static double[] pick(double[] edges, Random random) {
        return Arrays.stream(edges).filter(edge -> random.nextInt(3) > 0).toArray();
    }

    private static double[] powersOfTwo(double first, int n) {
        double[] edges = new double[n];
        for (int i = 0; i < n; i++) {
            edges[i] = first * Math.pow(2, i);
        }
        return edges;
    }
}
