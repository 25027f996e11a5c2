package io.quorate.ingest.poll;

import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * One server or cluster that is polled. Its settings are not part of it, so that a restart takes new ones.
 *
 * @param splitId which one, stable over restarts
 * @param delivered per target the time of the newest observation that went downstream, in milliseconds since the epoch
 */
public record PollSplit(String splitId, Map<String, Long> delivered) implements SourceSplit {

    public PollSplit {
        Objects.requireNonNull(splitId, "splitId");
        delivered = Map.copyOf(delivered);
    }
}
