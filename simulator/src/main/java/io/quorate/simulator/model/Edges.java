package io.quorate.simulator.model;

import java.util.Arrays;

/** etcd's bucket layouts. */
final class Edges {

    static final double[] DISK = doubling(0.001, 14);
    static final double[] PEER = doubling(0.0001, 16);
    static final double[] APPLY = doubling(0.0001, 20);
    static final double[] SNAPSHOT = doubling(0.01, 17);
    static final double[] DEFRAGMENTATION = doubling(0.1, 13);
    static final double[] COMPACTION_MILLIS = doubling(100, 14);
    static final double[] PAUSE_MILLIS = doubling(1, 13);
    static final double[] RPC = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private Edges() {}

    private static double[] doubling(double first, int n) {
        double[] edges = new double[n];
        Arrays.setAll(edges, i -> first * (1 << i));
        return edges;
    }
}
