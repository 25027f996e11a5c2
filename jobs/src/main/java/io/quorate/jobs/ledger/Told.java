package io.quorate.jobs.ledger;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people are told of one episode. The alerting job decides by its operators {@code inhibit} and {@code
 * deduplicate}: what is part of something larger is kept back, and what is for information; of the rest each severity is
 * told once and only when it is worse than the last. A test holds this to those operators. They forget an episode seven
 * days after its last transition, this does not.
 */
final class Told {

    private final List<Severity> messages = new ArrayList<>();

    /** Whether anybody was told of it since it was last over; null when it was not spoken of. */
    private @Nullable Boolean told;

    private boolean over;

    void hear(Alert alert) {
        if (alert.status() == Status.PENDING) {
            return;
        }
        if (alert.status() == Status.RESOLVED) {
            boolean passes = told == null || told;
            over |= passes && !isForInformation(alert);
            told = null;
            return;
        }
        boolean speaks = alert.partOf() == null;
        told = speaks || Boolean.TRUE.equals(told);
        if (speaks && !over && isWorse(alert.severity()) && !isForInformation(alert)) {
            messages.add(alert.severity());
        }
    }

    /** Of what is for information nobody is told, nor of its end. */
    private boolean isForInformation(Alert alert) {
        return alert.severity() == Severity.INFO && messages.isEmpty() && !over;
    }

    private boolean isWorse(Severity severity) {
        return messages.isEmpty() || severity.compareTo(messages.get(messages.size() - 1)) > 0;
    }

    List<Severity> messages() {
        return messages;
    }
}
