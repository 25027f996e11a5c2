package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.PollTally;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the ledger of polls tells of one target that is polled every ten seconds. */
class CollectionCompleteTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final Instant HOUR = Instant.parse("2026-11-02T23:00:00Z");

    private final List<PollTally> tallies = new ArrayList<>();
    private ClickHouseSettings settings;
    private ClickHouseClient client;

    @BeforeEach
    void startEmpty() throws IOException {
        settings = Engine.databaseFor(CollectionCompleteTest.class);
        client = new ClickHouseClient(settings);
    }

    @Test
    void isCompleteWhenEveryPollWasAnswered() throws Exception {
        count(0, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|360|0|0|0||1|true");
    }

    @Test
    void isNotWhenAPollFailedAndAnotherWasLeftOut() throws Exception {
        count(0, 59);
        tallies.add(tally(59, 60, 6, 4, 1, new PollTally.Failed("timeout", 1)));
        assertThat(answer())
                .containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|358|1|0|0|1 timeout|0.99444|false");
    }

    @Test
    void addsTheReasonsOfAnHourUp() throws Exception {
        tallies.add(tally(0, 60, 6, 4, 0, new PollTally.Failed("timeout", 2)));
        tallies.add(tally(1, 60, 6, 2, 0, new PollTally.Failed("refused", 1), new PollTally.Failed("timeout", 3)));
        assertThat(answer())
                .containsExactly("2026-11-02 23:00:00|metrics|m1|prod|12|6|0|0|0|1 refused, 5 timeout|0.5|false");
    }

    @Test
    void missesThePollsOfMinutesInWhichNobodyCounted() throws Exception {
        count(0, 20);
        count(23, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|342|0|18|3||0.95|false");
    }

    @Test
    void missesAWholeHourToo() throws Exception {
        count(0, 60);
        count(120, 180);
        assertThat(answer())
                .containsExactly(
                        "2026-11-03 01:00:00|metrics|m1|prod|360|360|0|0|0||1|true",
                        "2026-11-03 00:00:00|metrics|m1|prod|360|0|0|360|60||0|false",
                        "2026-11-02 23:00:00|metrics|m1|prod|360|360|0|0|0||1|true");
    }

    @Test
    void missesTheRestOfAMinuteThatAStartFellInto() throws Exception {
        count(0, 20);
        tallies.add(part(20, 30, 60, 3, 3));
        count(21, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|357|0|3|0||0.99167|false");
    }

    @Test
    void countsATargetFromItsFirstPollToItsLast() throws Exception {
        tallies.add(part(10, 30, 60, 3, 3));
        count(11, 20);
        tallies.add(tally(20, 20, 2, 2, 0));
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|59|59|0|0|0||1|true");
    }

    @Test
    void addsThePartsOfAMinuteThatATargetMovedInUp() throws Exception {
        count(0, 30);
        tallies.add(part(30, 0, 20, 2, 2));
        tallies.add(part(30, 20, 60, 4, 4));
        count(31, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|360|0|0|0||1|true");
    }

    @Test
    void missesThePollsBetweenACrashAndTheStartAfterIt() throws Exception {
        count(0, 20);
        tallies.add(part(20, 0, 30, 3, 3));
        tallies.add(part(22, 10, 60, 5, 5));
        count(23, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|350|0|10|1||0.97222|false");
        assertThat(answer("not-polled"))
                .containsExactly("2026-11-02 23:20:30.000|2026-11-02 23:22:10.000|metrics|m1|prod|100|10");
    }

    @Test
    void missesThemInTheFirstMinuteOfATargetToo() throws Exception {
        tallies.add(part(0, 0, 10, 1, 1));
        tallies.add(part(0, 40, 60, 2, 2));
        count(1, 60);
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|357|0|3|0||0.99167|false");
        assertThat(answer("not-polled"))
                .containsExactly("2026-11-02 23:00:10.000|2026-11-02 23:00:40.000|metrics|m1|prod|30|3");
    }

    @Test
    void countsAPartOnceThatWasToldAgainAfterACrashAsOfItsCheckpoint() throws Exception {
        count(0, 60);
        PollTally told = tallies.get(20);
        tallies.add(new PollTally(
                told.source(),
                told.target(),
                told.cluster(),
                told.minute(),
                told.countedFrom(),
                told.minute().plusSeconds(35),
                35,
                4,
                3,
                0,
                List.of()));
        assertThat(answer()).containsExactly("2026-11-02 23:00:00|metrics|m1|prod|360|360|0|0|0||1|true");
        assertThat(client.execute("SELECT count() FROM poll_tally FINAL")).isEqualTo("60\n");
    }

    @Test
    void wasNeverAwayWhenMinuteFollowedMinute() throws Exception {
        count(0, 30);
        tallies.add(part(30, 0, 20, 2, 2));
        tallies.add(part(30, 20, 60, 4, 4));
        assertThat(answer("not-polled")).isEmpty();
    }

    private void count(int from, int to) {
        for (int minute = from; minute < to; minute++) {
            tallies.add(tally(minute, 60, 6, 6, 0));
        }
    }

    private static PollTally tally(
            int minute, double seconds, long expected, long answered, long leftOut, PollTally.Failed... failed) {
        return tally(minute, 0, seconds, expected, answered, leftOut, failed);
    }

    /** What was counted from one second of a minute to another. */
    private static PollTally part(int minute, int from, int to, long expected, long answered) {
        return tally(minute, from, to - from, expected, answered, 0);
    }

    private static PollTally tally(
            int minute,
            int from,
            double seconds,
            long expected,
            long answered,
            long leftOut,
            PollTally.Failed... failed) {
        Instant start = HOUR.plusSeconds(60L * minute);
        return new PollTally(
                "metrics",
                "m1",
                "prod",
                start,
                start.plusSeconds(from),
                start.plusSeconds(62),
                seconds,
                expected,
                answered,
                leftOut,
                List.of(failed));
    }

    private List<String> answer() throws Exception {
        return answer("collection-complete");
    }

    private List<String> answer(String question) throws Exception {
        assertThat(Jobs.save(ClickHouseTables::savePollTallies, settings, tallies.toArray(PollTally[]::new)))
                .isEmpty();
        Question asked = Question.named(question).orElseThrow();
        Span span = new Span(HOUR.minus(Duration.ofHours(12)), HOUR.plus(Duration.ofHours(12)));
        return client.execute(asked.sql(), asked.values(span, WindowSize.BASE, "", ""), Map.of())
                .lines()
                .map(line -> line.replace('\t', '|'))
                .toList();
    }
}
