package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import java.util.concurrent.CompletableFuture;

/** Someone who can be told of an alert. Knows nothing of order, retries or the ledger: {@link Delivery} does. */
public interface Receiver extends AutoCloseable {

    /**
     * Tells once, without waiting. Ends by itself within the receiver's own timeout; one that ends exceptionally counts as
     * worth retrying.
     *
     * @param key the receiver's deduplication key, the same for every attempt
     */
    CompletableFuture<Answer> send(Alert alert, String key);

    @Override
    void close();
}
