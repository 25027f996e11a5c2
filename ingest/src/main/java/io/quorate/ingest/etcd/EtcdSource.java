package io.quorate.ingest.etcd;

import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.PollSource;
import io.quorate.ingest.poll.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the members of etcd clusters for their status and the cluster for its members, one split per cluster. A member that
 * does not answer is an observation like any other. Alarms are read from the status alone: the alarm call is a raft write.
 */
public final class EtcdSource extends PollSource {

    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(EtcdSource.class);

    private final LinkedHashMap<String, EtcdSettings> clusters = new LinkedHashMap<>();
    private final LinkedHashMap<String, EtcdDiscovery> found = new LinkedHashMap<>();

    /** Asks these clusters. */
    public EtcdSource(List<EtcdSettings> clusters) {
        this(clusters, List.of());
    }

    /** Asks these clusters, and those that are found; one that is named counts before one that is found. */
    public EtcdSource(List<EtcdSettings> clusters, List<EtcdDiscovery> discoveries) {
        if (clusters.isEmpty() && discoveries.isEmpty()) {
            throw new IllegalArgumentException("ingest.etcd: no cluster, expected at least one");
        }
        for (EtcdSettings cluster : clusters) {
            if (this.clusters.put(cluster.cluster(), cluster) != null) {
                throw new IllegalArgumentException(
                        "ingest.etcd: " + cluster.cluster() + " stands twice, expected one entry per cluster");
            }
        }
        for (EtcdDiscovery discovery : discoveries) {
            if (found.put(discovery.targets().name(), discovery) != null) {
                throw new IllegalArgumentException(
                        "ingest.etcd: " + discovery.targets().name() + " stands twice, expected each place once");
            }
        }
    }

    @Override
    protected String kind() {
        return "etcd";
    }

    @Override
    protected List<Discovery> discoveries() {
        List<Discovery> discoveries = new ArrayList<>();
        discoveries.add(Discovery.of(clusters.values().stream()
                .map(cluster -> new Target(cluster.cluster(), "settings", cluster.endpoints(), labels(cluster)))
                .toList()));
        found.values().forEach(discovery -> discoveries.add(discovery.targets().clusters()));
        return discoveries;
    }

    private static Map<String, String> labels(EtcdSettings cluster) {
        Map<String, String> labels = new HashMap<>(cluster.labels());
        labels.put("cluster", cluster.cluster());
        return labels;
    }

    @Override
    protected Pollers pollers() {
        return (split, context) -> {
            EtcdSettings cluster = settings(split.target());
            return cluster == null ? null : new EtcdPoller(cluster, context);
        };
    }

    private @Nullable EtcdSettings settings(Target target) {
        EtcdDiscovery discovery = found.get(target.discovery());
        if (discovery == null) {
            return clusters.get(target.id());
        }
        try {
            return discovery.cluster(target);
        } catch (IllegalArgumentException e) {
            LOG.warn("{}: {} cannot be asked: {}", target.discovery(), target.id(), e.getMessage());
            return null;
        }
    }
}
