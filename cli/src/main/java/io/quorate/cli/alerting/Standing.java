package io.quorate.cli.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.Notification;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.alerting.Acknowledgement;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.TopicEvents;
import io.quorate.rules.yaml.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** How every alert in the topics stands, what the ledger says of it, and who has taken it on. */
record Standing(List<ToldAlert> alerts) {

    private static final Comparator<Alert> NEWEST =
            Comparator.comparing(Alert::at).thenComparing(Alert::status);

    /** As the topics tell now. */
    static Standing of(KafkaSettings kafka, Collection<Control> said) {
        Map<String, Alert> newest = new HashMap<>();
        TopicEvents.each(
                kafka,
                Topic.ALERT,
                alert -> newest.merge(alert.id(), alert, (one, other) -> NEWEST.compare(one, other) > 0 ? one : other));
        Map<String, List<Notification>> lines = new HashMap<>();
        TopicEvents.each(
                kafka,
                Topic.NOTIFICATION,
                line -> lines.computeIfAbsent(line.alertId(), id -> new ArrayList<>())
                        .add(line));
        List<Acknowledgement> taken = Controls.acknowledgements(said);
        return new Standing(newest.values().stream()
                .map(alert -> ToldAlert.of(alert, lines.getOrDefault(alert.id(), List.of()), taken))
                .sorted(Comparator.comparing((ToldAlert told) -> told.alert().severity())
                        .reversed()
                        .thenComparing(told -> told.alert().startedAt())
                        .thenComparing(told -> told.alert().id()))
                .toList());
    }

    /** Why an alert or a group of this id cannot be taken on; empty when it can. */
    Optional<String> refusal(String id) {
        List<ToldAlert> meant = alerts.stream()
                .filter(told -> told.alert().id().equals(id) || told.groups().contains(id))
                .toList();
        if (meant.stream().anyMatch(ToldAlert::isOpen)) {
            return Optional.empty();
        }
        if (!meant.isEmpty()) {
            return Optional.of("'" + id + "' does not fire (" + meant.get(0).words()
                    + "); expected an alert or a group that 'quorate alerts' shows; or say --force");
        }
        Set<String> known = new TreeSet<>();
        alerts.stream().filter(ToldAlert::isOpen).forEach(told -> {
            known.add(told.alert().id());
            known.addAll(told.groups());
        });
        return Optional.of("'" + id + "' is no alert and no group; "
                + Nearest.of(id, known)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("expected an id that 'quorate alerts' shows; or say --force"));
    }
}
