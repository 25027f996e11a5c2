package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transitions of one episode, of which only this matters here. */
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
}
