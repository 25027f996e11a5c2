package io.quorate.ingest.poll;

/** Polls one split until closed, on the clock of its {@link PollContext}. */
public interface Poller extends AutoCloseable {

    /** Begins, with the first poll at once. */
    void start();

    /** Ends, with whatever is under way. */
    @Override
    void close();
}
