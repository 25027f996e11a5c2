package io.quorate.ingest.poll;

/**
 * One poll that is due, for its poller to tell what became of it: left out, or begun and then answered or failed. What was told
 * first stands. Safe from any thread.
 */
public interface Poll {

    /** It is not made. */
    void leftOut();

    /** It is under way. */
    void begun();

    /**
     * It brought what it asked for.
     *
     * @param samples how much of it, in samples or answers
     */
    void answered(long samples);

    /**
     * It brought nothing.
     *
     * @param reason a class of failures, such as {@code timeout}, {@code refused} or {@code tls}: one of few
     */
    void failed(String reason);
}
