package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new leader of a cluster, or the same one in a later term.
 *
 * @param from name of the leader before
 * @param to name of the new leader
 * @param raftTerm of the new leader
 * @param observedAt when the first answer named it; a second answer has confirmed it since
 * @param confirmedAt when all was known of it: when the second answer arrived, or the old leader told since whether somebody
 *     meant it, at most 1.5 s later
 * @param planned yes: it came too soon for an election, or as the next one of a roll, and the leader before had ended or
 *     followed; no: the leader before had stopped answering while others still followed it
 * @param clusterSize voting members, as far as known
 */
public record LeaderChange(
        String cluster,
        @Nullable String clusterId,
        String from,
        @Nullable String fromId,
        String to,
        @Nullable String toId,
        long raftTerm,
        Instant observedAt,
        Instant confirmedAt,
        Planned planned,
        int clusterSize) {

    /** Whether somebody meant it. */
    public enum Planned {
        YES,
        NO,
        UNKNOWN
    }

    public LeaderChange {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(observedAt, "observedAt");
        Objects.requireNonNull(confirmedAt, "confirmedAt");
        planned = planned == null ? Planned.UNKNOWN : planned;
    }

    /** It gives the leadership back to the member that lost it by this one. */
    public boolean takesBack(LeaderChange before) {
        return !regained() && from.equals(before.to) && to.equals(before.from);
    }

    /** The same member leads again, in a later term. */
    public boolean regained() {
        return from.equals(to);
    }
}
