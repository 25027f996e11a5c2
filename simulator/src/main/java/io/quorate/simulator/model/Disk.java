package io.quorate.simulator.model;

import org.jspecify.annotations.Nullable;

/** The disk under one member: how long a write-ahead log's fsync and a backend's commit take on it. */
final class Disk {

    /** From here on operations are drawn one by one, for then they decide when heartbeats leave. */
    private static final double SLOW_SECONDS = 0.02;
    /** Device writes behind one fsync (few: the log and sometimes the journal) and one commit, as fits the recordings. */
    private static final int[] FSYNC_WRITES = {1, 5};

    private static final double SHARE_OF_SMALL_FSYNCS = 0.4;
    private static final double MEAN_FSYNC_WRITES = 3.4;
    private static final double COMMIT_WRITES = 10;

    private final ServiceTime wellFsync;
    private final ServiceTime wellCommit;
    private double factor = 1;
    private double writesPerSecond;
    private boolean hung;
    private @Nullable Shares fsyncShares;
    private @Nullable Shares commitShares;
    /** Until when a commit takes its part of a limited device. */
    private long committingUntil;

    Disk(ServiceTime fsync, ServiceTime commit) {
        this.wellFsync = fsync;
        this.wellCommit = commit;
    }

    void factor(double times) {
        factor = times;
        fsyncShares = null;
        commitShares = null;
    }

    /** How many writes the device takes in a second; 0 for as many as come. */
    void limit(double writes) {
        writesPerSecond = writes;
    }

    void hang(boolean now) {
        hung = now;
    }

    boolean hung() {
        return hung;
    }

    boolean slow() {
        return meanFsync() > SLOW_SECONDS;
    }

    /** While the log and the backend both write, each has half of a limited device. */
    double meanFsync() {
        return wellFsync.mean() * factor + (writesPerSecond > 0 ? MEAN_FSYNC_WRITES * 1.8 / writesPerSecond : 0);
    }

    double meanCommit() {
        return wellCommit.mean() * factor + (writesPerSecond > 0 ? COMMIT_WRITES * 2 / writesPerSecond : 0);
    }

    Shares fsyncShares() {
        if (fsyncShares == null) {
            fsyncShares = new Shares(wellFsync.times(factor), Edges.DISK, 1);
        }
        return fsyncShares;
    }

    Shares commitShares() {
        if (commitShares == null) {
            commitShares = new Shares(wellCommit.times(factor), Edges.DISK, 1);
        }
        return commitShares;
    }

    double drawFsync(long now, RandomStream random) {
        double seconds = wellFsync.times(factor).draw(random);
        if (writesPerSecond > 0) {
            int writes = FSYNC_WRITES[random.chance(SHARE_OF_SMALL_FSYNCS) ? 0 : 1];
            seconds += writes * (now < committingUntil ? 2 : 1) / writesPerSecond;
        }
        return seconds;
    }

    double drawCommit(long now, RandomStream random) {
        double seconds = wellCommit.times(factor).draw(random);
        if (writesPerSecond > 0) {
            seconds += COMMIT_WRITES * (0.7 + 0.6 * random.uniform()) * 1.9 / writesPerSecond;
            committingUntil = now + Time.micros(seconds);
        }
        return seconds;
    }
}
