package io.quorate.jobs.alerting;

import io.quorate.jobs.alerting.Lane.Sending;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When something is to be done for a lane, by the settings of its route and its receiver. */
final class Timetable {

    /** Of an alert that nobody has spoken of for so long no end will come. */
    private static final Duration FORGOTTEN = Duration.ofDays(7);

    private final Map<String, ReceiverSettings> receivers = new LinkedHashMap<>();
    private final List<Route> routes;

    Timetable(Collection<ReceiverSettings> receivers, List<Route> routes) {
        receivers.forEach(receiver -> this.receivers.put(receiver.name(), receiver));
        this.routes = List.copyOf(routes);
    }

    Collection<String> receivers() {
        return receivers.keySet();
    }

    boolean knows(@Nullable String receiver) {
        return receiver != null && receivers.containsKey(receiver);
    }

    ReceiverSettings receiver(String name) {
        ReceiverSettings settings = receivers.get(name);
        if (settings == null) {
            throw new IllegalStateException("no receiver is named " + name);
        }
        return settings;
    }

    ReceiverSettings receiver(Lane lane) {
        return receiver(lane.receiver);
    }

    Terms terms(Lane lane) {
        return receiver(lane).terms();
    }

    List<Route> routesOf(Map<String, String> labels) {
        return Route.of(labels, routes);
    }

    /** Null where the settings no longer have it. */
    @Nullable
    Route route(Lane lane) {
        return routes.stream()
                .filter(route -> route.name().equals(lane.route))
                .findFirst()
                .orElse(null);
    }

    /** When to come back to this lane; null when something must happen first. */
    @Nullable
    Instant next(Lane lane, Instant now) {
        if (lane.sending != null) {
            return lane.sending.underWay ? null : lane.sending.nextAttemptAt;
        }
        Route route = route(lane);
        if (!lane.waiting.isEmpty()) {
            Instant sentAt = lane.lastSentAt;
            return sentAt == null || route == null || receiver(lane).tellsEach() ? now : sentAt.plus(route.groupWait());
        }
        if (lane.isOver() || lane.untoldAcknowledgement != null) {
            return now;
        }
        Instant next = spokenAt(lane).plus(FORGOTTEN);
        if (lane.fires()) {
            next = earlier(next, refreshAt(lane));
            next = earlier(next, lane.isAcknowledged(now) ? lane.acknowledgedUntil : reminderAt(lane));
            next = earlier(next, lane.isAcknowledged(now) ? null : escalationAt(lane));
        }
        return next;
    }

    boolean isForgotten(Lane lane, Instant now) {
        return !now.isBefore(spokenAt(lane).plus(FORGOTTEN));
    }

    /** When the receiver would have forgotten it; null where it never does. */
    @Nullable
    Instant refreshAt(Lane lane) {
        Duration refresh = receiver(lane).refresh();
        return refresh == null ? null : spokenAt(lane).plus(refresh);
    }

    /** When people are reminded; null where they never are. */
    @Nullable
    Instant reminderAt(Lane lane) {
        Route route = route(lane);
        Duration repeat = route == null || receiver(lane).tellsEach() ? null : route.repeat();
        return repeat == null ? null : spokenAt(lane).plus(repeat);
    }

    /** When the next others are told; null when there are no more. */
    @Nullable
    Instant escalationAt(Lane lane) {
        Route.Escalation next = escalation(lane);
        return next == null ? null : lane.openedAt.plus(next.after());
    }

    Route.@Nullable Escalation escalation(Lane lane) {
        Route route = route(lane);
        if (route == null
                || lane.escalated
                || lane.escalations >= route.escalations().size()) {
            return null;
        }
        return route.escalations().get(lane.escalations);
    }

    /** The last moment at which this is tried. */
    Instant triedUntil(Lane lane, Sending sending) {
        return sending.firstAttempt().plus(terms(lane).retry().budget());
    }

    private static Instant spokenAt(Lane lane) {
        return lane.lastSentAt == null ? lane.openedAt : lane.lastSentAt;
    }

    static boolean isPast(@Nullable Instant moment, Instant now) {
        return moment != null && !now.isBefore(moment);
    }

    static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }
}
