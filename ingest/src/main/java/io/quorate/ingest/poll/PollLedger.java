package io.quorate.ingest.poll;

import io.quorate.events.PollTally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the polls of one split, by the minute of wall-clock in which they were due. A minute is told when it is over
 * and its polls have ended, or after a while whether they have or not; what is due in it even later is told apart. Every
 * minute that it lives in is told, also one without polls. What was told stays here until it went downstream, so that a
 * checkpoint always holds what is not told for good. Safe from any thread.
 */
final class PollLedger {

    private static final long MINUTE = 60_000;
    /** A timer that is a little late must not make a part of its own. */
    private static final long SETTLED_AFTER = 2_000;
    /** Longer than any poll may take. */
    private static final long WAITED_FOR = 30_000;

    private final String source;
    private final Target target;
    private final TreeMap<Long, Count> open = new TreeMap<>();
    /** Told, and not known to have gone downstream. */
    private final List<PollTally> told = new ArrayList<>();

    private final long begunAt;
    private long countedUpTo;
    private long lookedAt;

    /**
     * Begins.
     *
     * @param source {@code prometheus}, {@code metrics} or {@code etcd}
     */
    PollLedger(String source, Target target, long nowMillis) {
        this.source = source;
        this.target = target;
        this.begunAt = nowMillis;
        this.countedUpTo = nowMillis;
        this.lookedAt = nowMillis;
        countOf(nowMillis);
    }

    private static final class Count {

        private final long from;
        private final TreeMap<String, Long> failed = new TreeMap<>();
        private long expected;
        private long answered;
        private long leftOut;
        private long notEnded;

        private Count(long from) {
            this.from = from;
        }
    }

    /** What another ledger of this target had counted and not told: whatever became of that one, this one tells it. */
    synchronized List<PollTally> restore(List<PollTally> counted) {
        told.addAll(counted);
        return counted;
    }

    /** A poll that was due then. */
    synchronized Poll due(long dueMillis) {
        Count count = countOf(dueMillis);
        count.expected++;
        count.notEnded++;
        return new Entry(count);
    }

    /** What can be told now. */
    synchronized List<PollTally> over(long nowMillis) {
        List<PollTally> over = new ArrayList<>();
        while (!open.isEmpty()) {
            Map.Entry<Long, Count> first = open.firstEntry();
            long end = first.getKey() + MINUTE;
            boolean ended = first.getValue().notEnded == 0 && nowMillis >= end + SETTLED_AFTER;
            if (!ended && nowMillis < end + WAITED_FOR) {
                break;
            }
            over.add(close(nowMillis));
        }
        told.addAll(over);
        lookedAt = nowMillis;
        countOf(nowMillis);
        return over;
    }

    /** That went downstream. */
    synchronized void wentDownstream(PollTally tally) {
        told.remove(tally);
    }

    /** All that is not told for good, as its split is polled no more. */
    synchronized List<PollTally> rest(long nowMillis) {
        List<PollTally> rest = new ArrayList<>(told);
        told.clear();
        while (!open.isEmpty()) {
            rest.add(close(nowMillis));
        }
        return rest;
    }

    /** The same while it is polled on: what will be missing when this is the last that anybody knows of it. */
    synchronized List<PollTally> soFar(long nowMillis) {
        List<PollTally> soFar = new ArrayList<>(told);
        open.forEach((minute, count) -> soFar.add(tally(minute, count, nowMillis)));
        return soFar;
    }

    private PollTally close(long nowMillis) {
        Map.Entry<Long, Count> first = open.pollFirstEntry();
        PollTally tally = tally(first.getKey(), first.getValue(), nowMillis);
        countedUpTo = Math.max(countedUpTo, Math.min(first.getKey() + MINUTE, nowMillis));
        return tally;
    }

    private PollTally tally(long minute, Count count, long nowMillis) {
        long until = Math.min(minute + MINUTE, nowMillis);
        long counted = Math.max(0, until - Math.max(count.from, countedUpTo));
        List<PollTally.Failed> failed = new ArrayList<>();
        count.failed.forEach((reason, polls) -> failed.add(new PollTally.Failed(reason, polls)));
        return new PollTally(
                source,
                target.id(),
                target.labels().get("cluster"),
                Instant.ofEpochMilli(minute),
                Instant.ofEpochMilli(count.from),
                Instant.ofEpochMilli(nowMillis),
                counted / 1000.0,
                count.expected,
                count.answered,
                count.leftOut,
                failed);
    }

    private Count countOf(long millis) {
        long minute = Math.floorDiv(millis, MINUTE) * MINUTE;
        // Of a minute that was told, a part by itself: it begins when nobody knew of it yet.
        return open.computeIfAbsent(
                minute, unseen -> new Count(minute + MINUTE <= countedUpTo ? lookedAt : Math.max(minute, begunAt)));
    }

    private final class Entry implements Poll {

        private final Count count;
        private boolean ended;

        private Entry(Count count) {
            this.count = count;
        }

        /** Whether this is the first that is told of how it ended. */
        private boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            count.notEnded--;
            return true;
        }

        @Override
        public void leftOut() {
            synchronized (PollLedger.this) {
                count.leftOut += end() ? 1 : 0;
            }
        }

        @Override
        public void begun() {
            // Whatever was not left out.
        }

        @Override
        public void answered(long samples) {
            synchronized (PollLedger.this) {
                count.answered += end() ? 1 : 0;
            }
        }

        @Override
        public void failed(String reason) {
            synchronized (PollLedger.this) {
                if (end()) {
                    count.failed.merge(reason, 1L, Long::sum);
                }
            }
        }
    }
}
