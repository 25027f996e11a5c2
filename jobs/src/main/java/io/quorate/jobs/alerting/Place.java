package io.quorate.jobs.alerting;

import io.quorate.events.ClusterRoster;
import io.quorate.events.LeaderChange;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was learnt of a cluster: who belongs to it, or who leads it.
 *
 * @param roster null where it tells of a leader
 * @param leader name of the member that leads since then; null where it tells who belongs
 */
public record Place(
        String cluster,
        Instant at,
        @Nullable ClusterRoster roster,
        @Nullable String leader) {

    public Place {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(at, "at");
    }

    static Place of(ClusterRoster roster) {
        return new Place(roster.cluster(), roster.observedAt(), roster, null);
    }

    static Place of(LeaderChange change) {
        return new Place(change.cluster(), change.observedAt(), null, change.to());
    }
}
