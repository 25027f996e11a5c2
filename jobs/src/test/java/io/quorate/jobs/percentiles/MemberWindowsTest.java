package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.at;
import static io.quorate.jobs.percentiles.Scrapes.failedAt;
import static io.quorate.jobs.percentiles.Scrapes.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.DeadLetter;
import io.quorate.events.Measures;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
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
    void beginsWithTwoWhereAWindowIsToldOnlyAfterItsEnd() throws Exception {
        given(at(3, 10), at(28, 50));
        timeIs(30);
        assertThat(counts()).noneMatch(count -> count.startsWith("10s"));

        given(at(18, 30));

        assertThat(counts()).contains("10s: 20 v2", "20s: 20 v2");
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
        restore();

        given(at(23, 60));
        timeIs(30);

        assertThat(counts()).containsExactly("10s: 10", "20s: 40");
    }

    @Test
    void knowsWhatIsLateBeforeTheFirstWatermarkAfterARestore() throws Exception {
        given(at(3, 10), at(13, 20), at(23, 30));
        timeIs(200);
        restore();

        given(at(4, 15));
        timeIs(210);

        assertThat(windows.getSideOutput(MemberWindows.LATE)).hasSize(1);
        assertThat(windows.extractOutputValues()).isEmpty();
    }

    @Test
    void correctsWhatALateReadingTouchesBeforeTheFirstWatermarkAfterARestore() throws Exception {
        given(at(3, 10), at(18, 30), at(28, 50));
        timeIs(30);
        restore();

        given(at(9, 25));

        assertThat(counts()).containsExactly("0s: 15 v2", "10s: 5 v2");
    }

    @Test
    void forgetsAMemberADayAfterItsLastReading() throws Exception {
        given(at(3, 10), at(13, 20), failedAt(23));
        timeIs(86_000);
        assertThat(windows.numKeyedStateEntries()).isPositive();

        timeIs(86_400 + 23);

        assertThat(windows.numKeyedStateEntries()).isZero();
        assertThat(windows.numEventTimeTimers()).isZero();
    }

    @Test
    void forgetsAMemberThatNeverAnswered() throws Exception {
        given(failedAt(3), failedAt(13));
        timeIs(86_400 + 13);

        assertThat(windows.numKeyedStateEntries()).isZero();
        assertThat(windows.numEventTimeTimers()).isZero();
    }

    @Test
    void knowsAMemberThatCameBackWithinADay() throws Exception {
        given(at(3, 10));
        timeIs(50_000);
        given(at(50_003, 25));
        timeIs(86_403);
        given(at(90_003, 26));
        timeIs(90_010);

        assertThat(counts()).endsWith("50000s: 15 gap", "90000s: 1 gap");
    }

    @Test
    void tellsOfTheOpenWindowAtTheNextBeatAndOnlyWhatIsNew() throws Exception {
        beats();
        given(at(3, 10), at(6, 17));
        assertThat(windows.extractOutputValues()).isEmpty();
        windows.setProcessingTime(2_000);
        assertThat(early()).containsExactly("0s: 7");

        windows.setProcessingTime(8_000);
        assertThat(early()).as("nothing new").hasSize(1);
        given(at(9, 27), at(12, 30));
        windows.setProcessingTime(10_000);

        assertThat(early()).containsExactly("0s: 7", "0s: 17", "10s: 3");
    }

    @Test
    void replacesWhatItToldEarlyByTheWindowThatClosed() throws Exception {
        beats();
        given(at(3, 10), at(6, 17));
        windows.setProcessingTime(2_000);
        given(at(9, 27));
        timeIs(10);
        windows.setProcessingTime(4_000);

        assertThat(windows.extractOutputValues())
                .extracting(MemberWindow::version)
                .as("closed windows are not told of early")
                .containsExactly(0, 1);
        assertThat(counts()).endsWith("0s: 17");
    }

    @Test
    void putsGaugesTogetherThatOneReadingHas() throws Exception {
        given(Derivable.at(3, 1000, 400), Derivable.at(8, 1200, 300), Derivable.at(13, 900, 900));
        timeIs(20);

        Measures first = windows.extractOutputValues().get(0).measures();
        Measures second = windows.extractOutputValues().get(1).measures();
        assertThat(Derivable.last(first, "quorate_db_fragmentation_ratio")).isEqualTo(0.75);
        assertThat(Derivable.last(first, "quorate_uncompacted_revisions")).isEqualTo(650);
        assertThat(Derivable.last(first, "quorate_db_quota_ratio")).isEqualTo(0.6);
        assertThat(Derivable.last(first, "quorate_commit_apply_lag_entries")).isEqualTo(3);
        assertThat(Derivable.last(first, "quorate_open_fds_ratio")).isEqualTo(0.25);
        assertThat(Derivable.last(first, "quorate_memory_used_ratio")).isEqualTo(0.9);
        assertThat(Derivable.growth(first)).isEqualTo(200);
        assertThat(Derivable.growth(second)).as("defragmented").isEqualTo(-300);
    }

    private void beats() throws Exception {
        close();
        windows = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberWindows(new WindowSettings(
                        Duration.ofSeconds(10), Duration.ofSeconds(90), Duration.ofSeconds(2), null))),
                MemberScrape::member,
                Types.STRING);
        windows.open();
        windows.setProcessingTime(500);
    }

    private List<String> early() {
        return windows.extractOutputValues().stream()
                .filter(MemberWindow::isEarly)
                .map(MemberWindowsTest::told)
                .toList();
    }

    private void restore() throws Exception {
        OperatorSubtaskState snapshot = windows.snapshot(1, 1);
        close();
        windows = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberWindows(WindowSettings.DEFAULT)),
                MemberScrape::member,
                Types.STRING);
        windows.initializeState(snapshot);
        windows.open();
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
