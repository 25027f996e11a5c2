package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.at;
import static io.quorate.jobs.percentiles.Scrapes.failedAt;
import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberWindowsTest {

    private KeyedOneInputStreamOperatorTestHarness<String, MemberScrape, MemberWindow> windows;

    @BeforeEach
    void open() throws Exception {
        windows = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberWindows(WindowSettings.DEFAULT)),
                MemberScrape::member,
                Types.STRING);
        windows.open();
    }

    @AfterEach
    void close() throws Exception {
        windows.close();
    }

    @Test
    void countsADeltaIntoTheWindowOfItsLaterSample() throws Exception {
        given(at(3, 10), at(8, 15), at(12, 40), at(18, 41));
        timeIs(20);

        assertThat(counts()).containsExactly("0s: 5", "10s: 26");
    }

    @Test
    void saysNothingOfAMembersFirstReadingButItsGauges() throws Exception {
        given(at(3, 10));
        timeIs(10);

        assertThat(windows.extractOutputValues()).singleElement().satisfies(window -> {
            assertThat(window.measures().histograms()).isEmpty();
            assertThat(window.measures().counters()).isEmpty();
            assertThat(window.measures().gauges()).singleElement().satisfies(gauge -> {
                assertThat(gauge.last()).isEqualTo(3);
                assertThat(gauge.samples()).isEqualTo(1);
            });
        });
    }

    @Test
    void writesAWindowWithoutObservationsWithCountZero() throws Exception {
        given(at(3, 10), at(13, 10));
        timeIs(20);

        assertThat(counts()).containsExactly("0s: -", "10s: 0");
    }

    @Test
    void takesTheNewReadingItselfAfterARestartAndSaysThatSomethingIsLost() throws Exception {
        given(at("m1", 3, 100, 50.0), at("m1", 13, 7, 1012.0));
        timeIs(20);

        assertThat(counts()).containsExactly("0s: -", "10s: 7 gap");
        assertThat(counter("etcd_server_leader_changes_seen_total")).isEqualTo(7);
    }

    @Test
    void seesARestartThatCountedMoreThanBefore() throws Exception {
        given(at("m1", 3, 10, 50.0), at("m1", 13, 12, 1012.0));
        timeIs(20);

        assertThat(counts()).endsWith("10s: 12 gap");
    }

    @Test
    void saysThatSomethingIsLostWhenASeriesShrinksWithoutARestart() throws Exception {
        given(at(3, 10), at(13, 4));
        timeIs(20);

        assertThat(counts()).endsWith("10s: 4 gap");
    }

    @Test
    void doesNotTakeASeriesThatOneScrapeLackedForABornOne() throws Exception {
        MemberScrape lacking = at(8, 0);
        given(
                at(3, 100),
                new MemberScrape(
                        lacking.cluster(),
                        null,
                        lacking.member(),
                        null,
                        lacking.source(),
                        lacking.observedAt(),
                        lacking.ingestedAt(),
                        lacking.processStartSeconds(),
                        null,
                        List.of(),
                        List.of(),
                        List.of()),
                at(13, 107));
        timeIs(20);

        assertThat(counts()).endsWith("10s: 7");
        assertThat(counter("etcd_server_leader_changes_seen_total")).isEqualTo(7);
    }

    @Test
    void takesASteppedClockForNoRestart() throws Exception {
        given(at("m1", 3, 10, 50.0), at("m1", 13, 12, 51.9));
        timeIs(20);

        assertThat(counts()).endsWith("10s: 2");
    }

    @Test
    void doesNotResetARaftIndexWithItsProcess() throws Exception {
        given(at("m1", 3, 100, 50.0), at("m1", 13, 130, 1012.0));
        timeIs(20);

        assertThat(counter("etcd_server_proposals_committed_total")).isEqualTo(30);
        assertThat(counter("etcd_server_leader_changes_seen_total")).isEqualTo(130);
    }

    @Test
    void marksAMissedScrapeAndFillsNothing() throws Exception {
        given(at(3, 10), failedAt(8), failedAt(13), at(23, 40));
        timeIs(30);

        assertThat(counts()).containsExactly("0s: - gap", "10s: 0 gap", "20s: 30 gap");
    }

    @Test
    void correctsAClosedWindowAndTheNextWhenAReadingComesLate() throws Exception {
        given(at(3, 10), at(18, 30), at(28, 50));
        timeIs(30);
        windows.extractOutputValues().clear();
        windows.getOutput().clear();

        given(at(9, 25));

        assertThat(counts()).containsExactly("0s: 15 v2", "10s: 5 v2");
    }

    @Test
    void sendsWhatComesAfterTheHorizonToTheDeadLetters() throws Exception {
        given(at(3, 10), at(13, 20));
        timeIs(200);

        given(at(9, 15));

        assertThat(windows.getSideOutput(MemberWindows.LATE))
                .singleElement()
                .extracting(StreamRecord::getValue)
                .extracting(DeadLetter::reason)
                .isEqualTo("late");
    }

    @Test
    void saysTheSameInTheEndWhateverTheOrderOfArrival() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            scrapes.add(i % 11 == 7 ? failedAt(2.5 * i) : at("m1", 2.5 * i, i < 20 ? 10L * i : i, i < 20 ? 0.0 : 50.0));
        }
        given(scrapes.toArray(MemberScrape[]::new));
        timeIs(75);
        Map<String, String> inOrder = newest();
        close();
        open();

        Collections.shuffle(scrapes, new Random(7));
        for (MemberScrape scrape : scrapes) {
            given(scrape);
            timeIs(Math.min(75, 20 + windows.getOutput().size()));
        }
        timeIs(75);

        assertThat(inOrder).hasSize(7);
        assertThat(newest()).isEqualTo(inOrder);
    }

    @Test
    void goesOnAfterARestoreAsIfNothingHadHappened() throws Exception {
        given(at(3, 10), at(13, 20));
        timeIs(11);
        var snapshot = windows.snapshot(1, 1);
        close();
        windows = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberWindows(WindowSettings.DEFAULT)),
                MemberScrape::member,
                Types.STRING);
        windows.initializeState(snapshot);
        windows.open();

        given(at(23, 60));
        timeIs(30);

        assertThat(counts()).containsExactly("10s: 10", "20s: 40");
    }

    private void given(MemberScrape... scrapes) throws Exception {
        for (MemberScrape scrape : scrapes) {
            windows.processElement(scrape, scrape.observedAt().toEpochMilli());
        }
    }

    private void timeIs(double second) throws Exception {
        windows.processWatermark(second(second).toEpochMilli());
    }

    private List<String> counts() {
        return windows.extractOutputValues().stream()
                .map(MemberWindowsTest::told)
                .toList();
    }

    /** The last version of each window. */
    private Map<String, String> newest() {
        Map<String, String> newest = new HashMap<>();
        for (MemberWindow window : windows.extractOutputValues()) {
            newest.put(window.windowStart().toString(), told(window).replaceAll(" v\\d+", "") + window.measures());
        }
        return newest;
    }

    private double counter(String metric) {
        List<MemberWindow> all = windows.extractOutputValues();
        return all.get(all.size() - 1).measures().counters().stream()
                .filter(counter -> counter.metric().equals(metric))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static String told(MemberWindow window) {
        long start = window.windowStart().getEpochSecond() - Scrapes.ZERO.getEpochSecond();
        String count = window.measures().histograms().isEmpty()
                ? "-"
                : Long.toString(window.measures().histograms().get(0).vector().total());
        return start + "s: " + count + (window.gap() ? " gap" : "")
                + (window.version() > 1 ? " v" + window.version() : "");
    }
}
