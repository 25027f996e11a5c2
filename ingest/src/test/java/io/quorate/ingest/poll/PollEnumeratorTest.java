package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.PollTally;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollEnumeratorTest {

    private final FakeEnumeratorContext context = new FakeEnumeratorContext(2);
    private final List<FakeEnumeratorContext> looked = new ArrayList<>(List.of(context));
    private final FakeDiscovery discovery = new FakeDiscovery(0, "first");
    private final FakeDiscovery second = new FakeDiscovery(1, "second");
    private final PollEnumerator enumerator = new PollEnumerator(context, List.of(discovery, second));

    @BeforeEach
    void start() {
        enumerator.start();
    }

    @Test
    void spreadsTargetsEvenlyOnceEveryReaderIsThere() {
        discovery.finds("c", "a", "b");
        register(1);
        assertThat(context.given).isEmpty();

        register(0);

        assertThat(context.given).containsExactly("0<-a", "0<-c", "1<-b");
    }

    @Test
    void givesWhatIsFoundLaterToWhoHasLeast() {
        discovery.finds("a", "b", "c");
        register(0, 1);
        discovery.finds("a", "b", "c", "d", "e");

        assertThat(context.given).endsWith("0<-e", "1<-d").hasSize(5);
    }

    @Test
    void tellsReadersOfWhatIsGoneAndWhatMoved() {
        discovery.finds("a", "b");
        register(0, 1);
        discovery.found(target("first", "a", "http://elsewhere:1"));

        assertThat(context.told)
                .containsExactlyInAnyOrder("0: changed [a http://elsewhere:1] gone []", "1: changed [] gone [b]");
        discovery.finds("b");
        assertThat(context.told).last().isEqualTo("0: changed [] gone [a]");
        assertThat(context.given).last().isEqualTo("0<-b");
    }

    @Test
    void keepsThoseFoundLastWhenADiscoveryCannotTellAndSaysSoOnce() {
        discovery.finds("a");
        register(0, 1);
        discovery.fails("no such file");
        discovery.fails("no such file");

        assertThat(context.told).containsExactly("0: first no such file");
        discovery.finds("a");
        discovery.fails("no such file");
        assertThat(context.told).hasSize(2);
    }

    @Test
    void handsOutWhatReadersReportWithItsMarksAndSpreadsItAnew() {
        discovery.finds("a", "b", "c");
        registerWith(0, split("first", "a", 5), split("first", "b", 6));
        registerWith(1, split("first", "c", 7));

        assertThat(context.given).containsExactly("0<-a", "0<-c", "1<-b");
        assertThat(context.splits)
                .extracting(split -> split.delivered().get("m"))
                .containsExactlyInAnyOrder(5L, 6L, 7L);
        assertThat(context.splits)
                .as("with what was counted and not told")
                .allSatisfy(split -> assertThat(split.counted()).containsExactly(tally(split.splitId())));
    }

    @Test
    void losesNoTargetWhenThereAreMoreReadersThanBefore() {
        FakeEnumeratorContext three = new FakeEnumeratorContext(3);
        PollEnumerator rescaled = new PollEnumerator(three, List.of(discovery));
        rescaled.start();
        looked.add(three);
        discovery.finds("a", "b", "c", "d");
        three.register(rescaled, 0, split("first", "a", 1), split("first", "b", 1), split("first", "c", 1));
        three.register(rescaled, 1, split("first", "d", 1));
        assertThat(three.given).isEmpty();
        three.register(rescaled, 2);

        assertThat(three.given).containsExactlyInAnyOrder("0<-a", "1<-b", "2<-c", "0<-d");
        assertThat(three.splits).allMatch(split -> split.delivered().equals(Map.of("m", 1L)));
    }

    @Test
    void keepsPollingWhatReadersReportWhileItsDiscoveryIsSilent() {
        registerWith(0, split("first", "a", 5), split("stricken", "b", 6));
        register(1);
        assertThat(context.given).containsExactly("0<-a");

        discovery.finds("c");

        assertThat(context.told).containsExactly("0: changed [] gone [a]");
        assertThat(context.given).last().isEqualTo("0<-c");
    }

    @Test
    void givesAReaderThatCameBackItsOwnAndNothingTwice() {
        discovery.finds("a", "b");
        register(0, 1);
        enumerator.addSplitsBack(List.of(split("first", "b", 8)), 1);
        context.registered.remove(1);
        discovery.finds("a", "b");
        assertThat(context.given).last().isEqualTo("0<-b");

        registerWith(1, split("first", "b", 5));

        assertThat(context.given).hasSize(3);
        assertThat(context.splits.get(2).delivered()).containsEntry("m", 8L);
    }

    @Test
    void letsTheFirstOfTwoDiscoveriesHaveATargetAndSaysSo() {
        discovery.finds("a");
        second.finds("a", "b");
        register(0, 1);
        second.finds("a", "b", "b");

        assertThat(context.splits)
                .extracting(split -> split.target().discovery())
                .containsExactly("first", "second");
        assertThat(context.told).singleElement().asString().contains("second 2 targets were found twice");
    }

    private void register(int... subtasks) {
        for (int subtask : subtasks) {
            context.register(enumerator, subtask);
        }
    }

    private void registerWith(int subtask, PollSplit... reported) {
        context.register(enumerator, subtask, reported);
    }

    private static PollSplit split(String discovery, String id, long mark) {
        return new PollSplit(target(discovery, id, "http://" + id + ":1"), Map.of("m", mark), List.of(tally(id)));
    }

    private static PollTally tally(String id) {
        return new PollTally("etcd", id, null, Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 1, 1, 1, 0, List.of());
    }

    private static Target target(String discovery, String id, String address) {
        return new Target(id, discovery, List.of(address), Map.of());
    }

    /** Finds what it is told to, and is looked at at once. */
    private final class FakeDiscovery implements Discovery {

        private final int index;
        private final String name;
        private Callable<Found> answer = () -> new Found(List.of(), List.of());

        private FakeDiscovery(int index, String name) {
            this.index = index;
            this.name = name;
        }

        private void finds(String... ids) {
            found(Arrays.stream(ids)
                    .map(id -> target(name, id, "http://" + id + ":1"))
                    .toArray(Target[]::new));
        }

        private void found(Target... targets) {
            answer = () -> new Found(List.of(targets), List.of());
            looked.forEach(context -> context.look(index));
        }

        private void fails(String why) {
            answer = () -> {
                throw new IOException(why);
            };
            looked.forEach(context -> context.look(index));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Duration interval() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Found find() throws IOException {
            try {
                return answer.call();
            } catch (IOException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Keeps what it is told; discoveries are looked at when the test says so. */
    private static final class FakeEnumeratorContext implements SplitEnumeratorContext<PollSplit> {

        private final int parallelism;
        private final List<String> given = new ArrayList<>();
        private final List<PollSplit> splits = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private final List<Runnable> looks = new ArrayList<>();
        private final Map<Integer, ReaderInfo> registered = new HashMap<>();

        private FakeEnumeratorContext(int parallelism) {
            this.parallelism = parallelism;
        }

        private void look(int discovery) {
            if (discovery < looks.size()) {
                looks.get(discovery).run();
            }
        }

        private void register(PollEnumerator enumerator, int subtask, PollSplit... reported) {
            registered.put(subtask, ReaderInfo.createReaderInfo(subtask, "here", List.of(reported)));
            enumerator.addReader(subtask);
        }

        @Override
        public void assignSplits(SplitsAssignment<PollSplit> assignment) {
            new TreeMap<>(assignment.assignment())
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
            return registered;
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {
            if (event instanceof TargetsChanged change) {
                List<String> changed = change.changed().stream()
                        .map(target -> target.id() + " " + String.join(" ", target.addresses()))
                        .toList();
                told.add(subtask + ": changed " + changed + " gone " + change.gone());
            } else if (event instanceof DiscoveryTrouble trouble) {
                told.add(subtask + ": " + trouble.discovery() + " " + trouble.detail());
            }
        }

        @Override
        public void signalNoMoreSplits(int subtask) {}

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            throw new UnsupportedOperationException("only again and again");
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler, long delay, long period) {
            looks.add(() -> {
                T answer;
                try {
                    answer = callable.call();
                } catch (Exception e) {
                    handler.accept(null, e);
                    return;
                }
                handler.accept(answer, null);
            });
        }

        @Override
        public void runInCoordinatorThread(Runnable work) {
            work.run();
        }

        @Override
        public void setIsProcessingBacklog(boolean backlog) {}
    }
}
