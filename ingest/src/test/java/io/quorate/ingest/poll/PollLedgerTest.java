package io.quorate.ingest.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.PollTally;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PollLedgerTest {

    private static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final Target TARGET = new Target("prod/m1", "settings", List.of(), Map.of("cluster", "prod"));

    private final PollLedger ledger = new PollLedger("metrics", TARGET, NOON);

    @Test
    void tellsAMinuteOnceWhenItIsOver() {
        answered(NOON + 10_000);
        answered(NOON + 50_000);

        assertThat(ledger.over(NOON + 61_000)).isEmpty();
        assertThat(ledger.over(NOON + 62_000))
                .containsExactly(new PollTally(
                        "metrics",
                        "prod/m1",
                        "prod",
                        Instant.ofEpochMilli(NOON),
                        Instant.ofEpochMilli(NOON),
                        Instant.ofEpochMilli(NOON + 62_000),
                        60,
                        2,
                        2,
                        0,
                        List.of()));
        assertThat(ledger.over(NOON + 63_000)).isEmpty();
    }

    @Test
    void countsAPollInTheMinuteThatItWasDueIn() {
        Poll late = ledger.due(NOON + 59_900);
        late.begun();
        answered(NOON + 60_100);
        late.answered(1);

        assertThat(ledger.over(NOON + 122_000)).extracting(PollTally::answered).containsExactly(1L, 1L);
    }

    @Test
    void tellsWhatBecameOfEachPoll() {
        answered(NOON);
        failed("timeout");
        failed("refused");
        failed("timeout");
        ledger.due(NOON).leftOut();

        assertThat(ledger.over(NOON + 62_000)).singleElement().satisfies(tally -> {
            assertThat(tally.expected()).isEqualTo(5);
            assertThat(tally.answered()).isEqualTo(1);
            assertThat(tally.leftOut()).isEqualTo(1);
            assertThat(tally.failed())
                    .containsExactly(new PollTally.Failed("refused", 1), new PollTally.Failed("timeout", 2));
        });
    }

    @Test
    void waitsForAPollThatIsUnderWay() {
        Poll slow = ledger.due(NOON + 55_000);
        slow.begun();
        assertThat(ledger.over(NOON + 65_000)).isEmpty();
        slow.failed("timeout");

        assertThat(ledger.over(NOON + 66_000))
                .singleElement()
                .satisfies(tally -> assertThat(tally.failed()).containsExactly(new PollTally.Failed("timeout", 1)));
    }

    @Test
    void doesNotWaitForEver() {
        Poll lost = ledger.due(NOON + 55_000);
        lost.begun();

        assertThat(ledger.over(NOON + 90_000)).singleElement().satisfies(tally -> {
            assertThat(tally.expected()).isEqualTo(1);
            assertThat(tally.answered()).isZero();
        });
        lost.answered(1);
        assertThat(ledger.over(NOON + 150_000)).extracting(PollTally::answered).containsExactly(0L);
    }

    @Test
    void believesWhatItWasToldFirst() {
        Poll poll = ledger.due(NOON);
        poll.answered(1);
        poll.failed("timeout");
        poll.leftOut();

        assertThat(ledger.over(NOON + 62_000)).singleElement().satisfies(tally -> {
            assertThat(tally.answered()).isEqualTo(1);
            assertThat(tally.leftOut()).isZero();
            assertThat(tally.failed()).isEmpty();
        });
    }

    @Test
    void tellsAMinuteWithoutPollsToo() {
        assertThat(ledger.over(NOON + 62_000)).extracting(PollTally::expected).containsExactly(0L);
        assertThat(ledger.over(NOON + 122_000)).extracting(PollTally::expected).containsExactly(0L);
    }

    @Test
    void tellsHowMuchOfItsFirstAndItsLastMinuteItCounted() {
        PollLedger late = new PollLedger("metrics", TARGET, NOON + 45_000);

        List<PollTally> first = late.over(NOON + 62_000);
        assertThat(first).extracting(PollTally::countedSeconds).containsExactly(15.0);
        first.forEach(late::wentDownstream);
        assertThat(late.rest(NOON + 70_500))
                .extracting(PollTally::countedSeconds)
                .containsExactly(10.5);
        assertThat(late.rest(NOON + 71_000)).isEmpty();
    }

    @Test
    void tellsApartWhatWasDueInAMinuteThatWasTold() {
        answered(NOON);
        ledger.over(NOON + 62_000);
        answered(NOON + 59_000);

        assertThat(ledger.over(NOON + 95_000)).singleElement().satisfies(part -> {
            assertThat(part.minute()).isEqualTo(Instant.ofEpochMilli(NOON));
            assertThat(part.countedFrom()).isEqualTo(Instant.ofEpochMilli(NOON + 62_000));
            assertThat(part.countedSeconds()).isZero();
            assertThat(part.answered()).isEqualTo(1);
        });
        answered(NOON + 59_000);
        assertThat(ledger.over(NOON + 96_000))
                .extracting(PollTally::countedFrom)
                .containsExactly(Instant.ofEpochMilli(NOON + 95_000));
    }

    @Test
    void tellsAfterACrashWhatItHadCountedAtItsLastCheckpoint() {
        answered(NOON + 10_000);
        failed("timeout");
        ledger.due(NOON + 30_000);
        List<PollTally> checkpoint = ledger.soFar(NOON + 30_000);

        answered(NOON + 40_000);
        PollLedger again = new PollLedger("metrics", TARGET, NOON + 45_000);
        List<PollTally> told = again.restore(checkpoint);

        assertThat(told).singleElement().satisfies(tally -> {
            assertThat(tally.minute()).isEqualTo(Instant.ofEpochMilli(NOON));
            assertThat(tally.countedFrom()).isEqualTo(Instant.ofEpochMilli(NOON));
            assertThat(tally.countedSeconds()).isEqualTo(30);
            assertThat(tally.expected()).isEqualTo(3);
            assertThat(tally.answered()).isEqualTo(1);
            assertThat(tally.failed()).containsExactly(new PollTally.Failed("timeout", 1));
        });
        assertThat(again.over(NOON + 62_000))
                .as("the rest of the minute, without the 15 s in which nobody counted")
                .singleElement()
                .satisfies(tally -> {
                    assertThat(tally.countedFrom()).isEqualTo(Instant.ofEpochMilli(NOON + 45_000));
                    assertThat(tally.countedSeconds()).isEqualTo(15);
                    assertThat(tally.expected()).isZero();
                });
    }

    @Test
    void tellsAPartAgainUnderTheSameKeyAndAsOfEarlierWhenItWasToldAfterTheLastCheckpoint() {
        answered(NOON + 10_000);
        List<PollTally> checkpoint = ledger.soFar(NOON + 50_000);
        PollTally told = ledger.over(NOON + 62_000).get(0);

        PollTally again = new PollLedger("metrics", TARGET, NOON + 70_000)
                .restore(checkpoint)
                .get(0);

        assertThat(again.minute()).isEqualTo(told.minute());
        assertThat(again.countedFrom()).isEqualTo(told.countedFrom());
        assertThat(again.countedAt()).isBefore(told.countedAt());
    }

    @Test
    void keepsWhatItToldUntilItWentDownstream() {
        PollTally told = ledger.over(NOON + 62_000).get(0);
        assertThat(ledger.soFar(NOON + 63_000)).contains(told).hasSize(2);

        ledger.wentDownstream(told);

        assertThat(ledger.soFar(NOON + 64_000))
                .extracting(PollTally::minute)
                .containsExactly(Instant.ofEpochMilli(NOON + 60_000));
    }

    @Test
    void countsOnAfterACheckpoint() {
        answered(NOON + 10_000);
        ledger.soFar(NOON + 30_000);
        answered(NOON + 40_000);

        assertThat(ledger.over(NOON + 62_000)).singleElement().satisfies(tally -> {
            assertThat(tally.countedSeconds()).isEqualTo(60);
            assertThat(tally.answered()).isEqualTo(2);
        });
    }

    private void answered(long dueMillis) {
        Poll poll = ledger.due(dueMillis);
        poll.begun();
        poll.answered(1);
    }

    private void failed(String reason) {
        Poll poll = ledger.due(NOON);
        poll.begun();
        poll.failed(reason);
    }
}
