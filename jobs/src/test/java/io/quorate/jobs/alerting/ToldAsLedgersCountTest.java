package io.quorate.jobs.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.ledger.Ledger;
import io.quorate.sinks.receivers.PlacedAlert;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What a ledger counts as told is what the alerting job sends. */
class ToldAsLedgersCountTest {

    @Test
    void aLedgerCountsWhatInhibitAndDeduplicateLetThrough() throws Exception {
        Random random = new Random(9);
        int told = 0;
        for (int i = 0; i < 500; i++) {
            List<Alert> episode = episode(random);

            List<PlacedAlert> placed = episode.stream().map(Alerts::bare).toList();

            List<Severity> sent = through(new Deduplicate(), through(new Inhibit(), placed)).stream()
                    .map(PlacedAlert::alert)
                    .filter(alert -> alert.status() != Status.RESOLVED)
                    .map(Alert::severity)
                    .toList();

            assertThat(Ledger.of(episode).episodes().get(0).told())
                    .as("%s", episode.stream().map(Alert::toString).toList())
                    .isEqualTo(sent);
            told += sent.size();
        }
        assertThat(told).as("messages in all").isGreaterThan(200);
    }

    /** In any order, also in such as no rule makes: what is over and fires again, an end without a beginning. */
    private static List<Alert> episode(Random random) {
        List<Alert> episode = new ArrayList<>();
        for (int length = 1 + random.nextInt(7); length > 0; length--) {
            episode.add(Alerts.of(
                    Status.values()[random.nextInt(4)],
                    Severity.values()[random.nextInt(3)],
                    random.nextInt(3) == 0 ? "incident" : null));
        }
        return episode;
    }

    private static List<PlacedAlert> through(
            KeyedProcessFunction<String, PlacedAlert, PlacedAlert> function, List<PlacedAlert> alerts)
            throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, PlacedAlert, PlacedAlert> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(function),
                        placed -> placed.alert().id(),
                        Types.STRING)) {
            harness.open();
            for (PlacedAlert alert : alerts) {
                harness.processElement(alert, 0);
            }
            return harness.extractOutputValues();
        }
    }
}
