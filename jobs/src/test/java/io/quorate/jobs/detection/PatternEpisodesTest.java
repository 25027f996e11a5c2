package io.quorate.jobs.detection;

import static io.quorate.jobs.detection.Patterns.at;
import static io.quorate.jobs.detection.Patterns.leaderMoves;
import static io.quorate.jobs.detection.Patterns.move;
import static io.quorate.jobs.detection.Patterns.pattern;
import static io.quorate.jobs.detection.Patterns.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.rules.StepPattern;
import io.quorate.rules.compile.PatternEvent;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PatternEpisodesTest {

    private static final StepPattern PATTERN = pattern(leaderMoves());

    private KeyedOneInputStreamOperatorTestHarness<String, StepMatch, Alert> episodes;

    @BeforeEach
    void open() throws Exception {
        episodes = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new PatternEpisodes(rule("Chain", PATTERN), PATTERN, Patterns.WINDOW)),
                match -> match.first().cluster(),
                Types.STRING);
        episodes.open();
    }

    @AfterEach
    void close() throws Exception {
        episodes.close();
    }

    @Test
    void doesNotResolveBeforeAMatchCouldBeKnownThatKeepsItOpen() throws Exception {
        matches(13);
        timeIs(322);
        matches(312);
        timeIs(334);

        assertThat(episodes.extractOutputValues())
                .extracting(Alert::status)
                .containsExactly(Status.FIRING, Status.UPDATED);
    }

    @Test
    void countsOnWhenTheEvidenceIsLongEnough() throws Exception {
        for (int second = 13; second < 13 + 60 * 10; second += 10) {
            matches(second);
            timeIs(second + 10);
        }

        assertThat(episodes.extractOutputValues().get(59).evidence()).hasSize(50);
        assertThat(episodes.extractOutputValues().get(59).summary()).contains("60 times");
    }

    @Test
    void letsGoOfAnEpisodeThatIsOver() throws Exception {
        matches(13);
        matches(53);
        timeIs(100);
        assertThat(episodes.numKeyedStateEntries()).isPositive();
        timeIs(365);

        assertThat(episodes.extractOutputValues())
                .extracting(Alert::status)
                .containsExactly(Status.FIRING, Status.UPDATED, Status.RESOLVED);
        assertThat(episodes.numKeyedStateEntries()).isZero();
        assertThat(episodes.numEventTimeTimers()).isZero();
    }

    private void matches(double second) throws Exception {
        long slot = at(Math.floor(second / 10) * 10).toEpochMilli();
        PatternEvent event = PatternEvent.of(move("c1", second, "m1", "m2", 3), slot);
        episodes.processElement(new StreamRecord<>(new StepMatch(
                List.of(new StepMatch.Taken("leader-moves", event)),
                at(second),
                PatternEvents.due(slot, Patterns.WINDOW))));
    }

    private void timeIs(int second) throws Exception {
        episodes.processWatermark(new Watermark(at(second).toEpochMilli()));
    }
}
