package io.quorate.ingest.poll;

import io.quorate.events.PollTally;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/** The split as its target's id, discovery, addresses and labels, then its marks and its tallies; each list after its length. */
public final class PollSplitSerializer implements SimpleVersionedSerializer<PollSplit> {

    private static final int VERSION = 3;
    /** Without tallies. */
    private static final int OLDEST = 2;

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
        out.writeInt(split.counted().size());
        for (PollTally tally : split.counted()) {
            write(tally, out);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public PollSplit deserialize(int version, byte[] bytes) throws IOException {
        if (version < OLDEST || version > VERSION) {
            throw new IOException("a poll split of version " + version + ", expected " + OLDEST + " to " + VERSION);
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
        List<PollTally> counted = new ArrayList<>();
        for (int left = version == OLDEST ? 0 : in.readInt(); left > 0; left--) {
            counted.add(tally(id, labels.get("cluster"), in));
        }
        return new PollSplit(new Target(id, discovery, addresses, labels), delivered, counted);
    }

    /** But for its target and cluster, which are the split's. */
    private static void write(PollTally tally, DataOutputSerializer out) throws IOException {
        out.writeUTF(tally.source());
        out.writeLong(tally.minute().toEpochMilli());
        out.writeLong(tally.countedFrom().toEpochMilli());
        out.writeLong(tally.countedAt().toEpochMilli());
        out.writeDouble(tally.countedSeconds());
        out.writeLong(tally.expected());
        out.writeLong(tally.answered());
        out.writeLong(tally.leftOut());
        out.writeInt(tally.failed().size());
        for (PollTally.Failed failed : tally.failed()) {
            out.writeUTF(failed.reason());
            out.writeLong(failed.count());
        }
    }

    private static PollTally tally(String target, @Nullable String cluster, DataInputDeserializer in)
            throws IOException {
        String source = in.readUTF();
        Instant minute = Instant.ofEpochMilli(in.readLong());
        Instant countedFrom = Instant.ofEpochMilli(in.readLong());
        Instant countedAt = Instant.ofEpochMilli(in.readLong());
        double countedSeconds = in.readDouble();
        long expected = in.readLong();
        long answered = in.readLong();
        long leftOut = in.readLong();
        List<PollTally.Failed> failed = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            failed.add(new PollTally.Failed(in.readUTF(), in.readLong()));
        }
        return new PollTally(
                source,
                target,
                cluster,
                minute,
                countedFrom,
                countedAt,
                countedSeconds,
                expected,
                answered,
                leftOut,
                failed);
    }
}
