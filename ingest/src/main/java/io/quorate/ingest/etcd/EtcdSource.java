package io.quorate.ingest.etcd;

import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.PollSource;
import io.quorate.ingest.poll.Target;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Asks the members of etcd clusters for their status and the cluster for its members, one split per cluster. A member that
 * does not answer is an observation like any other. Alarms are read from the status alone: the alarm call is a raft write.
 */
public final class EtcdSource extends PollSource {

    private static final long serialVersionUID = 1;

    private final LinkedHashMap<String, EtcdSettings> clusters = new LinkedHashMap<>();

    public EtcdSource(List<EtcdSettings> clusters) {
        if (clusters.isEmpty()) {
            throw new IllegalArgumentException("ingest.etcd: no cluster, expected at least one");
        }
        for (EtcdSettings cluster : clusters) {
            if (this.clusters.put(cluster.cluster(), cluster) != null) {
                throw new IllegalArgumentException(
                        "ingest.etcd: " + cluster.cluster() + " stands twice, expected one entry per cluster");
            }
        }
    }

    @Override
    protected List<Discovery> discoveries() {
        return List.of(Discovery.of(clusters.values().stream()
                .map(cluster -> new Target(cluster.cluster(), "settings", cluster.endpoints(), cluster.labels()))
                .toList()));
    }

    @Override
    protected Pollers pollers() {
        return (split, context) -> {
            EtcdSettings cluster = clusters.get(split.splitId());
            return cluster == null ? null : new EtcdPoller(cluster, context);
        };
    }
}
