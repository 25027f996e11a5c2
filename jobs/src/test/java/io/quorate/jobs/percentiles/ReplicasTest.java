package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.at;
import static io.quorate.jobs.percentiles.Scrapes.by;
import static io.quorate.jobs.percentiles.Scrapes.failedAt;
import static io.quorate.jobs.percentiles.Scrapes.of;
import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two sources that bring the same member: an HA pair of Prometheus, {@code a} and {@code b}. */
class ReplicasTest {

    private KeyedOneInputStreamOperatorTestHarness<String, MemberScrape, MemberWindow> windows;

    @BeforeEach
    void open() throws Exception {
        windows = harness();
        windows.open();
    }

    @AfterEach
    void close() throws Exception {
        windows.close();
    }

    @Test
    void sayWhatOneOfThemSays() throws Exception {
        List<MemberScrape> one = new ArrayList<>();
        List<MemberScrape> both = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            one.add(by("a", at(1 + 10.0 * i, 7L * i)));
            both.add(by("a", at(1 + 10.0 * i, 7L * i)));
            both.add(by("b", at(6 + 10.0 * i, 7L * i + 3)));
        }
        run(one, 300);
        Map<String, String> alone = newest();
        assertThat(alone).hasSize(30);
        reopen();

        run(both, 300);

