package io.quorate.ingest.recording;

import io.quorate.ingest.Observation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The bounded source over recordings: several files are one fleet, given in order of {@code observedAt}, whatever the order
 * of their lines. One split, so one reader works and the others end at once.
 */
public final class RecordingSource implements Source<Observation, RecordingSplit, List<RecordingSplit>> {

    private static final long serialVersionUID = 1;

    private final ArrayList<String> files;

    public RecordingSource(List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("no recording, expected at least one file");
        }
        this.files = new ArrayList<>(
                files.stream().map(file -> file.toAbsolutePath().toString()).toList());
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<RecordingSplit, List<RecordingSplit>> createEnumerator(
            SplitEnumeratorContext<RecordingSplit> context) {
        return new RecordingEnumerator(context, new RecordingSplit(files, 0));
    }

    @Override
    public SplitEnumerator<RecordingSplit, List<RecordingSplit>> restoreEnumerator(
            SplitEnumeratorContext<RecordingSplit> context, List<RecordingSplit> waiting) {
        return new RecordingEnumerator(context, waiting.isEmpty() ? null : waiting.get(0));
    }

    @Override
    public SourceReader<Observation, RecordingSplit> createReader(SourceReaderContext context) {
        return new RecordingReader(context);
    }

    @Override
    public SimpleVersionedSerializer<RecordingSplit> getSplitSerializer() {
        return new RecordingSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<RecordingSplit>> getEnumeratorCheckpointSerializer() {
        return new WaitingSplitSerializer();
    }
}
