package io.quorate.jobs.alerting;

import io.quorate.events.Notification;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The ledger, as the one who writes it needs it: what it holds, and a way to write what must not be forgotten. */
public interface Ledger extends Serializable {

    /** Every line since this moment; none where it cannot be read, as who is in doubt sends. */
    List<Notification> since(Instant moment);

    Writer open();

    /** Writes lines at once, beside the stream of all others. */
    interface Writer extends AutoCloseable {

        /** Done when the lines outlive a crash. */
        CompletableFuture<Void> append(List<Notification> lines);

        @Override
        void close();
    }
}
