package io.quorate.ingest.etcd;

import io.quorate.ingest.Observation;
import io.quorate.ingest.poll.AssignedSplits;
import io.quorate.ingest.poll.AssignedSplitsSerializer;
import io.quorate.ingest.poll.PollEnumerator;
import io.quorate.ingest.poll.PollReader;
import io.quorate.ingest.poll.PollSplit;
import io.quorate.ingest.poll.PollSplitSerializer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Asks the members of etcd clusters for their status and the cluster for its members, one split per cluster. A member that
 * does not answer is an observation like any other. Alarms are read from the status alone: the alarm call is a raft write.
 */
public final class EtcdSource implements Source<Observation, PollSplit, AssignedSplits> {

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
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<PollSplit, AssignedSplits> createEnumerator(SplitEnumeratorContext<PollSplit> context) {
        return new PollEnumerator(context, List.copyOf(clusters.keySet()), Set.of());
    }

    @Override
    public SplitEnumerator<PollSplit, AssignedSplits> restoreEnumerator(
            SplitEnumeratorContext<PollSplit> context, AssignedSplits assigned) {
        return new PollEnumerator(context, List.copyOf(clusters.keySet()), assigned.ids());
    }

    @Override
    public SourceReader<Observation, PollSplit> createReader(SourceReaderContext context) {
        return new PollReader(context, (split, polling) -> {
            EtcdSettings cluster = clusters.get(split.splitId());
            return cluster == null ? null : new EtcdPoller(cluster, polling);
        });
    }

    @Override
    public SimpleVersionedSerializer<PollSplit> getSplitSerializer() {
        return new PollSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<AssignedSplits> getEnumeratorCheckpointSerializer() {
        return new AssignedSplitsSerializer();
    }
}
