package io.quorate.ingest.poll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/** Spreads what the settings name evenly over the readers, each as soon as its reader is there. */
public final class PollEnumerator implements SplitEnumerator<PollSplit, AssignedSplits> {

    private final SplitEnumeratorContext<PollSplit> context;
    private final List<String> ids;
    private final Set<String> assigned;
    private final Map<String, PollSplit> returned = new HashMap<>();

    /** For these splits, of which readers restored from a savepoint have some already. */
    public PollEnumerator(SplitEnumeratorContext<PollSplit> context, List<String> ids, Set<String> assigned) {
        this.context = context;
        this.ids = List.copyOf(new TreeSet<>(ids));
        this.assigned = new TreeSet<>(assigned);
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, @Nullable String hostname) {
        assignTo(subtask);
    }

    @Override
    public void addSplitsBack(List<PollSplit> splits, int subtask) {
        for (PollSplit split : splits) {
            assigned.remove(split.splitId());
            returned.put(split.splitId(), split);
        }
        if (context.registeredReaders().containsKey(subtask)) {
            assignTo(subtask);
        }
    }

    @Override
    public void addReader(int subtask) {
        assignTo(subtask);
    }

    private void assignTo(int subtask) {
        for (int i = subtask; i < ids.size(); i += context.currentParallelism()) {
            String id = ids.get(i);
            if (assigned.add(id)) {
                PollSplit split = returned.remove(id);
                context.assignSplit(split == null ? new PollSplit(id, Map.of()) : split, subtask);
            }
        }
    }

    @Override
    public AssignedSplits snapshotState(long checkpointId) {
        return new AssignedSplits(assigned);
    }

    @Override
    public void close() {}
}
