package io.quorate.simulator.model;

import java.util.Arrays;

/** A cumulative histogram of a process: what it observed since it started. */
public final class Tally {

    private final double[] edges;
    private final long[] counts;
    private double sum;
    private long total;

    Tally(double[] edges) {
        this.edges = edges;
        this.counts = new long[edges.length + 1];
    }

    void observe(double value) {
        int at = Arrays.binarySearch(edges, value);
        counts[at >= 0 ? at : -at - 1]++;
        sum += value;
        total++;
    }

    void draw(long n, Shares shares, RandomStream random) {
        sum += shares.draw(n, random, counts);
        total += n;
    }

    public double[] edges() {
        return edges.clone();
    }

    /** How many in this bucket, not cumulative; the last one lies beyond the last edge. */
    public long count(int bucket) {
        return counts[bucket];
    }

    public long total() {
        return total;
    }

    /** In whole nanoseconds, as the observations themselves are. */
    public double sum() {
        return Math.rint(sum * 1e9) / 1e9;
    }
}
