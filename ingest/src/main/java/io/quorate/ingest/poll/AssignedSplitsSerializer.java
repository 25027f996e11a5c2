package io.quorate.ingest.poll;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The assigned splits as number of ids, ids. */
public final class AssignedSplitsSerializer implements SimpleVersionedSerializer<AssignedSplits> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(AssignedSplits assigned) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeInt(assigned.ids().size());
        for (String id : assigned.ids()) {
            out.writeUTF(id);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public AssignedSplits deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("assigned splits of version " + version + ", expected " + VERSION);
        }
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        Set<String> ids = new HashSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            ids.add(in.readUTF());
        }
        return new AssignedSplits(ids);
    }
}
