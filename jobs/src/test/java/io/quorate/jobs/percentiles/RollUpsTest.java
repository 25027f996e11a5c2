package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RollUpsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private KeyedOneInputStreamOperatorTestHarness<String, MemberWindow, MemberWindow> rollUps;

    @BeforeEach
    void open() throws Exception {
        rollUps = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new RollUps(WindowSettings.DEFAULT)), MemberWindow::member, Types.STRING);
        rollUps.open();
    }

    @AfterEach
    void close() throws Exception {
        rollUps.close();
    }

    @Test
    void tellsAMinuteWhenItsLastWindowHasClosed() throws Exception {
        everyWindowUpTo(50);
        timeIs(50);
        assertThat(told(MINUTE)).isEmpty();

        given(window(50, 1, 7));
        timeIs(60);

        assertThat(told(MINUTE)).containsExactly("2026-01-01T00:00:00Z v1: 57");
    }

    @Test
    void tellsAGaugesLastAndItsExtremesOverAllParts() throws Exception {
        given(window(0, 1, 30), window(10, 1, 50), window(20, 1, 20));
        timeIs(60);

        assertThat(only(MINUTE).measures().gauges()).singleElement().satisfies(gauge -> {
            assertThat(gauge.min()).isEqualTo(20);
            assertThat(gauge.max()).isEqualTo(50);
            assertThat(gauge.last()).isEqualTo(20);
            assertThat(gauge.sum()).isEqualTo(100);
            assertThat(gauge.samples()).isEqualTo(3);
        });
    }

    @Test
    void saysThatAMinuteWithAMissingWindowHasAGap() throws Exception {
        everyWindowUpTo(60);
        given(window(60, 1, 1), window(70, 1, 1), window(90, 1, 1), window(100, 1, 1), window(110, 1, 1));
        timeIs(120);

        assertThat(rollUps.extractOutputValues()).extracting(MemberWindow::gap).containsExactly(false, true);
    }

    @Test
    void tellsAgainWhatACorrectedWindowTouches() throws Exception {
        everyWindowUpTo(300);
        timeIs(300);
        given(window(230, 2, 1000));

        assertThat(told(MINUTE)).endsWith("2026-01-01T00:03:00Z v2: 1050").hasSize(6);
        assertThat(told(FIVE_MINUTES)).containsExactly("2026-01-01T00:00:00Z v1: 300", "2026-01-01T00:00:00Z v2: 1290");
    }

    @Test
    void everySizeIsTheSumOfTheBaseWindowsOverADay() throws Exception {
        Random random = new Random(7);
        TreeMap<Long, Long> counts = new TreeMap<>();
        for (long start = 0; start < DAY.toSeconds(); start += 10) {
            long count = random.nextInt(50);
            counts.put(start, count);
            given(window(start, 1, count));
            timeIs(start + 10);
        }

        for (Duration size : List.of(MINUTE, FIVE_MINUTES, HOUR, DAY)) {
            List<String> expected = new ArrayList<>();
            for (long start = 0; start < DAY.toSeconds(); start += size.toSeconds()) {
                long sum = counts.subMap(start, start + size.toSeconds()).values().stream()
                        .mapToLong(count -> count)
                        .sum();
                expected.add(second(start) + " v1: " + sum);
            }
            assertThat(told(size)).as("windows of " + size).isEqualTo(expected);
        }
    }

    @Test
    void endsTheSameWhateverTheOrderOfCorrections() throws Exception {
        List<MemberWindow> ordered = new ArrayList<>();
        for (int start = 60; start < 180; start += 10) {
            // 0.1 has no exact double: the sum depends on the order in which it is added.
            ordered.add(window(start, 2, 1 + start, 0.1 * (1 + start % 70)));
        }
        List<MemberWindow> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(3));

        ordered.forEach(this::given);
        timeIs(400);
        List<Measures> inOrder = newest(MINUTE);
        close();
        open();
        for (MemberWindow window : ordered.subList(0, 8)) {
            given(window(window.windowStart().getEpochSecond() - Scrapes.ZERO.getEpochSecond(), 1, 5));
        }
        timeIs(140);
        shuffled.forEach(this::given);
        timeIs(400);

        assertThat(newest(MINUTE)).isEqualTo(inOrder).hasSize(2);
    }

    @Test
    void addsNoWindowThatSettledBefore() throws Exception {
        everyWindowUpTo(120);
        timeIs(101);
        given(window(0, 2, 1000));
        timeIs(300);

        assertThat(told(MINUTE)).containsExactly("2026-01-01T00:00:00Z v1: 60", "2026-01-01T00:01:00Z v1: 60");
        assertThat(told(FIVE_MINUTES)).containsExactly("2026-01-01T00:00:00Z v1: 120");
    }

    @Test
    void forgetsAMemberThatLeftOnceItsDayIsTold() throws Exception {
        everyWindowUpTo(600);
        timeIs(DAY.toSeconds() - 1);
        assertThat(rollUps.numKeyedStateEntries()).isPositive();

        timeIs(DAY.toSeconds() + 91);

        assertThat(told(DAY)).containsExactly("2026-01-01T00:00:00Z v1: 600");
        assertThat(rollUps.numKeyedStateEntries()).isZero();
        assertThat(rollUps.numEventTimeTimers()).isZero();
    }

    @Test
    void keepsNoMoreWindowsThanCanBeCorrected() throws Exception {
        everyWindowUpTo(3900);
        long soon = rollUps.snapshot(0, 0).getStateSize();
        for (int start = 3900; start < 5 * 3600 + 300; start += 10) {
            given(window(start, 1, 10));
            timeIs(start + 10);
        }

        // The same moment of an hour; the numbers themselves are some bytes longer.
        assertThat(rollUps.snapshot(1, 0).getStateSize()).isBetween(soon, soon + 16);
    }

    /** Ten operations each. */
    private void everyWindowUpTo(int end) throws Exception {
        for (int start = 0; start < end; start += 10) {
            given(window(start, 1, 10));
            timeIs(start + 10);
        }
    }

    private static MemberWindow window(long start, int version, long count) {
        return window(start, version, count, count);
    }

    private static MemberWindow window(long start, int version, long count, double sum) {
        return new MemberWindow(
                "c1",
                null,
                "m1",
                "ab",
                second(start),
                second(start + 10),
                false,
                version,
                new Measures(
                        List.of(new Histogram(
                                Scrapes.FSYNC, "", new BucketVector(Scrapes.EDGES, new long[] {0, count, 0}, sum))),
                        List.of(new Sample("etcd_server_proposals_committed_total", "", count)),
                        List.of(new Measures.GaugeRange(
                                "etcd_server_proposals_pending", "", count, count, 1, count, count))));
    }

    private void given(MemberWindow... windows) {
        for (MemberWindow window : windows) {
            try {
                rollUps.processElement(window, window.windowEnd().toEpochMilli() - 1);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    private void timeIs(double second) throws Exception {
        rollUps.processWatermark(second(second).toEpochMilli() - 1);
    }

    private List<MemberWindow> of(Duration size) {
        return rollUps.extractOutputValues().stream()
                .filter(window -> Duration.between(window.windowStart(), window.windowEnd())
                        .equals(size))
                .toList();
    }

    private MemberWindow only(Duration size) {
        assertThat(of(size)).hasSize(1);
        return of(size).get(0);
    }

    private List<String> told(Duration size) {
        return of(size).stream()
                .map(window -> "%s v%d: %d"
                        .formatted(
                                window.windowStart(),
                                window.version(),
                                window.measures().histograms().get(0).vector().total()))
                .toList();
    }

    private List<Measures> newest(Duration size) {
        TreeMap<Instant, Measures> newest = new TreeMap<>();
        of(size).forEach(window -> newest.put(window.windowStart(), window.measures()));
        return List.copyOf(newest.values());
    }
}
