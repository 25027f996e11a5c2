package io.quorate.cli.simulate;

import io.quorate.cli.simulate.Corpus.Incident;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a person who was paged would have read of an incident: the worst alert that fired of it, the first among equals, and
 * the last cause and root member that it told.
 *
 * @param rule of that alert; null when nothing fired
 * @param cause by its code; null when none was told
 */
record Verdict(
        Incident incident,
        @Nullable String rule,
        @Nullable String cause,
        @Nullable String root) {

    static final String NOTHING_FIRED = "nothing fired";
    static final String NO_CAUSE = "no cause";

    /** What begins later than so long after a fault is not of it. */
    private static final Duration AFTERMATH = Duration.ofMinutes(2);

    /** One alert, as its transitions told it so far. */
    private static final class Told {
        private final Alert first;
        /** Of what fired; what only informs pages nobody. */
        private Severity worst = Severity.INFO;

        private @Nullable String cause;
        private @Nullable String root;

        Told(Alert first) {
            this.first = first;
        }

        void hear(Alert transition) {
            if (transition.status() == Status.FIRING || transition.status() == Status.UPDATED) {
                worst = transition.severity().compareTo(worst) > 0 ? transition.severity() : worst;
            }
            String told = evidence(transition, "cause");
            if (told != null) {
                cause = told;
                root = evidence(transition, "root member");
            }
        }
    }

    /** Of these transitions, in order of time, those of the incident's cluster and time count, and no children. */
    static Verdict of(Incident incident, List<Alert> transitions) {
        Instant until = incident.to().plus(AFTERMATH);
        Map<String, Told> alerts = new TreeMap<>();
        transitions.stream()
                .filter(alert -> alert.cluster().equals(incident.cluster()) && alert.partOf() == null)
                .filter(alert -> !alert.startedAt().isBefore(incident.from())
                        && !alert.startedAt().isAfter(until))
                .forEach(alert -> alerts.computeIfAbsent(alert.id(), id -> new Told(alert))
                        .hear(alert));
        return alerts.values().stream()
                .filter(alert -> alert.worst.compareTo(Severity.INFO) > 0)
                .max(Comparator.<Told, Severity>comparing(alert -> alert.worst)
                        .thenComparing(alert -> alert.first.startedAt(), Comparator.reverseOrder())
                        .thenComparing(alert -> alert.first.id()))
                .map(alert -> new Verdict(incident, alert.first.rule(), alert.cause, alert.root))
                .orElse(new Verdict(incident, null, null, null));
    }

    /** As the confusion matrix calls it. */
    String said() {
        return rule == null ? NOTHING_FIRED : cause == null ? NO_CAUSE : cause;
    }

    boolean isRight() {
        return said().equals(incident.cause());
    }

    /** Whether there is a member to be named. */
    boolean hasRoot() {
        return !incident.members().isEmpty();
    }

    boolean isRootRight() {
        return root != null && incident.members().contains(root);
    }

    static @Nullable String evidence(Alert alert, String what) {
        return alert.evidence().stream()
                .filter(entry -> entry.what().equals(what))
                .map(Alert.Evidence::value)
                .findFirst()
                .orElse(null);
    }
}
