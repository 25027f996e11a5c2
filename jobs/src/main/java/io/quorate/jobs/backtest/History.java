package io.quorate.jobs.backtest;

import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What happened, from wherever it was kept. Flink takes it along to where it reads: what it opens it opens there. */
public interface History extends Serializable {

    /** What is kept of scrapes: themselves, of which windows are still to be made, or the windows that were made live. */
    enum Grain {
        SCRAPES,
        WINDOWS
    }

    /** Of what rules look at. */
    enum Kind {
        /** Members' answers, and the leader changes that they show. */
        STATUSES,
        /** Members' windows, or the scrapes of which they are made. */
        WINDOWS,
        /** In these the metrics of the members' machines. */
        MACHINES,
        /** Who belongs: voters and learners, also those that never answered. */
        ROSTERS,
        /** What members lacked, and why, from when to when; with scrapes it is made anew. */
        COVERAGE
    }

    Grain grain();

    /** What a replay of it does not hear, a sentence each, for people; empty when it hears all that the live jobs did. */
    List<String> lacks();

    /** Opens it for reading from this time on; whoever opens it closes it. */
    Reader open(Instant since) throws IOException;

    /** What it tells of what rules look at. */
    Set<Kind> tells();

    /** How much is best read at once. */
    default Duration chunk() {
        return Duration.ofMinutes(10);
    }

    /** How far what follows in order may be behind in event time, as the live jobs waited for it. */
    default Duration disorder() {
        return Duration.ZERO;
    }

    /** Chunk after chunk. */
    interface Reader extends AutoCloseable {

        /** What was said before it was opened and still holds then: the last rosters, coverages and controls. */
        default List<Happened> standing() throws IOException {
            return List.of();
        }

        /** What of the span that is asked for is not kept any more, a sentence each; known once it is open. */
        default List<String> lost() {
            return List.of();
        }

        /**
         * All that was heard in [from, to), in the order in which it was heard, as far as is known; called with one span after
         * the other, each beginning where the last one ended.
         *
         * @throws IOException in words for people, when it cannot be reached
         */
        List<Happened> chunk(Instant from, Instant to) throws IOException;

        @Override
        void close() throws IOException;
    }
}
