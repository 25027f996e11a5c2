package io.quorate.ingest;

import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.PollTally;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a source hands over: one of these five, the others null. One type, so that a source has one output and one order.
 */
public record Observation(
        @Nullable MemberScrape scrape,
        @Nullable MemberStatus status,
        @Nullable ClusterRoster roster,
        @Nullable DeadLetter deadLetter,
        @Nullable PollTally tally) {

    public Observation {
        long given = Stream.of(scrape, status, roster, deadLetter, tally)
                .filter(Objects::nonNull)
                .count();
        if (given != 1) {
            throw new IllegalArgumentException("an observation is exactly one thing, not " + given);
        }
    }

    public static Observation of(MemberScrape scrape) {
        return new Observation(scrape, null, null, null, null);
    }

    public static Observation of(MemberStatus status) {
        return new Observation(null, status, null, null, null);
    }

    public static Observation of(ClusterRoster roster) {
        return new Observation(null, null, roster, null, null);
    }

    public static Observation of(DeadLetter deadLetter) {
        return new Observation(null, null, null, deadLetter, null);
    }

    public static Observation of(PollTally tally) {
        return new Observation(null, null, null, null, tally);
    }

    /** When what it tells was true. */
    public Instant observedAt() {
        if (scrape != null) {
            return scrape.observedAt();
        }
        if (status != null) {
            return status.observedAt();
        }
        if (roster != null) {
            return roster.observedAt();
        }
        return deadLetter != null
                ? deadLetter.observedAt()
                : Objects.requireNonNull(tally).minute();
    }
}
