package io.quorate.events;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The observations of one histogram, counted per bucket: {@code counts[i]} lie in {@code (edges[i-1], edges[i]]}, the last
 * count beyond the last edge. Merging is integer addition, so it is commutative, associative, and equals pooling the raw
 * observations; a quantile is read only at the end, never merged.
 *
 * @param edges finite upper bounds, strictly increasing, in the metric's own unit
 * @param counts per bucket, not cumulative; one more than edges
 * @param sum of the observed values, in the metric's own unit
 */
public record BucketVector(double[] edges, long[] counts, double sum) implements Serializable {

    public BucketVector {
        if (counts.length != edges.length + 1) {
            throw new IllegalArgumentException(
                    counts.length + " counts for " + edges.length + " edges; expected one more than edges");
        }
        for (int i = 0; i < edges.length; i++) {
            if (!Double.isFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1])) {
                throw new IllegalArgumentException("edges must be finite and increase: " + Arrays.toString(edges));
            }
        }
        for (long count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("a bucket cannot hold " + count + " observations");
            }
        }
    }

    /** No observations, on these edges. */
    public static BucketVector empty(double[] edges) {
        return new BucketVector(edges, new long[edges.length + 1], 0);
    }

    /**
     * From Prometheus' cumulative buckets, the last of which is +Inf.
     *
     * @throws IllegalArgumentException when a cumulative count is lower than the one before it
     */
    public static BucketVector ofCumulative(double[] edges, long[] cumulative, double sum) {
        long[] counts = cumulative.clone();
        for (int i = counts.length - 1; i > 0; i--) {
            counts[i] -= cumulative[i - 1];
        }
        return new BucketVector(edges, counts, sum);
    }

    /** How many observations there are. */
    public long total() {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    /** How many observations were certainly greater than this edge. Exact only when {@code edge} is one of the edges. */
    public long slowerThan(double edge) {
        long slower = 0;
        for (int i = counts.length - 1; i >= 0 && (i == 0 ? 0 : edges[i - 1]) >= edge; i--) {
            slower += counts[i];
        }
        return slower;
    }

    /** Both together. On different layouts only the common edges remain: bounds widen, they never lie. */
    public BucketVector plus(BucketVector other) {
        if (!Arrays.equals(edges, other.edges)) {
            double[] common = commonEdges(edges, other.edges);
            return on(common).plus(other.on(common));
        }
        long[] added = counts.clone();
        for (int i = 0; i < added.length; i++) {
            added[i] += other.counts[i];
        }
        return new BucketVector(edges, added, sum + other.sum);
    }

    /** All together, as one {@link #plus} after the other; null of none. */
    public static @Nullable BucketVector sum(List<BucketVector> all) {
        if (all.isEmpty()) {
            return null;
        }
        BucketVector first = all.get(0);
        long[] counts = first.counts.clone();
        double sum = first.sum;
        for (int next = 1; next < all.size(); next++) {
            BucketVector other = all.get(next);
            if (first.edges != other.edges && !Arrays.equals(first.edges, other.edges)) {
                BucketVector rest = Objects.requireNonNull(sum(all.subList(next, all.size())));
                return new BucketVector(first.edges, counts, sum).plus(rest);
            }
            for (int i = 0; i < counts.length; i++) {
                counts[i] += other.counts[i];
            }
            sum += other.sum;
        }
        return all.size() == 1 ? first : new BucketVector(first.edges, counts, sum);
    }

    /** What has been observed since {@code earlier}; null when a bucket shrank, that is, when the process began anew. */
    public @Nullable BucketVector since(BucketVector earlier) {
        if (!Arrays.equals(edges, earlier.edges)) {
            double[] common = commonEdges(edges, earlier.edges);
            return on(common).since(earlier.on(common));
        }
        long[] grown = counts.clone();
        for (int i = 0; i < grown.length; i++) {
            grown[i] -= earlier.counts[i];
            if (grown[i] < 0) {
                return null;
            }
        }
        return new BucketVector(edges, grown, sum - earlier.sum);
    }

    /**
     * The value below which a share {@code q} of the observations lies. The observation of rank ceil(q n) is certain to be
     * in {@code (low, high]}; {@code value} interpolates inside the bucket as Prometheus' histogram_quantile does.
     *
     * @return null when there are no observations
     */
    public @Nullable Quantile quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("a quantile lies in [0, 1], not " + q);
        }
        long total = total();
        if (total == 0) {
            return null;
        }
        double rank = q * total;
        int bucket = 0;
        long before = 0;
        while (bucket < edges.length && before + counts[bucket] < rank) {
            before += counts[bucket++];
        }
        if (bucket == edges.length) {
            return edges.length == 0
                    ? new Quantile(Double.NEGATIVE_INFINITY, Double.NaN, null)
                    : new Quantile(edges[bucket - 1], edges[bucket - 1], null);
        }
        double high = edges[bucket];
        if (bucket == 0 && high <= 0) {
            return new Quantile(Double.NEGATIVE_INFINITY, high, high);
        }
        double low = bucket == 0 ? 0 : edges[bucket - 1];
        return new Quantile(low, low + (high - low) * ((rank - before) / counts[bucket]), high);
    }

    private BucketVector on(double[] kept) {
        long[] regrouped = new long[kept.length + 1];
        int bucket = 0;
        for (int i = 0; i < counts.length; i++) {
            while (bucket < kept.length && i > 0 && edges[i - 1] >= kept[bucket]) {
                bucket++;
            }
            regrouped[bucket] += counts[i];
        }
        return new BucketVector(kept, regrouped, sum);
    }

    private static double[] commonEdges(double[] some, double[] others) {
        return Arrays.stream(some)
                .filter(edge -> Arrays.binarySearch(others, edge) >= 0)
                .toArray();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BucketVector that
                && Arrays.equals(edges, that.edges)
                && Arrays.equals(counts, that.counts)
                && Double.compare(sum, that.sum) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(edges) + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "BucketVector[edges=" + Arrays.toString(edges) + ", counts=" + Arrays.toString(counts) + ", sum=" + sum
                + ']';
    }
}
