package io.quorate.jobs.backtest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** What a run in this process has read. Flink copies a source to where it reads: who waits for it looks here. */
public final class Progress {

    private static final Map<String, Progress> RUNS = new ConcurrentHashMap<>();

    private final Set<String> clusters = new ConcurrentSkipListSet<>();
    private volatile long reached = Long.MIN_VALUE;
    private volatile List<String> lost = List.of();
    private volatile long first = Long.MAX_VALUE;

    private Progress() {}

    /** Of the run of this name. */
    public static Progress of(String run) {
        return RUNS.computeIfAbsent(run, unseen -> new Progress());
    }

    /** Nobody will ask for it again. */
    static void forget(String run) {
        RUNS.remove(run);
    }

    void reached(long millis, List<String> lostSoFar) {
        reached = millis;
        lost = List.copyOf(lostSoFar);
    }

    void saw(Happened one) {
        if (one.cluster() != null) {
            clusters.add(one.cluster());
        }
        first = Math.min(first, one.at().toEpochMilli());
    }

    /** What was read before a run broke off was read. */
    void goesOn(HistorySplit split) {
        clusters.addAll(split.clusters());
        first = Math.min(first, split.first());
    }

    HistorySplit at(long chunkFrom, int taken) {
        return new HistorySplit(chunkFrom, taken, first, clusters());
    }

    /** Of what was read, the first; null when nothing was. */
    @Nullable
    Instant first() {
        return first == Long.MAX_VALUE ? null : Instant.ofEpochMilli(first);
    }

    /** Those that anything was read of. */
    SortedSet<String> clusters() {
        return new TreeSet<>(clusters);
    }

    List<String> lost() {
        return lost;
    }

    /** How much of this span was read, from 0 to 1. */
    public double share(Instant since, Instant until) {
        double all = until.toEpochMilli() - since.toEpochMilli();
        return reached == Long.MIN_VALUE ? 0 : Math.min(1, Math.max(0, (reached - since.toEpochMilli()) / all));
    }
}
