package io.quorate.ingest.recording;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/** Gives the one split to the first reader that asks; its state is the split that nobody has, if any. */
final class RecordingEnumerator implements SplitEnumerator<RecordingSplit, List<RecordingSplit>> {

    private final SplitEnumeratorContext<RecordingSplit> context;
    private @Nullable RecordingSplit waiting;

    RecordingEnumerator(SplitEnumeratorContext<RecordingSplit> context, @Nullable RecordingSplit waiting) {
        this.context = context;
        this.waiting = waiting;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        if (waiting != null) {
            context.assignSplit(waiting, subtask);
            waiting = null;
        }
        context.signalNoMoreSplits(subtask);
    }

    @Override
    public void addSplitsBack(List<RecordingSplit> splits, int subtask) {
        splits.forEach(split -> waiting = split);
    }

    @Override
    public void addReader(int subtask) {}

    @Override
    public List<RecordingSplit> snapshotState(long checkpointId) {
        return waiting == null ? List.of() : List.of(waiting);
    }

    @Override
    public void close() {}
}
