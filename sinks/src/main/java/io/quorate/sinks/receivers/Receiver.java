package io.quorate.sinks.receivers;

import java.util.concurrent.CompletableFuture;

/** Someone who can be told of alerts. Knows nothing of order, groups, retries or the ledger. */
public interface Receiver extends AutoCloseable {

    /**
     * Tells once, without waiting. Ends by itself within the receiver's own timeout; one that ends exceptionally counts as
     * worth retrying.
     */
    CompletableFuture<Answer> send(Message message);

    @Override
    void close();
}
