package io.quorate.ingest.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster the endpoints that stand under one name are of: the one that most of them named in their newest answers. A
 * stranger among them does not change it; a cluster that is built anew in place does, as soon as most of it is.
 */
final class ClusterIdentity {

    /** After that an endpoint that no longer answers has no say: it may have been given up. */
    private static final Duration HEARD_FOR = Duration.ofMinutes(5);

    private record Vote(String clusterId, long atNanos) {}

    private final Map<String, Vote> votes = new LinkedHashMap<>();
    /** In the order in which they became known. */
    private final List<String> known = new ArrayList<>();

    /** Takes what an endpoint answered. */
    void heard(String endpoint, String clusterId, long atNanos) {
        votes.put(endpoint, new Vote(clusterId, atNanos));
        known.removeIf(
                id -> votes.values().stream().noneMatch(vote -> vote.clusterId().equals(id)));
        if (!known.contains(clusterId)) {
            known.add(clusterId);
        }
    }

    /** An endpoint has no say any more. */
    void forget(String endpoint) {
        votes.remove(endpoint);
    }

    /** The id, lower-case hex; at a tie the one known longest, null while nobody answered. */
    @Nullable
    String clusterId(long nowNanos) {
        String most = null;
        long votesForIt = 0;
        for (String id : known) {
            long count = votes.values().stream()
                    .filter(vote -> vote.clusterId().equals(id))
                    .filter(vote -> votes.size() == 1 || nowNanos - vote.atNanos() < HEARD_FOR.toNanos())
                    .count();
            if (count > votesForIt) {
                most = id;
                votesForIt = count;
            }
        }
        return most;
    }
}
