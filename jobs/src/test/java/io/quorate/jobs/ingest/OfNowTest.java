package io.quorate.jobs.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.PollTally;
import io.quorate.ingest.Observation;
import java.time.Instant;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OfNowTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private OneInputStreamOperatorTestHarness<Observation, MemberScrape> ofNow;

    @BeforeEach
    void open() throws Exception {
        ofNow = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new OfNow()));
        ofNow.open();
    }

    @AfterEach
    void close() throws Exception {
        ofNow.close();
    }

    @Test
    void letsPassWhatIsAMinuteOffAndRefusesWhatIsMore() throws Exception {
        scrapedAt(NOW.minusSeconds(60));
        scrapedAt(NOW.plusSeconds(60));
        scrapedAt(NOW.minusMillis(60_001));
        scrapedAt(NOW.plusSeconds(86_400));

        assertThat(ofNow.extractOutputValues()).hasSize(2);
        assertThat(ofNow.getSideOutput(OfNow.DEAD_LETTERS))
                .hasSize(2)
                .extracting(StreamRecord::getValue)
                .extracting(DeadLetter::reason)
                .containsOnly("not-of-now");
    }

    @Test
    void keepsTheWholeRecordOfWhatItRefuses() throws Exception {
        scrapedAt(NOW.minusSeconds(3600));

        DeadLetter letter =
                ofNow.getSideOutput(OfNow.DEAD_LETTERS).iterator().next().getValue();
        assertThat(letter.record()).contains("\"cluster\":\"c1\"").contains("2025-12-31T23:00:00Z");
        assertThat(letter.detail()).contains("check the clocks");
    }

    @Test
    void sendsEachKindItsWay() throws Exception {
        ofNow.processElement(
                Observation.of(MemberStatus.failed("c1", "m1", null, "http://m1", NOW, 3, "refused", "")), 0);
        ofNow.processElement(
                Observation.of(new PollTally("etcd", "c1", "c1", NOW, NOW, NOW, 60, 60, 60, 0, List.of())), 0);
        ofNow.processElement(Observation.of(new DeadLetter("x", "y", "", null, "", NOW)), 0);

        assertThat(ofNow.getSideOutput(OfNow.STATUSES)).hasSize(1);
        assertThat(ofNow.getSideOutput(OfNow.TALLIES)).hasSize(1);
        assertThat(ofNow.getSideOutput(OfNow.DEAD_LETTERS)).hasSize(1);
        assertThat(ofNow.extractOutputValues()).isEmpty();
    }

    private void scrapedAt(Instant observedAt) throws Exception {
        ofNow.processElement(
                Observation.of(MemberScrape.failed("c1", "m1", "http://p", observedAt, NOW, "up == 0")), 0);
    }
}
