package io.quorate.ingest.poll;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The split as id, number of marks, marks. */
public final class PollSplitSerializer implements SimpleVersionedSerializer<PollSplit> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(PollSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeUTF(split.splitId());
        out.writeInt(split.delivered().size());
        for (Map.Entry<String, Long> mark : split.delivered().entrySet()) {
            out.writeUTF(mark.getKey());
            out.writeLong(mark.getValue());
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public PollSplit deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("a poll split of version " + version + ", expected " + VERSION);
        }
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        String splitId = in.readUTF();
        Map<String, Long> delivered = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            delivered.put(in.readUTF(), in.readLong());
        }
        return new PollSplit(splitId, delivered);
    }
}
