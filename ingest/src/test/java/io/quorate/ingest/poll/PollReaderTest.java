package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quorate.events.MemberScrape;
import io.quorate.events.PollTally;
import io.quorate.ingest.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollReaderTest {

    private final Map<String, PollContext> contexts = new HashMap<>();
    private final List<String> closed = new ArrayList<>();
    private final FakeReaderOutput output = new FakeReaderOutput();
    private final AtomicLong wallClock = new AtomicLong(TimeUnit.DAYS.toMillis(20_000));
    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();
    private final PollReader reader =
            new PollReader(new FakeReaderContext(metrics), "metrics", this::poller, wallClock::get);

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

        assertThat(reader.snapshotState(1)).extracting(PollSplit::delivered).containsExactly(Map.of("m1", 1000L));
    }

    @Test
    void forgetsTargetsThatAreGoneForLong() throws Exception {
        reader.addSplits(List.of(split("a", Map.of("gone", 1000L, "m1", 1000L))));
        reader.start();
        deliver("a", scrape("m1", TimeUnit.HOURS.toMillis(2)));
        reader.pollNext(output);

        assertThat(reader.snapshotState(1))
                .extracting(PollSplit::delivered)
                .containsExactly(Map.of("m1", TimeUnit.HOURS.toMillis(2)));
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
    void asksFewSoonAndManyThroughoutTheInterval() {
        Duration interval = Duration.ofMinutes(1);
        List<String> many = IntStream.range(0, 200).mapToObj(i -> "many-" + i).toList();
        run(many.toArray(String[]::new));
        List<String> few = IntStream.range(0, 90).mapToObj(i -> "few-" + i).toList();
        run(few.toArray(String[]::new));

        assertThat(many).anySatisfy(id -> assertThat(phase(id, interval)).isGreaterThan(Duration.ofSeconds(50)));
        assertThat(few).allSatisfy(id -> assertThat(phase(id, interval)).isLessThan(Duration.ofSeconds(3)));
        assertThat(few.stream().map(id -> phase(id, interval)).distinct()).hasSizeGreaterThan(80);
        assertThat(few)
                .allSatisfy(id -> assertThat(phase(id, Duration.ofSeconds(1))).isLessThan(Duration.ofSeconds(1)));
    }

    private Duration phase(String id, Duration interval) {
        return Objects.requireNonNull(contexts.get(id)).phase(interval);
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
        reader.pollNext(output);
        assertThat(output.times).containsExactly(1000L, wallClock.get(), 3000L);
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
        assertThat(reader.snapshotState(1)).singleElement().satisfies(split -> {
            assertThat(split.target()).isEqualTo(moved);
            assertThat(split.delivered()).containsExactly(Map.entry("m1", 1000L));
        });
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
    void handsOverATallyOfEveryMinuteThatIsOver() throws Exception {
        run("a");
        Poll answered = context("a").poll();
        answered.begun();
        answered.answered(7);
        Poll failed = context("a").poll();
        failed.begun();
        failed.failed("timeout");
        context("a").poll().leftOut();
        wallClock.addAndGet(62_000);
        reader.tellMinutes();
        reader.pollNext(output);

        assertThat(tallies()).singleElement().satisfies(tally -> {
            assertThat(tally.source()).isEqualTo("metrics");
            assertThat(tally.target()).isEqualTo("a");
            assertThat(tally.expected()).isEqualTo(3);
            assertThat(tally.answered()).isEqualTo(1);
            assertThat(tally.leftOut()).isEqualTo(1);
            assertThat(tally.failed()).containsExactly(new PollTally.Failed("timeout", 1));
        });
    }

    @Test
    void countsAPollForEveryRunOfItsTimer() throws Exception {
        run("a");
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<Void> three = new CompletableFuture<>();
        context("a").pollEvery(Duration.ZERO, Duration.ofMillis(100), poll -> {
            if (runs.incrementAndGet() <= 3) {
                poll.answered(1);
            } else if (three.complete(null)) {
                reader.handleSourceEvents(new TargetsChanged(List.of(), List.of("a")));
            }
        });
        three.get(10, TimeUnit.SECONDS);
        // A poll that is late was due in the minute before.
        awaitTallies();

        // The fourth was due, and nobody told what became of it.
        assertThat(tallies().stream().mapToLong(PollTally::expected).sum()).isGreaterThanOrEqualTo(4);
        assertThat(tallies().stream().mapToLong(PollTally::answered).sum()).isEqualTo(3);
    }

    @Test
    void doesNotMakeUpForWhatAStallMissed() throws Exception {
        run("a");
        Duration interval = Duration.ofMillis(50);
        AtomicInteger polled = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch stall = new CountDownLatch(1);
        context("a").soon(() -> {
            try {
                stall.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        context("a").every(Duration.ZERO, interval, ran::incrementAndGet);
        context("a").pollEvery(Duration.ZERO, interval, poll -> {
            polled.incrementAndGet();
            poll.answered(1);
        });
        // More than fifty of them.
        await().pollDelay(interval.multipliedBy(55)).until(() -> true);
        stall.countDown();
        await().until(() -> polled.get() >= 3);
        context("a").soon(() -> reader.handleSourceEvents(new TargetsChanged(List.of(), List.of("a"))));
        awaitTallies();

        assertThat(tallies().stream().mapToLong(PollTally::leftOut).sum()).isGreaterThanOrEqualTo(50);
        assertThat(polled.get()).isLessThan(50);
        assertThat(ran.get()).isLessThan(50);
    }

    @Test
    void tellsWhatItCountedOfATargetThatIsGone() throws Exception {
        run("a");
        context("a").poll().leftOut();
        wallClock.addAndGet(10_000);
        reader.handleSourceEvents(new TargetsChanged(List.of(), List.of("a")));
        reader.pollNext(output);

        assertThat(tallies()).singleElement().satisfies(tally -> {
            assertThat(tally.countedSeconds()).isEqualTo(10);
            assertThat(tally.leftOut()).isEqualTo(1);
        });
    }

    @Test
    void tellsOfItselfInMetrics() throws Exception {
        run("a", "b");
        Poll answered = context("a").poll();
        answered.begun();
        answered.answered(7);
        Poll failed = context("b").poll();
        failed.begun();
        failed.failed("timeout");
        context("b").poll().leftOut();
        CompletableFuture<Void> late = new CompletableFuture<>();
        context("a").pollEvery(Duration.ZERO, Duration.ofHours(1), poll -> late.complete(null));
        late.get(10, TimeUnit.SECONDS);
        deliver("a", scrape("m1", 1000));
        reader.pollNext(output);

        assertThat(count("polls")).isEqualTo(2);
        assertThat(count("answers")).isEqualTo(1);
        assertThat(count("samples")).isEqualTo(7);
        assertThat(count("failures")).isEqualTo(1);
        assertThat(count("reason.timeout.failuresByReason")).isEqualTo(1);
        assertThat(count("leftOut")).isEqualTo(1);
        assertThat(gauge("targets")).isEqualTo(2);
        assertThat((Double) gauge("pollLagP99Seconds")).isPositive().isLessThan(10);
        assertThat((Double) gauge("handOverLagP99Seconds")).isPositive().isLessThan(10);

        reader.handleSourceEvents(new TargetsChanged(List.of(), List.of("a")));
        assertThat(gauge("targets")).isEqualTo(1);
    }

    @Test
    void namesTheFirstTargetsThatFailByEachReasonAndCountsTheOthersTogether() {
        for (int i = 0; i < PollMetrics.NAMED + 2; i++) {
            run("t" + i);
            context("t" + i).poll().failed("timeout");
        }
        context("t0").poll().failed("timeout");
        context("t101").poll().failed("auth");

        assertThat(count("cluster.c.target.t0.reason.timeout.failuresByTarget")).isEqualTo(2);
        assertThat(count("cluster.c.target.t99.reason.timeout.failuresByTarget"))
                .isEqualTo(1);
        assertThat(count("cluster..target.others.reason.timeout.failuresByTarget"))
                .isEqualTo(2);
        assertThat(count("cluster.c.target.t101.reason.auth.failuresByTarget")).isEqualTo(1);
        assertThat(metrics.keySet())
                .filteredOn(metric -> metric.endsWith("reason.timeout.failuresByTarget"))
                .hasSize(PollMetrics.NAMED + 1);
    }

    @Test
    void codesSplits() throws Exception {
        PollSplit split = new PollSplit(
                new Target("c-1", "files t.json", List.of("http://a:1", "http://b:1"), Map.of("env", "prod")),
                Map.of("2:c1m1", 7L, "2:c1m2", 8L),
                List.of(counted("c-1"), counted("c-1")));
        PollSplitSerializer splits = new PollSplitSerializer();

        assertThat(splits.deserialize(3, splits.serialize(split))).isEqualTo(split);
        assertThatThrownBy(() -> splits.deserialize(9, new byte[0])).hasMessageContaining("version 9, expected 2");
    }

    @Test
    void readsSplitsOfBuildsThatKeptNoTallies() throws Exception {
        PollSplit split = split("c-1", Map.of("m1", 7L));
        PollSplitSerializer splits = new PollSplitSerializer();
        byte[] now = splits.serialize(split);
        byte[] then = Arrays.copyOf(now, now.length - Integer.BYTES);

        assertThat(splits.deserialize(2, then)).isEqualTo(split);
    }

    @Test
    void tellsWhatWasCountedBeforeACrash() throws Exception {
        run("a");
        context("a").poll().leftOut();
        wallClock.addAndGet(10_000);
        List<PollSplit> checkpoint = reader.snapshotState(1);
        context("a").poll().leftOut();
        wallClock.addAndGet(20_000);

        try (PollReader again =
                new PollReader(new FakeReaderContext(metrics), "metrics", this::poller, wallClock::get)) {
            again.addSplits(checkpoint);
            again.start();
            again.pollNext(output);
            assertThat(again.snapshotState(2))
                    .as("told once")
                    .singleElement()
                    .satisfies(split -> assertThat(split.counted())
                            .extracting(PollTally::countedFrom)
                            .containsExactly(Instant.ofEpochMilli(wallClock.get())));
        }

        assertThat(tallies()).singleElement().satisfies(tally -> {
            assertThat(tally.countedSeconds()).isEqualTo(10);
            assertThat(tally.expected()).isEqualTo(1);
        });
    }

    @Test
    void keepsATallyThatWaitsInItsCheckpoint() throws Exception {
        run("a");
        context("a").poll().leftOut();
        wallClock.addAndGet(62_000);
        reader.tellMinutes();

        assertThat(reader.snapshotState(1).get(0).counted())
                .extracting(PollTally::leftOut)
                .containsExactly(1L, 0L);
        reader.pollNext(output);
        assertThat(reader.snapshotState(2).get(0).counted())
                .extracting(PollTally::leftOut)
                .containsExactly(0L);
    }

    @Test
    void tellsATallyThatWaitedWhenItsTargetMoved() throws Exception {
        run("a");
        context("a").poll().leftOut();
        wallClock.addAndGet(62_000);
        reader.tellMinutes();
        Target moved = new Target("a", "settings", List.of("http://elsewhere:1"), Map.of());
        reader.handleSourceEvents(new TargetsChanged(List.of(moved), List.of()));
        for (int i = 0; i < 3; i++) {
            reader.pollNext(output);
        }

        assertThat(tallies()).extracting(PollTally::countedSeconds).containsExactly(60.0, 2.0);
    }

    private PollTally counted(String target) {
        Instant minute = Instant.ofEpochMilli(wallClock.get());
        return new PollTally(
                "metrics",
                target,
                null,
                minute,
                minute.plusSeconds(3),
                minute.plusSeconds(30),
                27.5,
                9,
                5,
                1,
                List.of(new PollTally.Failed("timeout", 2)));
    }

    private PollContext context(String split) {
        return Objects.requireNonNull(contexts.get(split));
    }

    private List<PollTally> tallies() {
        return output.observations.stream()
                .map(Observation::tally)
                .filter(Objects::nonNull)
                .toList();
    }

    private void awaitTallies() {
        await().until(() -> {
            InputStatus more;
            do {
                more = reader.pollNext(output);
            } while (more == InputStatus.MORE_AVAILABLE);
            return !tallies().isEmpty();
        });
    }

    private long count(String metric) {
        return ((Counter) Objects.requireNonNull(metrics.get(metric), metric)).getCount();
    }

    private Object gauge(String metric) {
        return ((Gauge<?>) Objects.requireNonNull(metrics.get(metric), metric)).getValue();
    }

    private static PollSplit split(String id, Map<String, Long> delivered) {
        return new PollSplit(new Target(id, "settings", List.of(), Map.of("cluster", "c")), delivered, List.of());
    }

    private void run(String... ids) {
        reader.addSplits(Stream.of(ids).map(id -> split(id, Map.of())).toList());
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
}
