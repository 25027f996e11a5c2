package io.quorate.jobs.alerting;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What may be sent to whom now, and what is held back until it may. */
final class Throttle {

    private static final Comparator<Lane> UNTOLD_FIRST = Comparator.comparing((Lane lane) -> !lane.isUntold())
            .thenComparing(lane -> lane.waiting.get(0).isOver())
            .thenComparing(lane -> lane.waiting.get(0).alert().at())
            .thenComparing(Lane::id);

    private final Map<String, Limit> limits = new TreeMap<>();
    private final Map<String, Set<String>> held = new TreeMap<>();

    void limit(String receiver, int perMinute, SortedSet<Instant> sent) {
        Limit limit = new Limit(perMinute);
        sent.forEach(limit::sent);
        limits.put(receiver, limit);
        held.put(receiver, new TreeSet<>());
    }

    /** Whether it may be sent to at once; what is held back goes first. */
    boolean lets(String receiver, Instant now) {
        return held(receiver).isEmpty() && mayBeSent(receiver, now);
    }

    private boolean mayBeSent(String receiver, Instant now) {
        Limit limit = limit(receiver);
        return limit.free(now) > 0 && !limit.keepsLast(now);
    }

    int free(String receiver, Instant now) {
        return limit(receiver).free(now);
    }

    void sent(String receiver, Instant now) {
        limit(receiver).sent(now);
    }

    void hold(Lane lane) {
        held(lane.receiver).add(lane.id());
    }

    void drop(Lane lane) {
        held(lane.receiver).remove(lane.id());
    }

    /** What of that receiver's may be told now, who was never told first; none while nothing may. */
    List<Lane> due(String receiver, Lanes lanes, Instant now) {
        List<Lane> those = new ArrayList<>();
        Set<String> ids = held(receiver);
        for (String id : List.copyOf(ids)) {
            Lane lane = lanes.byId(id);
            if (lane == null || lane.sending != null || lane.waiting.isEmpty()) {
                ids.remove(id);
            } else {
                those.add(lane);
            }
        }
        those.sort(UNTOLD_FIRST);
        return mayBeSent(receiver, now) ? those : List.of();
    }

    /** When more may be sent to this one; null when nothing stands against it. */
    @Nullable
    Instant next(String receiver, Instant now) {
        return limit(receiver).next(now);
    }

    /** When more may be sent to anybody for whom something is held back. */
    @Nullable
    Instant next(Instant now) {
        Instant next = null;
        for (Map.Entry<String, Set<String>> each : held.entrySet()) {
            if (!each.getValue().isEmpty()) {
                next = Timetable.earlier(next, limit(each.getKey()).next(now));
            }
        }
        return next;
    }

    Map<String, List<Instant>> sent() {
        Map<String, List<Instant>> sent = new TreeMap<>();
        limits.forEach((receiver, limit) -> sent.put(receiver, limit.sent()));
        return sent;
    }

    private Limit limit(String receiver) {
        Limit limit = limits.get(receiver);
        if (limit == null) {
            throw new IllegalStateException("no receiver is named " + receiver);
        }
        return limit;
    }

    private Set<String> held(String receiver) {
        return held.computeIfAbsent(receiver, name -> new TreeSet<>());
    }
}
