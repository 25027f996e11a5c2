package io.quorate.jobs.detection;

import static io.quorate.jobs.detection.Patterns.at;
import static io.quorate.jobs.detection.Patterns.move;
import static io.quorate.jobs.detection.Patterns.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.Symptom;
import io.quorate.rules.compile.PatternEvent;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PatternEventsTest {

    private KeyedTwoInputStreamOperatorTestHarness<String, Symptom, LeaderChange, PatternEvent> events;

    @BeforeEach
    void open() throws Exception {
        events = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new PatternEvents(Patterns.RANKS, Patterns.WINDOW)),
                Symptom::cluster,
                LeaderChange::cluster,
                Types.STRING);
        events.open();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    @Test
    void holdsALeaderChangeUntilTheWindowThatExplainsItIsThere() throws Exception {
        moves(13);
        timeIs(19);
        assertThat(events.extractOutputValues()).isEmpty();

        shows("DiskSlow", 10);
        timeIs(22);

        assertThat(events.extractOutputValues())
                .extracting(PatternEvent::name)
                .containsExactly("DiskSlow", "leader-change");
        assertThat(events.getOutput())
                .filteredOn(StreamRecord.class::isInstance)
                .as("on one clock")
                .allSatisfy(event ->
                        assertThat(((StreamRecord<?>) event).getTimestamp()).isEqualTo(at(22).toEpochMilli()));
    }

    @Test
    void ordersOneWindowByCauseThenTimeThenMemberThenName() throws Exception {
        moves(13);
        moves(11.5);
        events.processElement1(
                new StreamRecord<>(shown("c1", "RequestsFail", null, 10, 20).get(0)));
        events.processElement1(
                new StreamRecord<>(shown("c1", "DiskSlow", "m2", 10, 20).get(0)));
        events.processElement1(
                new StreamRecord<>(shown("c1", "HeartbeatsFail", "m1", 10, 20).get(0)));
        events.processElement1(
                new StreamRecord<>(shown("c1", "DiskSlow", "m1", 10, 20).get(0)));
        events.processElement1(
                new StreamRecord<>(shown("c1", "Unranked", "m1", 10, 20).get(0)));
        timeIs(30);

        assertThat(events.extractOutputValues())
                .extracting(event -> event.name() + " " + event.member() + " " + event.value())
                .containsExactly(
                        "DiskSlow m1 because",
                        "DiskSlow m2 because",
                        "HeartbeatsFail m1 because",
                        "leader-change m1 m1 -> m2, term 115",
                        "leader-change m1 m1 -> m2, term 130",
                        "RequestsFail null because",
                        "Unranked m1 because");
    }

    @Test
    void tellsEveryWindowInWhichASymptomIsTrueAndNotItsEnd() throws Exception {
        for (Symptom symptom : shown("c1", "DiskSlow", "m1", 10, 40)) {
            events.processElement1(new StreamRecord<>(symptom));
        }
        timeIs(100);

        assertThat(events.extractOutputValues()).extracting(PatternEvent::at).containsExactly(at(10), at(20), at(30));
    }

    @Test
    void tellsARepeatedEventOnce() throws Exception {
        shows("DiskSlow", 10);
        shows("DiskSlow", 10);
        moves(13);
        moves(13);
        timeIs(100);

        assertThat(events.extractOutputValues()).hasSize(2);
    }

    @Test
    void takesAChangeThatWasLongInDoubtToHaveHappenedWhenItWasKnown() throws Exception {
        events.processElement2(new StreamRecord<>(
                new LeaderChange("c1", null, "m1", null, "m2", null, 3, at(18), at(26), Planned.UNKNOWN, 3)));
        timeIs(25);
        assertThat(events.extractOutputValues()).isEmpty();
        timeIs(32);

        assertThat(events.extractOutputValues()).singleElement().satisfies(event -> {
            assertThat(event.at()).isEqualTo(at(18));
            assertThat(event.slot()).isEqualTo(at(20).toEpochMilli());
        });
    }

    @Test
    void dropsWhatIsBehindTheWatermark() throws Exception {
        timeIs(22);
        shows("DiskSlow", 10);
        moves(13);
        shows("DiskSlow", 20);
        timeIs(100);

        assertThat(events.extractOutputValues()).extracting(PatternEvent::at).containsExactly(at(20));
    }

    @Test
    void letsGoOfWhatItToldSoThatAClusterOfLongAgoCostsNothing() throws Exception {
        for (int second = 10; second < 10_000; second += 10) {
            shows("DiskSlow", second);
            moves(second + 5);
            timeIs(second + 10);
        }
        assertThat(events.numKeyedStateEntries()).as("one cluster").isEqualTo(1);
        timeIs(20_000);

        assertThat(events.numKeyedStateEntries()).isZero();
        assertThat(events.numEventTimeTimers()).isZero();
    }

    private void shows(String rule, int second) throws Exception {
        events.processElement1(
                new StreamRecord<>(shown("c1", rule, "m1", second, second + 10).get(0)));
    }

    private void moves(double second) throws Exception {
        events.processElement2(new StreamRecord<>(move("c1", second, "m1", "m2", 3)));
    }

    private void timeIs(int second) throws Exception {
        events.processBothWatermarks(new Watermark(at(second).toEpochMilli()));
    }
}
