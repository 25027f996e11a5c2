package io.quorate.ingest.recording;

import java.io.IOException;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The split that no reader has yet, or no bytes. */
final class WaitingSplitSerializer implements SimpleVersionedSerializer<List<RecordingSplit>> {

    private final RecordingSplitSerializer splits = new RecordingSplitSerializer();

    @Override
    public int getVersion() {
        return splits.getVersion();
    }

    @Override
    public byte[] serialize(List<RecordingSplit> waiting) throws IOException {
        return waiting.isEmpty() ? new byte[0] : splits.serialize(waiting.get(0));
    }

    @Override
    public List<RecordingSplit> deserialize(int version, byte[] bytes) throws IOException {
        return bytes.length == 0 ? List.of() : List.of(splits.deserialize(version, bytes));
    }
}
