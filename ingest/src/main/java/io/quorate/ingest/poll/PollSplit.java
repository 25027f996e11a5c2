package io.quorate.ingest.poll;

import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * One target that is polled. How it is polled (intervals, secrets) is not part of it, so that a restart takes new settings.
 *
 * @param delivered by what is marked, the time of the newest observation that went downstream, in milliseconds since the epoch
 */
public record PollSplit(Target target, Map<String, Long> delivered) implements SourceSplit {

    public PollSplit {
        Objects.requireNonNull(target, "target");
        delivered = Map.copyOf(delivered);
    }

    @Override
    public String splitId() {
        return target.id();
    }
}
