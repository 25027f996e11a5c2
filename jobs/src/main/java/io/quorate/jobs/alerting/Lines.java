package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Lines of the ledger. */
final class Lines {

    private Lines() {}

    /** What became of this at the receiver of this lane. */
    static Notification of(
            Lane lane,
            PlacedAlert placed,
            String key,
            int attempt,
            Outcome outcome,
            @Nullable Answer answer,
            @Nullable String detail,
            Instant now) {
        Integer status = answer == null ? null : answer.httpStatus();
        return line(placed.alert(), key, lane.group, lane.receiver, attempt, outcome, status, detail, now);
    }

    /** That nobody was told of this, and why. */
    static Notification heldBack(Alert alert, Outcome outcome, String why, Instant now) {
        return line(alert, Keys.of(alert), null, Notification.NOBODY, 0, outcome, null, why, now);
    }

    private static Notification line(
            Alert alert,
            String key,
            @Nullable String group,
            String receiver,
            int attempt,
            Outcome outcome,
            @Nullable Integer httpStatus,
            @Nullable String detail,
            Instant now) {
        return new Notification(
                key,
                group,
                alert.id(),
                alert.rule(),
                alert.severity(),
                alert.cluster(),
                alert.member(),
                alert.status(),
                receiver,
                attempt,
                outcome,
                httpStatus,
                detail,
                alert.at(),
                now);
    }
}
