package io.quorate.cli.demo;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was done to one member.
 *
 * @param to null while it lasts
 */
record Fault(
        Kind kind, String member, Instant from, @Nullable Instant to) {

    /** An election is the fault's doing until so long after its end: the one that comes back may ask for votes. */
    private static final Duration AFTERMATH = Duration.ofSeconds(3);

    enum Kind {
        /** SIGSTOP, later SIGCONT. */
        STALLED_LEADER("stalled-leader"),
        /** Each fsync is delayed. */
        SLOW_DISK("slow-disk");

        /** As reports write it. */
        final String written;

        Kind(String written) {
            this.written = written;
        }
    }

    static Fault begun(Kind kind, String member, Instant from) {
        return new Fault(kind, member, from, null);
    }

    Fault ended(Instant at) {
        return new Fault(kind, member, from, at);
    }

    boolean lasts() {
        return to == null;
    }

    /** Whether an election at this time is its doing. */
    boolean explains(Instant election) {
        return kind == Kind.STALLED_LEADER
                && from.isBefore(election)
                && (to == null || election.isBefore(to.plus(AFTERMATH)));
    }
}
