package io.quorate.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IngestSilenceTest {

    private static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");

    private KeyedOneInputStreamOperatorTestHarness<String, Instant, Alert> silence;

    @BeforeEach
    void open() throws Exception {
        silence = harness();
        silence.open();
    }

    @AfterEach
    void close() throws Exception {
        silence.close();
    }

    @Test
    void tellsOnceThatNothingHasComeForTwoMinutesAndThatItComesAgain() throws Exception {
        heardAt(0);
        heardAt(5);
        timeIs(124);
        assertThat(silence.extractOutputValues()).isEmpty();
        timeIs(125);
        timeIs(1000);
        heardAt(1001);
        heardAt(1006);

        assertThat(silence.extractOutputValues())
                .extracting(Alert::status)
                .containsExactly(Status.FIRING, Status.RESOLVED);
        assertThat(silence.extractOutputValues()).extracting(Alert::id).containsOnly(id(5));
        assertThat(silence.extractOutputValues().get(0).at()).isEqualTo(ZERO.plusSeconds(125));
    }

    @Test
    void endsNoEarlierThanItBeganWhenWhatComesIsOld() throws Exception {
        heardAt(0);
        timeIs(600);
        silence.processElement(ZERO.plusSeconds(30), 0);

        assertThat(silence.extractOutputValues()).hasSize(2);
        assertThat(silence.extractOutputValues().get(1).at())
                .isEqualTo(silence.extractOutputValues().get(0).at());
    }

    @Test
    void staysSilentWhileAnythingComesInTime() throws Exception {
        for (int second = 0; second < 1000; second += 119) {
            heardAt(second);
        }

        assertThat(silence.extractOutputValues()).isEmpty();
    }

    @Test
    void doesNotTakeItsOwnAbsenceForThatOfIngest() throws Exception {
        heardAt(0);
        OperatorSubtaskState kept = silence.snapshot(1, 1);
        silence.close();
        silence = harness();
        silence.setProcessingTime(600_000);
        silence.initializeState(kept);
        silence.open();
        timeIs(601);
        timeIs(710);
        assertThat(silence.extractOutputValues()).isEmpty();
        timeIs(730);

        assertThat(silence.extractOutputValues()).hasSize(1);
    }

    private static String id(int second) {
        return Alert.idOf(IngestSilence.RULE, "fleet", null, ZERO.plusSeconds(second));
    }

    private void heardAt(int second) throws Exception {
        timeIs(second);
        silence.processElement(ZERO.plusSeconds(second), 0);
    }

    private void timeIs(int second) throws Exception {
        silence.setProcessingTime(second * 1000L);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Instant, Alert> harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new IngestSilence()), pulse -> "fleet", Types.STRING);
    }
}