        assertThat(newest()).isEqualTo(alone);
        assertThat(windows.extractOutputValues()).allMatch(window -> window.version() == 1);
    }

    @Test
    void mayTellTheSameMoment() throws Exception {
        run(List.of(by("b", at(3, 10)), by("a", at(3, 999)), by("a", at(13, 999)), by("b", at(13, 14))), 20);

        // At a tie the first by name is elected, whoever came first.
        assertThat(counts()).containsExactly("0s: -", "10s: 0");
    }

    @Test
    void replaceTheSilentOneAfterHalfAMinuteAndLoseNothing() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (i < 3) {
                scrapes.add(by("a", at(1 + 10.0 * i, 10L * i)));
            }
            scrapes.add(by("b", at(6 + 10.0 * i, 10L * i + 5)));
        }

        run(scrapes, 120);

        // a: 0, 10, 20 at 21 s; b takes over at 56 s with 55, which holds all since.
        assertThat(counts())
                .containsExactly(
                        "0s: -",
                        "10s: 10",
                        "20s: 10",
                        "50s: 35 gap",
                        "60s: 10",
                        "70s: 10",
                        "80s: 10",
                        "90s: 10",
                        "100s: 10",
                        "110s: 10");
    }

    @Test
    void waitForTwoIntervalsOfASlowOne() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            scrapes.add(by("a", at(60.0 * i, 60L * i)));
        }
        for (int i = 7; i < 26; i++) {
            scrapes.add(by("b", at(5 + 10.0 * i, 5 + 10L * i)));
        }

        run(scrapes, 260);

        // a's last is at 120 s: b may only take over after 240 s.
        assertThat(counts())
                .contains("120s: 60 gap", "240s: 125 gap", "250s: 10")
                .hasSize(5);
    }

    @Test
    void doNotCountAgainWhatTheSilentOneBringsWhenItIsBack() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            if (i < 3 || i > 9) {
                scrapes.add(by("a", at(1 + 10.0 * i, 10L * i)));
            }
            scrapes.add(by("b", at(6 + 10.0 * i, 10L * i + 5)));
        }

        run(scrapes, 200);

        assertThat(total()).isEqualTo(195);
        assertThat(counts()).endsWith("180s: 10", "190s: 10");
    }

    @Test
    void replaceOneThatOnlyFails() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            scrapes.add(by("a", i < 2 ? at(1 + 10.0 * i, 10L * i) : failedAt(1 + 10.0 * i)));
            scrapes.add(by("b", at(6 + 10.0 * i, 10L * i + 5)));
        }

        run(scrapes, 80);

        assertThat(counts())
                .containsExactly(
                        "0s: -", "10s: 10", "20s: 0 gap", "30s: 0 gap", "40s: 35 gap", "50s: 10", "60s: 10", "70s: 10");
    }

    @Test
    void countNothingOfASeriesThatShrinksAsTheOtherTakesOver() throws Exception {
        run(List.of(by("a", at(1, 100)), by("a", at(11, 110)), by("b", at(45, 90)), by("b", at(55, 92))), 60);

        assertThat(counts()).containsExactly("0s: -", "10s: 10", "40s: 0 gap", "50s: 2");
    }

    @Test
    void sayTheSameInTheEndWhateverTheOrderOfArrival() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            if (i < 4 || i > 8) {
                scrapes.add(by("a", at(1 + 10.0 * i, 10L * i)));
            }
            if (i < 12) {
                scrapes.add(i == 6 ? by("b", failedAt(66)) : by("b", at(6 + 10.0 * i, 10L * i + 5)));
            }
        }
        run(scrapes, 200);
        Map<String, String> live = newest();
        assertThat(live).isNotEmpty();

        for (int seed = 0; seed < 20; seed++) {
            reopen();
            // Late by up to 60 s, as a pair whose one half was cut off: elections are undone and made anew.
            Random random = new Random(seed);
            Map<MemberScrape, Long> arrival = new IdentityHashMap<>();
            scrapes.forEach(scrape -> arrival.put(scrape, scrape.observedAt().toEpochMilli() + random.nextInt(60_000)));
            List<MemberScrape> shuffled = new ArrayList<>(scrapes);
            Collections.shuffle(shuffled, random);
            shuffled.sort(Comparator.comparing(arrival::get));
            for (MemberScrape scrape : shuffled) {
                give(scrape);
                windows.processWatermark(arrival.get(scrape) - 20_000);
            }
            windows.processWatermark(second(300).toEpochMilli());

            assertThat(withoutEmptied(newest())).as("seed " + seed).isEqualTo(live);
        }
    }

    @Test
    void stayElectedOverARestore() throws Exception {
        run(List.of(by("b", at(1, 0)), by("a", at(6, 5)), by("b", at(11, 10)), by("a", at(16, 15))), 150);
        OperatorSubtaskState snapshot = windows.snapshot(1, 1);
        close();
        windows = harness();
        windows.initializeState(snapshot);
        windows.open();

        run(List.of(by("b", at(151, 150)), by("a", at(156, 999)), by("b", at(161, 160))), 170);

        assertThat(counts()).containsExactly("150s: 140 gap", "160s: 10");
    }

    @Test
    void leaveNoStateBehindTheHorizonButTheBase() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            scrapes.add(by("a", at(1 + 10.0 * i, i)));
            scrapes.add(by("b", at(1 + 10.0 * i, i)));
        }

        run(scrapes, 2000);

        // Two times nine readings within the horizon and the window, the base, the versions of ten windows, one
        // election, the time, and the book of series in three.
        assertThat(windows.numKeyedStateEntries()).isLessThanOrEqualTo(7);
        assertThat(windows.snapshot(1, 1).getStateSize()).isLessThan(10_000);
    }

    @Test
    void beginAnewWithAMemberThatWasRemovedAndAddedAgain() throws Exception {
        run(
                List.of(
                        of("a1", at("m1", 3, 100, 50.0)),
                        of("a1", at("m1", 13, 110, 50.0)),
                        of("b2", at("m1", 23, 7, 1020.0)),
                        of("b2", at("m1", 33, 9, 1020.0))),
                40);

        assertThat(counts()).containsExactly("0s: -", "10s: 10", "20s: - gap", "30s: 2");
        MemberWindow anew = windows.extractOutputValues().get(2);
        assertThat(anew.memberId()).isEqualTo("b2");
        // Not even a raft index, which survives a restart, is that of the member before.
        assertThat(anew.measures().counters()).isEmpty();
        assertThat(anew.measures().gauges()).isNotEmpty();
    }

    /** Any other would fail the job: generic types are forbidden. */
    @Test
    void areStateWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Replica.class);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, MemberScrape, MemberWindow> harness()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberWindows(WindowSettings.DEFAULT)),
                MemberScrape::member,
                Types.STRING);
    }

    private void reopen() throws Exception {
        close();
        open();
    }

    /** In order of time, with the stream's time on their heels, up to that second. */
    private void run(List<MemberScrape> scrapes, double until) throws Exception {
        List<MemberScrape> ordered = new ArrayList<>(scrapes);
        ordered.sort(Comparator.comparing(MemberScrape::observedAt));
        for (MemberScrape scrape : ordered) {
            give(scrape);
            windows.processWatermark(scrape.observedAt().toEpochMilli() - 1);
        }
        windows.processWatermark(second(until).toEpochMilli());
    }

    private void give(MemberScrape scrape) throws Exception {
        windows.processElement(scrape, scrape.observedAt().toEpochMilli());
    }

    private List<String> counts() {
        return windows.extractOutputValues().stream().map(ReplicasTest::told).toList();
    }

    private long total() {
        return windows.extractOutputValues().stream()
                .flatMap(window -> window.measures().histograms().stream())
                .mapToLong(histogram -> histogram.vector().total())
                .sum();
    }

    /** The last version of each window. */
    private Map<String, String> newest() {
        Map<String, String> newest = new TreeMap<>();
        for (MemberWindow window : windows.extractOutputValues()) {
            newest.put(window.windowStart().toString(), told(window) + window.measures());
        }
        return newest;
    }

    /** Without windows that were said too early and taken back. */
    private static Map<String, String> withoutEmptied(Map<String, String> newest) {
        Map<String, String> rest = new TreeMap<>(newest);
        rest.values()
                .removeIf(window -> window.contains(" 0") && window.endsWith("gauges=[]]") && !window.contains("gap"));
        return rest;
    }

    private static String told(MemberWindow window) {
        long start = window.windowStart().getEpochSecond() - Scrapes.ZERO.getEpochSecond();
        String count = window.measures().histograms().isEmpty()
                ? "-"
                : Long.toString(window.measures().histograms().get(0).vector().total());
        return start + "s: " + count + (window.gap() ? " gap" : "");
    }
}
