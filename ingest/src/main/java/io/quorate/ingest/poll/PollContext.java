package io.quorate.ingest.poll;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/** What a poller may ask of its reader. Safe from any thread. */
public interface PollContext {

    /** Runs this again and again; what it throws fails the job. */
    ScheduledFuture<?> every(Duration phase, Duration interval, Runnable work);

    /** The same with a poll that is due each time, and that must be told what became of it. */
    ScheduledFuture<?> pollEvery(Duration phase, Duration interval, Consumer<Poll> work);

    /** A poll that is due now, by no timer. */
    Poll poll();

    /** Where in the interval this split begins: its own part of it, always the same, so that a fleet is not polled all at once. */
    Duration spread(Duration interval);

    /** When this split is polled first: the same, but soon when few begin at once, as those that were just found do. */
    Duration phase(Duration interval);

    /** Runs this on the reader's clock, soon; what it throws fails the job. */
    void soon(Runnable work);

    /** Gives these downstream, in this order. */
    void deliver(List<Parcel> parcels);

    /** Whether so much waits for downstream that this poll had better be left out. */
    boolean congested();

    /** Fails the job: for what is a mistake of ours, never of a server. */
    void fail(Throwable mistake);
}
