package io.quorate.simulator.model;

/**
 * How a service time falls on a histogram's buckets: worked out once, drawn from as often as one likes. Drawing n operations
 * costs a few draws per bucket that is hit, however large n is.
 */
final class Shares {

    /** Per bucket: the share of those that did not fall in an earlier one. */
    private final double[] conditional;

    private final double[] means;

    Shares(ServiceTime time, double[] edges, double unit) {
        conditional = new double[edges.length + 1];
        means = new double[edges.length + 1];
        double below = 0;
        double meanBelow = 0;
        for (int i = 0; i <= edges.length; i++) {
            double edge = i < edges.length ? edges[i] * unit : Double.POSITIVE_INFINITY;
            double upTo = i < edges.length ? time.share(edge) : 1;
            double meanUpTo = time.meanUpTo(edge);
            double share = upTo - below;
            conditional[i] = below >= 1 ? 1 : Math.min(1, share / (1 - below));
            double lower = i == 0 ? 0 : edges[i - 1] * unit;
            double mean = share > 1e-12 ? (meanUpTo - meanBelow) / share : lower;
            means[i] = Math.max(lower, Math.min(mean, edge)) / unit;
            below = upTo;
            meanBelow = meanUpTo;
        }
        conditional[edges.length] = 1;
    }

    /** Draws n operations into these counts; returns their sum. */
    double draw(long n, RandomStream random, long[] counts) {
        double sum = 0;
        long left = n;
        for (int i = 0; left > 0; i++) {
            long here = random.binomial(left, conditional[i]);
            counts[i] += here;
            sum += here * means[i];
            left -= here;
        }
        return sum;
    }
}
