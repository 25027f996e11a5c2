package io.quorate.sinks.receivers;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What one receiver is told at once: what is new in one group of alerts, and how all of it stands now.
 *
 * @param key for receivers that tell repeats by it: the same at every attempt and after every restart
 * @param group id, the same from the first message about these alerts to the last
 * @param groupLabels what the alerts of the group share, by which they were grouped
 * @param alerts all of the group that this receiver was or is told of, the worst first
 * @param news ids of those alerts that this message tells something new of
 * @param steps the severities at which the group was told so far, in order; the last one is how bad it is now
 * @param at when it was put together
 */
public record Message(
        String key,
        Kind kind,
        String group,
        Map<String, String> groupLabels,
        List<PlacedAlert> alerts,
        List<String> news,
        List<Severity> steps,
        Instant at) {

    /** Why it is sent. */
    public enum Kind {
        /** Something fires, or fires worse. */
        FIRING,
        /** Some of the group is over, some not. */
        PARTLY_RESOLVED,
        /** All of the group is over. */
        RESOLVED,
        /** Somebody has taken it on. */
        ACKNOWLEDGED,
        /** Nothing is new: it still fires, and nobody has taken it on. */
        REMINDER,
        /** It was told to others, and nobody has taken it on. */
        ESCALATED,
        /** Several groups that were held back, as more came than the receiver's limit lets through. */
        SUMMARY
    }

    public Message {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(at, "at");
        if (alerts.isEmpty()) {
            throw new IllegalArgumentException("a message about no alert");
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a message that says not how bad it is");
        }
    }

    /** The worst of them that is not over; of those that are, when all are. */
    public PlacedAlert worst() {
        return alerts.get(0);
    }

    public Severity severity() {
        return steps.get(steps.size() - 1);
    }

    /** Whether all that it is about is over. */
    public boolean isOver() {
        return kind == Kind.RESOLVED;
    }

    /** How many still fire. */
    public long firing() {
        return alerts.stream().filter(alert -> !alert.isOver()).count();
    }

    public boolean isNews(Alert alert) {
        return news.contains(alert.id());
    }
}
