package io.quorate.simulator.model;

import java.util.Arrays;

/** The links between the members of one cluster, each direction by itself. */
final class Network {

    private static final long NEAR = 150;

    private final boolean[][] cut;
    private final long[][] added;

    Network(int members) {
        cut = new boolean[members][members];
        added = new long[members][members];
        for (long[] row : added) {
            Arrays.fill(row, 0);
        }
    }

    boolean open(Member from, Member to) {
        return !cut[from.index][to.index];
    }

    boolean bothWays(Member one, Member other) {
        return open(one, other) && open(other, one);
    }

    void cut(int from, int to, boolean now) {
        cut[from][to] = now;
    }

    void delay(int from, int to, long micros) {
        added[from][to] = micros;
    }

    long delay(Member from, Member to) {
        return NEAR + added[from.index][to.index];
    }

    double roundTripSeconds(Member one, Member other) {
        return Time.seconds(delay(one, other) + delay(other, one));
    }
}
