package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.PlacedAlert;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InhibitTest {

    private static final String INCIDENT = "fedcba9876543210";

    private KeyedOneInputStreamOperatorTestHarness<String, PlacedAlert, PlacedAlert> inhibit;

    @BeforeEach
    void open() throws Exception {
        inhibit = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new Inhibit()),
                placed -> placed.alert().id(),
                Types.STRING);
        inhibit.open();
    }

    @AfterEach
    void close() throws Exception {
        inhibit.close();
    }

    @Test
    void letsThroughWhatStandsForItself() throws Exception {
        is(Status.FIRING, null);
        is(Status.UPDATED, null);
        is(Status.RESOLVED, null);

        assertThat(told()).containsExactly("FIRING", "UPDATED", "RESOLVED");
    }

    @Test
    void keepsBackAnEpisodeThatIsPartOfAnotherFromBeginningToEnd() throws Exception {
        is(Status.FIRING, INCIDENT);
        is(Status.UPDATED, INCIDENT);
        is(Status.RESOLVED, INCIDENT);

        assertThat(told()).isEmpty();
    }

    @Test
    void tellsAnEpisodeOnceItStandsForItself() throws Exception {
        is(Status.FIRING, INCIDENT);
        is(Status.UPDATED, null);
        is(Status.RESOLVED, null);

        assertThat(told()).containsExactly("UPDATED", "RESOLVED");
    }

    @Test
    void tellsTheEndOfWhatWasToldBeforeItBecamePartOfAnother() throws Exception {
        is(Status.FIRING, null);
        is(Status.UPDATED, INCIDENT);
        is(Status.RESOLVED, "maintenance racks");

        assertThat(told()).containsExactly("FIRING", "RESOLVED");
    }

    @Test
    void tellsNoEndOfWhatNobodyWasToldOf() throws Exception {
        is(Status.FIRING, INCIDENT);
        is(Status.RESOLVED, null);

        assertThat(told()).isEmpty();
    }

    @Test
    void tellsAnEndWhenItCannotKnow() throws Exception {
        is(Status.RESOLVED, INCIDENT);

        assertThat(told()).containsExactly("RESOLVED");
    }

    private void is(Status status, @Nullable String partOf) throws Exception {
        inhibit.processElement(Alerts.bare(Alerts.of(status, Severity.WARNING, partOf)), 0);
    }

    private List<String> told() {
        return inhibit.extractOutputValues().stream()
                .map(placed -> placed.alert().status().name())
                .toList();
    }
}
