package io.quorate.sinks.receivers;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a job must know of a receiver before it opens it; travels with the job. */
public interface ReceiverSettings extends Serializable {

    /** Stands in the ledger and in routes; never an address, which may hold a secret. */
    String name();

    Terms terms();

    /** Connects to nothing yet. */
    Receiver open();

    /** Where it is reached, as host and port, for {@code quorate doctor}; null when nobody must be reached. */
    default @Nullable String reachedAt() {
        return null;
    }

    /** Whether it groups by itself, or is read by machines, and so is told of each alert by itself and at once. */
    default boolean tellsEach() {
        return false;
    }

    /** Whether somebody who takes an alert on is told to it. */
    default boolean acknowledges() {
        return false;
    }

    /** How often what still fires must be said again, because the receiver forgets it otherwise; null for never. */
    default @Nullable Duration refresh() {
        return null;
    }
}
