package io.quorate.jobs.backtest;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/** Gives the one split to the first reader that asks; its state is whether nobody has it yet. */
final class HistoryEnumerator implements SplitEnumerator<HistorySplit, Boolean> {

    private final SplitEnumeratorContext<HistorySplit> context;
    private @Nullable HistorySplit waiting;

    HistoryEnumerator(SplitEnumeratorContext<HistorySplit> context, @Nullable HistorySplit waiting) {
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
    public void addSplitsBack(List<HistorySplit> splits, int subtask) {
        splits.forEach(split -> waiting = split);
    }

    @Override
    public void addReader(int subtask) {}

    @Override
    public Boolean snapshotState(long checkpointId) {
        return waiting != null;
    }

    @Override
    public void close() {}
}
