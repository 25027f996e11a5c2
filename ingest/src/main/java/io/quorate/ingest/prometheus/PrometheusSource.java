package io.quorate.ingest.prometheus;

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
 * Asks Prometheus servers for what they scraped from etcd, one split per server. Every scrape comes with its own time, once;
 * an outage of ours of up to a minute is filled afterwards. A server that is broken makes dead letters, never the job
 * fail.
 */
public final class PrometheusSource implements Source<Observation, PollSplit, AssignedSplits> {

    private static final long serialVersionUID = 1;

    private final LinkedHashMap<String, PrometheusSettings> servers = new LinkedHashMap<>();

    public PrometheusSource(List<PrometheusSettings> servers) {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("ingest.prometheus: no server, expected at least one");
        }
        for (PrometheusSettings server : servers) {
            if (this.servers.put(server.splitId(), server) != null) {
                throw new IllegalArgumentException("ingest.prometheus: " + server.url() + " stands twice with "
                        + server.selector() + ", expected different selectors");
            }
        }
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SplitEnumerator<PollSplit, AssignedSplits> createEnumerator(SplitEnumeratorContext<PollSplit> context) {
        return new PollEnumerator(context, List.copyOf(servers.keySet()), Set.of());
    }

    @Override
    public SplitEnumerator<PollSplit, AssignedSplits> restoreEnumerator(
            SplitEnumeratorContext<PollSplit> context, AssignedSplits assigned) {
        return new PollEnumerator(context, List.copyOf(servers.keySet()), assigned.ids());
    }

    @Override
    public SourceReader<Observation, PollSplit> createReader(SourceReaderContext context) {
        return new PollReader(context, (split, polling) -> {
            PrometheusSettings server = servers.get(split.splitId());
            return server == null ? null : new PrometheusPoller(server, split.delivered(), polling);
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
