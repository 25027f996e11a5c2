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
 * minute that it lives in is told, also one without polls. Safe from any thread.
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
    private long countedUpTo;

    /**
     * Begins.
     *
     * @param source {@code prometheus}, {@code metrics} or {@code etcd}
     */
    PollLedger(String source, Target target, long nowMillis) {
        this.source = source;
        this.target = target;
        this.countedUpTo = nowMillis;
        countOf(nowMillis);
    }

    private static final class Count {

        private final TreeMap<String, Long> failed = new TreeMap<>();
        private long expected;
        private long answered;
        private long leftOut;
        private long notEnded;
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
        countOf(nowMillis);
        return over;
    }

    /** All that is not told yet, as its split is polled no more. */
    synchronized List<PollTally> rest(long nowMillis) {
        List<PollTally> rest = new ArrayList<>();
        while (!open.isEmpty()) {
            rest.add(close(nowMillis));
        }
        return rest;
    }

    private PollTally close(long nowMillis) {
        Map.Entry<Long, Count> first = open.pollFirstEntry();
        long minute = first.getKey();
        Count count = first.getValue();
        long until = Math.min(minute + MINUTE, nowMillis);
        long counted = Math.max(0, until - Math.max(minute, countedUpTo));
        countedUpTo = Math.max(countedUpTo, until);
        List<PollTally.Failed> failed = new ArrayList<>();
        count.failed.forEach((reason, polls) -> failed.add(new PollTally.Failed(reason, polls)));
        return new PollTally(
                source,
                target.id(),
                target.labels().get("cluster"),
                Instant.ofEpochMilli(minute),
                Instant.ofEpochMilli(nowMillis),
                counted / 1000.0,
                count.expected,
                count.answered,
                count.leftOut,
                failed);
    }

    private Count countOf(long millis) {
        return open.computeIfAbsent(Math.floorDiv(millis, MINUTE) * MINUTE, unseen -> new Count());
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
