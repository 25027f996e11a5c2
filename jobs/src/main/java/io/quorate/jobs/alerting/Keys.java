package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.sinks.receivers.PlacedAlert;
import java.util.List;
import java.util.Locale;

/** What people should hear of once: each severity that an episode reaches, and its end. */
final class Keys {

    private Keys() {}

    /** Of this transition: alert id and step. */
    static String of(Alert alert) {
        return of(alert.id(), alert.severity(), alert.status());
    }

    /** Of each of these. */
    static List<String> of(List<PlacedAlert> placed) {
        return placed.stream().map(each -> of(each.alert())).toList();
    }

    /** Of the transition that this line is about. */
    static String of(Notification line) {
        return of(line.alertId(), line.severity(), line.status());
    }

    private static String of(String id, Alert.Severity severity, Alert.Status status) {
        return switch (status) {
            case RESOLVED -> id + "-resolved";
            case PENDING, FIRING, UPDATED -> id + '-' + severity.name().toLowerCase(Locale.ROOT);
        };
    }
}
