package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeduplicateTest {

    private KeyedOneInputStreamOperatorTestHarness<String, PlacedAlert, PlacedAlert> deduplicate;

    @BeforeEach
    void open() throws Exception {
        deduplicate = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new Deduplicate()),
                placed -> placed.alert().id(),
                Types.STRING);
        deduplicate.open();
    }

    @AfterEach
    void close() throws Exception {
        deduplicate.close();
    }

    @Test
    void tellsAnEpisodeOnceWhenItBeginsWorsensAndEnds() throws Exception {
        is(Status.FIRING, Severity.WARNING);
        is(Status.FIRING, Severity.WARNING);
        is(Status.UPDATED, Severity.WARNING);
        is(Status.UPDATED, Severity.CRITICAL);
        is(Status.UPDATED, Severity.CRITICAL);
        is(Status.RESOLVED, Severity.CRITICAL);
        is(Status.RESOLVED, Severity.CRITICAL);

        assertThat(told()).containsExactly("FIRING WARNING", "UPDATED CRITICAL", "RESOLVED CRITICAL");
    }

    @Test
    void keepsAPendingAlertToItself() throws Exception {
        is(Status.PENDING, Severity.CRITICAL);

        assertThat(told()).isEmpty();
    }

    @Test
    void doesNotReopenWhatIsOverWhenAReplayRepeatsIt() throws Exception {
        is(Status.FIRING, Severity.CRITICAL);
        is(Status.RESOLVED, Severity.CRITICAL);
        is(Status.FIRING, Severity.CRITICAL);

        assertThat(told()).containsExactly("FIRING CRITICAL", "RESOLVED CRITICAL");
    }

    @Test
    void tellsNobodyWhatIsForInformation() throws Exception {
        is(Status.FIRING, Severity.INFO);
        is(Status.RESOLVED, Severity.INFO);
        assertThat(told()).isEmpty();
    }

    @Test
    void tellsOfWhatWasForInformationOnceItIsWorse() throws Exception {
        is(Status.FIRING, Severity.INFO);
        is(Status.UPDATED, Severity.WARNING);
        is(Status.RESOLVED, Severity.WARNING);

        assertThat(told()).containsExactly("UPDATED WARNING", "RESOLVED WARNING");
    }

    @Test
    void sendsTheCauseThatIsKnownWithWhatBecomesWorse() throws Exception {
        is(Status.FIRING, Severity.WARNING);
        deduplicate.processElement(
                Alerts.bare(Alerts.of(Status.UPDATED, Severity.WARNING, null)
                        .told(Status.UPDATED, Instant.EPOCH, "the disk of m2 is slow", List.of())),
                0);
        is(Status.UPDATED, Severity.CRITICAL);

        assertThat(deduplicate.extractOutputValues())
                .extracting(placed -> placed.alert().cause())
                .containsExactly(null, "the disk of m2 is slow");
    }

    private void is(Status status, Severity severity) throws Exception {
        deduplicate.processElement(Alerts.bare(Alerts.of(status, severity, null)), 0);
    }

    private List<String> told() {
        return deduplicate.extractOutputValues().stream()
                .map(placed -> placed.alert().status() + " " + placed.alert().severity())
                .toList();
    }
}
