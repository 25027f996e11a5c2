package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Transitions of episodes, of which only this matters here. */
final class Alerts {

    private Alerts() {}

    static Alert of(Status status, Severity severity, @Nullable String partOf) {
        return new Alert(
                "id",
                "Rule",
                severity,
                "c1",
                null,
                null,
                null,
                status,
                Instant.EPOCH,
                Instant.EPOCH,
                "",
                null,
                partOf,
                null,
                List.of());
    }

    static PlacedAlert bare(Alert alert) {
        return new PlacedAlert(alert, Map.of(), null, null, null);
    }

    static PlacedAlert critical(String id, String cluster) {
        return placed("Rule", id, cluster, Severity.CRITICAL);
    }

    static PlacedAlert warning(String id, String cluster) {
        return placed("Rule", id, cluster, Severity.WARNING);
    }

    static PlacedAlert over(String id, String cluster) {
        return placed("Rule", id, cluster, Severity.CRITICAL, Status.RESOLVED);
    }

    static PlacedAlert placed(String rule, String id, String cluster, Severity severity) {
        return placed(rule, id, cluster, severity, Status.FIRING);
    }

    private static PlacedAlert placed(String rule, String id, String cluster, Severity severity, Status status) {
        Map<String, String> labels =
                Map.of("alertname", rule, "severity", severity.name().toLowerCase(Locale.ROOT), "cluster", cluster);
        Alert alert = new Alert(
                id,
                rule,
                severity,
                cluster,
                null,
                null,
                null,
                status,
                Instant.parse("2026-03-29T12:00:00Z"),
                Instant.parse("2026-03-29T11:59:00Z"),
                rule + " in " + cluster,
                null,
                null,
                null,
                List.of());
        return new PlacedAlert(alert, labels, null, null, null);
    }
}
