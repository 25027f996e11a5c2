package io.quorate.ingest.poll;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The split as its target's id, discovery, addresses and labels, then its marks; each list after its length. */
public final class PollSplitSerializer implements SimpleVersionedSerializer<PollSplit> {

    private static final int VERSION = 2;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(PollSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        Target target = split.target();
        out.writeUTF(target.id());
        out.writeUTF(target.discovery());
        out.writeInt(target.addresses().size());
        for (String address : target.addresses()) {
            out.writeUTF(address);
        }
        out.writeInt(target.labels().size());
        for (Map.Entry<String, String> label : target.labels().entrySet()) {
            out.writeUTF(label.getKey());
            out.writeUTF(label.getValue());
        }
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
        String id = in.readUTF();
        String discovery = in.readUTF();
        List<String> addresses = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            addresses.add(in.readUTF());
        }
        Map<String, String> labels = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            labels.put(in.readUTF(), in.readUTF());
        }
        Map<String, Long> delivered = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            delivered.put(in.readUTF(), in.readLong());
        }
        return new PollSplit(new Target(id, discovery, addresses, labels), delivered);
    }
}
