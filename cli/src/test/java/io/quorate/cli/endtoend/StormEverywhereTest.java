package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.webhook.WebhookSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A storm in a hundred clusters at once, by every default: one group, and each incident in the ledger. */
@Tag("slow")
class StormEverywhereTest {

    private static final int CLUSTERS = 100;

    @Test
    void isOneGroupedPageAndAHundredRecordedIncidents() throws Exception {
        try (Hook hook = new Hook(number -> false);
                AlertingRun run = new AlertingRun(
                        CLUSTERS,
                        number -> storm((int) number),
                        List.of(WebhookSettings.at(hook.url())),
                        List.of(Route.toAll(List.of(WebhookSettings.DEFAULT_NAME))))) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> run.ledger().stream()
                                    .filter(line -> line.outcome() == Outcome.DELIVERED)
                                    .count()
                            == CLUSTERS);

            List<String> ids =
                    IntStream.range(0, CLUSTERS).mapToObj(Planted::id).toList();
            assertThat(run.ledger())
                    .filteredOn(line -> line.outcome() == Outcome.DELIVERED)
                    .extracting(Notification::alertId)
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(run.ledger())
                    .extracting(Notification::group)
                    .containsOnly(run.ledger().get(0).group());
            assertThat(hook.messages()).hasSizeLessThanOrEqualTo(10);
            System.out.printf(
                    "%d clusters: 1 group in %d messages, %d incidents in the ledger%n",
                    CLUSTERS, hook.messages().size(), CLUSTERS);
        }
    }

    private static Alert storm(int cluster) {
        Instant at = Instant.parse("2026-03-29T12:00:00Z");
        return new Alert(
                Planted.id(cluster),
                "EtcdElectionStorm",
                Alert.Severity.CRITICAL,
                "c" + cluster,
                null,
                null,
                null,
                Alert.Status.FIRING,
                at,
                at,
                "leaders change again and again",
                null,
                null,
                null,
                List.of());
    }
}
