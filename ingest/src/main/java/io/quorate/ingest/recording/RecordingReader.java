package io.quorate.ingest.recording;

import io.quorate.ingest.Observation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Reads and sorts all recordings when the split comes, then hands them over one observation at a time. */
final class RecordingReader implements SourceReader<Observation, RecordingSplit> {

    private final SourceReaderContext context;
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private @Nullable RecordingSplit split;
    private List<Observation> observations = List.of();
    private int next;
    private boolean noMoreSplits;

    RecordingReader(SourceReaderContext context) {
        this.context = context;
    }

    @Override
    public void start() {
        if (split == null) {
            context.sendSplitRequest();
        }
    }

    @Override
    public void addSplits(List<RecordingSplit> splits) {
        for (RecordingSplit given : splits) {
            split = given;
            next = given.next();
            observations =
                    Fleet.observations(given.files().stream().map(Path::of).toList());
        }
        available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Observation> output) {
        if (next < observations.size()) {
            Observation observation = observations.get(next++);
            output.collect(observation, observation.observedAt().toEpochMilli());
        }
        if (next < observations.size()) {
            return InputStatus.MORE_AVAILABLE;
        }
        return split != null || noMoreSplits ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<RecordingSplit> snapshotState(long checkpointId) {
        return split == null ? List.of() : List.of(new RecordingSplit(split.files(), next));
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public void close() {}
}
