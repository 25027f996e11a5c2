package io.quorate.ingest.etcd;

import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.poll.Target;
import io.quorate.ingest.transport.Transport;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Clusters that are found rather than named, and how each is asked.
 *
 * @param interval from one status of a member to its next
 * @param deadline of one call, at most the interval
 * @param memberListInterval from one member list to the next
 * @param transport how they are reached, and which user of etcd they are asked by
 * @param followMembers whether members that the member list names are asked too, and those that left no more
 */
public record EtcdDiscovery(
        DiscoverySettings targets,
        Duration interval,
        Duration deadline,
        Duration memberListInterval,
        Transport transport,
        boolean followMembers)
        implements Serializable {

    private static final long serialVersionUID = 1;

    public EtcdDiscovery {
        // Refuses what no cluster could be asked by.
        String scheme = transport.tls() == null ? "http" : "https";
        new EtcdSettings(
                "any", List.of(scheme + "://any:2379"), interval, deadline, memberListInterval, transport, Map.of());
    }

    /**
     * The settings of one that was found.
     *
     * @throws IllegalArgumentException when its addresses or its name cannot be, with a message for people
     */
    public EtcdSettings cluster(Target target) {
        Map<String, String> labels = new TreeMap<>(target.labels());
        labels.remove("cluster");
        return new EtcdSettings(
                target.id(),
                target.addresses(),
                interval,
                deadline,
                memberListInterval,
                transport,
                labels,
                followMembers);
    }
}
