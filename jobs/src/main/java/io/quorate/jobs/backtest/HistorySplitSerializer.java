package io.quorate.jobs.backtest;

import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The split as its numbers, how many clusters, and their names. */
final class HistorySplitSerializer implements SimpleVersionedSerializer<HistorySplit> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(HistorySplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        out.writeLong(split.chunkFrom());
        out.writeInt(split.taken());
        out.writeLong(split.first());
        out.writeInt(split.clusters().size());
        for (String cluster : split.clusters()) {
            out.writeUTF(cluster);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public HistorySplit deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("a history's split of version " + version + ", expected " + VERSION);
        }
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        long chunkFrom = in.readLong();
        int taken = in.readInt();
        long first = in.readLong();
        SortedSet<String> clusters = new TreeSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            clusters.add(in.readUTF());
        }
        return new HistorySplit(chunkFrom, taken, first, clusters);
    }
}
