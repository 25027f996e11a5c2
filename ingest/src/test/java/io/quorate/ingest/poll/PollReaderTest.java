package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollReaderTest {

    private final Map<String, PollContext> contexts = new HashMap<>();
    private final List<String> closed = new ArrayList<>();
    private final FakeOutput output = new FakeOutput();
    private final PollReader reader = new PollReader(new FakeReaderContext(), this::poller);

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void handsOverOneAtATimeWithItsOwnTime() throws Exception {
        run("a");
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        deliver("a", scrape("m1", 1000), scrape("m2", 2000));

        assertThat(available).isDone();
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        assertThat(output.times).containsExactly(1000L);
        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(output.times).containsExactly(1000L, 2000L);
        assertThat(reader.isAvailable()).isNotDone();
    }

    @Test
    void isAvailableAtOnceWhenSomethingCameBeforeItWasAsked() throws Exception {
        run("a");
        deliver("a", scrape("m1", 1000), scrape("m1", 2000));
        assertThat(reader.isAvailable()).isDone();
        reader.pollNext(output);
        assertThat(reader.isAvailable()).isDone();
    }

    @Test
    void marksWhatWentDownstreamAndNotWhatWaits() throws Exception {
        run("a");
        deliver("a", scrape("m1", 1000), scrape("m1", 2000));
        reader.pollNext(output);

        assertThat(reader.snapshotState(1)).containsExactly(new PollSplit("a", Map.of("m1", 1000L)));
    }

    @Test
    void forgetsTargetsThatAreGoneForLong() throws Exception {
        reader.addSplits(List.of(new PollSplit("a", Map.of("gone", 1000L, "m1", 1000L))));
        reader.start();
        deliver("a", scrape("m1", TimeUnit.HOURS.toMillis(2)));
        reader.pollNext(output);

        assertThat(reader.snapshotState(1))
                .containsExactly(new PollSplit("a", Map.of("m1", TimeUnit.HOURS.toMillis(2))));
    }

    @Test
    void givesEverySplitAnOutputOfItsOwn() throws Exception {
        run("a", "b");
        deliver("a", scrape("m1", 1000));
        deliver("b", scrape("m1", 2000));
        reader.pollNext(output);
        reader.pollNext(output);

        assertThat(output.splits).containsExactly("a", "b");
    }

    @Test
    void failsTheJobForAMistakeOfOurs() {
        run("a");
        CompletableFuture<Void> available = reader.isAvailable();
        Objects.requireNonNull(contexts.get("a")).soon(() -> {
            throw new IllegalStateException("ours");
        });

        assertThat(available).succeedsWithin(5, TimeUnit.SECONDS);
        assertThatThrownBy(() -> reader.pollNext(output)).hasRootCauseMessage("ours");
    }

    @Test
    void letsGoOfASplitThatTheSettingsNoLongerName() throws Exception {
        run("unknown");

        assertThat(reader.snapshotState(1)).isEmpty();
    }

    @Test
    void closesItsPollers() {
        run("a", "b");
        reader.close();

        assertThat(closed).containsExactly("a", "b");
    }

    @Test
    void codesSplitsAndAssignments() throws Exception {
        PollSplit split = new PollSplit("http://p:9090 {}", Map.of("2:c1m1", 7L, "2:c1m2", 8L));
        AssignedSplits assigned = new AssignedSplits(java.util.Set.of("a", "b"));

        PollSplitSerializer splits = new PollSplitSerializer();
        AssignedSplitsSerializer assignments = new AssignedSplitsSerializer();
        assertThat(splits.deserialize(1, splits.serialize(split))).isEqualTo(split);
        assertThat(assignments.deserialize(1, assignments.serialize(assigned))).isEqualTo(assigned);
        assertThatThrownBy(() -> splits.deserialize(9, new byte[0])).hasMessageContaining("version 9, expected 1");
    }

    private void run(String... ids) {
        for (String id : ids) {
            reader.addSplits(List.of(new PollSplit(id, Map.of())));
        }
        reader.start();
    }

    private void deliver(String split, Parcel... parcels) {
        Objects.requireNonNull(contexts.get(split)).deliver(List.of(parcels));
    }

    private static Parcel scrape(String member, long atMillis) {
        Instant at = Instant.ofEpochMilli(atMillis);
        return Parcel.marked(Observation.of(MemberScrape.failed("c", member, "s", at, at, "x")), member);
    }

    private Poller poller(PollSplit split, PollContext context) {
        if (split.splitId().equals("unknown")) {
            return null;
        }
        contexts.put(split.splitId(), context);
        return new Poller() {
            @Override
            public void start() {}

            @Override
            public void close() {
                closed.add(split.splitId());
            }
        };
    }

    private static final class FakeOutput implements ReaderOutput<Observation> {

        private final List<Long> times = new ArrayList<>();
        private final List<String> splits = new ArrayList<>();

        @Override
        public void collect(Observation observation) {
            throw new UnsupportedOperationException("without a time");
        }

        @Override
        public void collect(Observation observation, long time) {
            times.add(time);
        }

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<Observation> createOutputForSplit(String splitId) {
            splits.add(splitId);
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }

    private static final class FakeReaderContext implements SourceReaderContext {

        @Override
        public SourceReaderMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSourceReaderMetricGroup();
        }

        @Override
        public Configuration getConfiguration() {
            return new Configuration();
        }

        @Override
        public String getLocalHostName() {
            return "localhost";
        }

        @Override
        public int getIndexOfSubtask() {
            return 0;
        }

        @Override
        public void sendSplitRequest() {}

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {}

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException();
        }
    }
}
