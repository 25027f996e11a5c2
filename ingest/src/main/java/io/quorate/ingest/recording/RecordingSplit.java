package io.quorate.ingest.recording;

import java.util.List;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * All recordings of a fleet together, since they are read in one order.
 *
 * @param next index of the observation that comes next
 */
public record RecordingSplit(List<String> files, int next) implements SourceSplit {

    public RecordingSplit {
        files = List.copyOf(files);
    }

    @Override
    public String splitId() {
        return "fleet";
    }
}
