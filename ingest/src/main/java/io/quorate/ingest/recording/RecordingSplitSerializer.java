package io.quorate.ingest.recording;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** The split as next index, number of files, files. */
final class RecordingSplitSerializer implements SimpleVersionedSerializer<RecordingSplit> {

    private static final int VERSION = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(RecordingSplit split) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        out.writeInt(split.next());
        out.writeInt(split.files().size());
        for (String file : split.files()) {
            out.writeUTF(file);
        }
        return out.getCopyOfBuffer();
    }

    @Override
    public RecordingSplit deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("a recording split of version " + version + ", expected " + VERSION);
        }
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        int next = in.readInt();
        List<String> files = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            files.add(in.readUTF());
        }
        return new RecordingSplit(files, next);
    }
}
