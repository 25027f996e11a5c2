package io.quorate.ingest.poll;

import java.util.Arrays;

/** The lags of the last minute, or the newest of them when there are very many. Safe from any thread. */
final class Lags {

    private static final int KEPT = 1 << 16;
    private static final long MINUTE = 60_000_000_000L;

    private final long[] lags = new long[KEPT];
    private final long[] at = new long[KEPT];
    private int next;
    private int size;

    synchronized void add(long nanos, long nowNanos) {
        lags[next] = Math.max(0, nanos);
        at[next] = nowNanos;
        next = (next + 1) % KEPT;
        size = Math.min(size + 1, KEPT);
    }

    /** What 99 in 100 of them are at most, in nanoseconds; 0 when there are none. */
    long p99(long nowNanos) {
        long[] recent = recent(nowNanos);
        Arrays.sort(recent);
        return recent.length == 0 ? 0 : recent[(int) Math.ceil(recent.length * 0.99) - 1];
    }

    private synchronized long[] recent(long nowNanos) {
        long[] recent = new long[size];
        int found = 0;
        // From the newest back, so that the first that is too old ends it.
        for (int i = 1; i <= size; i++) {
            int slot = Math.floorMod(next - i, KEPT);
            if (nowNanos - at[slot] > MINUTE) {
                break;
            }
            recent[found++] = lags[slot];
        }
        return Arrays.copyOf(recent, found);
    }
}
