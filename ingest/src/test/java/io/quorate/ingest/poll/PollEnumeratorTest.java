package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

class PollEnumeratorTest {

    private final FakeEnumeratorContext context = new FakeEnumeratorContext(2);

    @Test
    void spreadsSplitsEvenlyAsReadersCome() {
        PollEnumerator enumerator = new PollEnumerator(context, List.of("c", "a", "b"), Set.of());

        enumerator.addReader(1);
        assertThat(context.given).containsExactly("1<-b");
        enumerator.addReader(0);

        assertThat(context.given).containsExactly("1<-b", "0<-a", "0<-c");
        assertThat(enumerator.snapshotState(1)).isEqualTo(new AssignedSplits(Set.of("a", "b", "c")));
    }

    @Test
    void givesARestoredReaderOnlyWhatIsNew() {
        PollEnumerator enumerator = new PollEnumerator(context, List.of("a", "b", "c"), Set.of("a", "b"));

        enumerator.addReader(0);
        enumerator.addReader(1);

        assertThat(context.given).containsExactly("0<-c");
    }

    @Test
    void givesASplitThatCameBackAgainWithItsMarks() {
        PollEnumerator enumerator = new PollEnumerator(context, List.of("a"), Set.of());
        enumerator.addReader(0);
        enumerator.addSplitsBack(List.of(new PollSplit("a", Map.of("m", 5L))), 0);
        assertThat(enumerator.snapshotState(1).ids()).isEmpty();

        enumerator.addReader(0);

        assertThat(context.splits).last().isEqualTo(new PollSplit("a", Map.of("m", 5L)));
    }

    private static final class FakeEnumeratorContext implements SplitEnumeratorContext<PollSplit> {

        private final int parallelism;
        private final List<String> given = new ArrayList<>();
        private final List<PollSplit> splits = new ArrayList<>();

        private FakeEnumeratorContext(int parallelism) {
            this.parallelism = parallelism;
        }

        @Override
        public void assignSplits(SplitsAssignment<PollSplit> assignment) {
            assignment
                    .assignment()
                    .forEach((subtask, assigned) -> assigned.forEach(split -> {
                        given.add(subtask + "<-" + split.splitId());
                        splits.add(split);
                    }));
        }

        @Override
        public int currentParallelism() {
            return parallelism;
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            return new HashMap<>();
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {}

        @Override
        public void signalNoMoreSplits(int subtask) {}

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {}

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {}

        @Override
        public void runInCoordinatorThread(Runnable work) {
            work.run();
        }

        @Override
        public void setIsProcessingBacklog(boolean backlog) {}
    }
}
