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

        assertThat(reader.snapshotState(1)).containsExactly(split("a", Map.of("m1", 1000L)));
    }

    @Test
    void forgetsTargetsThatAreGoneForLong() throws Exception {
        reader.addSplits(List.of(split("a", Map.of("gone", 1000L, "m1", 1000L))));
        reader.start();
        deliver("a", scrape("m1", TimeUnit.HOURS.toMillis(2)));
        reader.pollNext(output);

        assertThat(reader.snapshotState(1)).containsExactly(split("a", Map.of("m1", TimeUnit.HOURS.toMillis(2))));
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
    void letsGoOfWhatIsGoneAndHandsOverNothingOfItAnyMore() throws Exception {
        run("a", "b");
        deliver("a", scrape("m1", 1000));
        reader.pollNext(output);
        deliver("a", scrape("m1", 2000));
        reader.handleSourceEvents(new TargetsChanged(List.of(), List.of("a")));
        deliver("b", scrape("m1", 3000));

        assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        reader.pollNext(output);
        assertThat(output.times).containsExactly(1000L, 3000L);
        assertThat(output.released).containsExactly("a");
        assertThat(closed).containsExactly("a");
        assertThat(reader.snapshotState(1)).extracting(PollSplit::splitId).containsExactly("b");
    }

    @Test
    void pollsATargetThatMovedAtItsNewPlaceAndKeepsItsMarks() throws Exception {
        run("a");
        deliver("a", scrape("m1", 1000));
        reader.pollNext(output);
        Target moved = new Target("a", "settings", List.of("http://elsewhere:1"), Map.of());
        reader.handleSourceEvents(new TargetsChanged(List.of(moved), List.of()));

        assertThat(closed).containsExactly("a");
        assertThat(reader.snapshotState(1)).containsExactly(new PollSplit(moved, Map.of("m1", 1000L)));
    }

    @Test
    void writesDownWhatADiscoveryCouldNotTell() throws Exception {
        run();
        reader.handleSourceEvents(new DiscoveryTrouble("files t.json", "t.json: no JSON"));
        reader.pollNext(output);

        assertThat(output.observations)
                .singleElement()
                .extracting(observation -> Objects.requireNonNull(observation.deadLetter()))
                .satisfies(letter -> assertThat(letter.detail()).isEqualTo("t.json: no JSON"))
                .satisfies(letter -> assertThat(letter.source()).isEqualTo("files t.json"));
    }

    @Test
    void codesSplits() throws Exception {
        PollSplit split = new PollSplit(
                new Target("c-1", "files t.json", List.of("http://a:1", "http://b:1"), Map.of("env", "prod")),
                Map.of("2:c1m1", 7L, "2:c1m2", 8L));
        PollSplitSerializer splits = new PollSplitSerializer();

        assertThat(splits.deserialize(2, splits.serialize(split))).isEqualTo(split);
        assertThatThrownBy(() -> splits.deserialize(9, new byte[0])).hasMessageContaining("version 9, expected 2");
    }

    private static PollSplit split(String id, Map<String, Long> delivered) {
        return new PollSplit(new Target(id, "settings", List.of(), Map.of()), delivered);
    }

    private void run(String... ids) {
        for (String id : ids) {
            reader.addSplits(List.of(split(id, Map.of())));
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
        private final List<Observation> observations = new ArrayList<>();
        private final List<String> splits = new ArrayList<>();
        private final List<String> released = new ArrayList<>();

        @Override
        public void collect(Observation observation) {
            throw new UnsupportedOperationException("without a time");
        }

        @Override
        public void collect(Observation observation, long time) {
            times.add(time);
            observations.add(observation);
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
        public void releaseOutputForSplit(String splitId) {
            released.add(splitId);
        }
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
