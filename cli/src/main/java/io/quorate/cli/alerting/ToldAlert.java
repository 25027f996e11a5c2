package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.Notification;
import io.quorate.jobs.alerting.Acknowledgement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An alert, and what became of it.
 *
 * @param alert its newest transition
 * @param newest line of the ledger per receiver
 * @param groups in which it was told
 * @param taken by somebody; null when by nobody
 */
record ToldAlert(
        Alert alert,
        Map<String, Notification> newest,
        Set<String> groups,
        @Nullable Acknowledgement taken) {

    /** @param taken all that was taken on, by id of an alert or a group */
    static ToldAlert of(Alert alert, List<Notification> lines, Collection<Acknowledgement> taken) {
        Map<String, Notification> newest = new TreeMap<>();
        lines.forEach(line -> newest.merge(
                line.receiver(), line, (one, other) -> one.attemptedAt().isAfter(other.attemptedAt()) ? one : other));
        Set<String> groups = lines.stream()
                .map(Notification::group)
                .filter(Objects::nonNull)
                .map(group -> Objects.requireNonNull(group))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return new ToldAlert(
                alert,
                newest,
                groups,
                taken.stream()
                        .filter(one -> one.id().equals(alert.id()) || groups.contains(one.id()))
                        .findFirst()
                        .orElse(null));
    }

    boolean isOpen() {
        return alert.status() == Status.FIRING || alert.status() == Status.UPDATED;
    }

    /** {@code critical EtcdElectionStorm of prod, firing since ...}. */
    String words() {
        return word(alert.severity()) + ' ' + alert.rule() + " of " + alert.cluster()
                + (alert.member() == null ? "" : '/' + alert.member())
                + (isOpen()
                        ? ", firing since " + alert.startedAt()
                        : ", " + word(alert.status()) + " at " + alert.at());
    }

    List<String> lines(Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add(alert.id() + "  " + words());
        if (!alert.summary().isEmpty()) {
            lines.add("    " + alert.summary());
        }
        if (alert.cause() != null) {
            lines.add("    cause: " + alert.cause());
        }
        newest.forEach((receiver, line) -> lines.add("    " + words(line)));
        if (newest.isEmpty()) {
            lines.add("    "
                    + (alert.partOf() == null ? "nobody was told" : "nobody was told: part of " + alert.partOf()));
        }
        if (taken != null && isOpen()) {
            boolean holds = now.isBefore(taken.until());
            lines.add("    " + (holds ? "taken on by " : "was taken on by ") + taken.by() + " until " + taken.until()
                    + (taken.comment().isEmpty() ? "" : ": " + taken.comment()));
        }
        groups.forEach(group -> lines.add("    group " + group));
        return lines;
    }

    private static String words(Notification line) {
        String answer = (line.httpStatus() == null ? "" : ", HTTP " + line.httpStatus())
                + (line.detail() == null ? "" : ", " + line.detail());
        String of = " of " + word(line.status()) + " at " + line.attemptedAt();
        return switch (line.outcome()) {
            case DELIVERED -> line.receiver() + " was told" + of;
            case RETRIED ->
                line.receiver() + " has not taken it yet: attempt " + line.attempt() + " at " + line.attemptedAt()
                        + answer;
            case REFUSED -> line.receiver() + " refused it at " + line.attemptedAt() + answer;
            case PLANNED -> line.receiver() + " is about to be told" + of;
            case PASSED_ON -> line.receiver() + " was stood in for at " + line.attemptedAt() + answer;
            case SILENCED, INHIBITED ->
                (line.receiver().equals(Notification.NOBODY) ? "nobody was told" : line.receiver() + " was not told")
                        + of
                        + (line.detail() == null ? "" : ": " + line.detail());
        };
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", alert.id())
                .put("rule", alert.rule())
                .put("severity", word(alert.severity()))
                .put("cluster", alert.cluster())
                .put("member", alert.member())
                .put("status", word(alert.status()))
                .put("at", alert.at().toString())
                .put("startedAt", alert.startedAt().toString())
                .put("summary", alert.summary())
                .put("cause", alert.cause())
                .put("partOf", alert.partOf());
        groups.forEach(json.putArray("groups")::add);
        var told = json.putArray("told");
        newest.values()
                .forEach(line -> told.addObject()
                        .put("receiver", line.receiver())
                        .put("outcome", word(line.outcome()))
                        .put("status", word(line.status()))
                        .put("attempt", line.attempt())
                        .put("httpStatus", line.httpStatus())
                        .put("detail", line.detail())
                        .put("at", line.attemptedAt().toString()));
        if (taken == null) {
            json.putNull("acknowledged");
        } else {
            json.putObject("acknowledged")
                    .put("by", taken.by())
                    .put("until", taken.until().toString())
                    .put("comment", taken.comment());
        }
        return json;
    }

    private static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
