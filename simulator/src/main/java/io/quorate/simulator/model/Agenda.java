package io.quorate.simulator.model;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to happen in one cluster, in order of time, then of entry. Times are microseconds of simulated time. */
final class Agenda {

    private record Entry(long at, long number, Runnable what) {}

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::number));
    private long entered;

    void at(long time, Runnable what) {
        entries.add(new Entry(time, entered++, what));
    }

    /** When the next thing happens; never, when nothing is to. */
    long next() {
        Entry first = entries.peek();
        return first == null ? Long.MAX_VALUE : first.at();
    }

    Runnable take() {
        return entries.remove().what();
    }
}
