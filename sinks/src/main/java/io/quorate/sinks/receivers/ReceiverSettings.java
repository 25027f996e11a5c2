package io.quorate.sinks.receivers;

import java.io.Serializable;

/** What a job must know of a receiver before it opens it; travels with the job. */
public interface ReceiverSettings extends Serializable {

    /** Stands in the ledger and in the operator's uid; never an address, which may hold a secret. */
    String name();

    Retry retry();

    /** Whether it wants to hear that an episode is over. */
    boolean sendResolved();

    /** Connects to nothing yet. */
    Receiver open();
}
