package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.jobs.alerting.Lane.Sending;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of what, when, together with what, and again: routes, groups, limits, retries, fallbacks, reminders,
 * escalations. Holds no clock, no thread and no connection: it is told what happened and when, and says what to do.
 */
final class Dispatcher {

    /** What is to be done outside. */
    interface Exits {

        /** Ends in {@link #answered}. */
        void send(String lane, String receiver, Message message);

        /** Writes these lines where they outlive a crash; ends in {@link #planned}. */
        void plan(String lane, String key, List<Notification> lines);

        void record(Notification line);
    }

    /** Longer than the ledger takes; after it a message is sent unplanned, rather than not at all. */
    private static final Duration PLANNING = Duration.ofSeconds(6);

    /** Within it everything that came since the last checkpoint has come again. */
    private static final Duration CATCHING_UP = Duration.ofSeconds(30);

    private final Timetable timetable;
    private final Exits exits;
    private final DoubleSupplier chance;
    private final Recorded recorded;
    private final Instant begun;

    private final Lanes lanes = new Lanes();
    private final Groups groups;
    private final Throttle throttle = new Throttle();
    private final Spread spread = new Spread();
    private final Map<String, Acknowledgement> acknowledgements = new TreeMap<>();

    /**
     * Goes on from where another one was.
     *
     * @param recorded what the ledger holds since then
     * @param chance in [0, 1), for jitter
     */
    Dispatcher(
            Timetable timetable,
            DispatchState state,
            Recorded recorded,
            Exits exits,
            DoubleSupplier chance,
            Instant now) {
        this.timetable = timetable;
        this.exits = exits;
        this.chance = chance;
        this.recorded = recorded;
        this.begun = now;
        this.groups = new Groups(timetable, lanes, recorded);
        for (String receiver : timetable.receivers()) {
            TreeSet<Instant> sent = new TreeSet<>(state.sent().getOrDefault(receiver, List.of()));
            sent.addAll(recorded.sent().getOrDefault(receiver, List.of()));
            throttle.limit(receiver, timetable.receiver(receiver).terms().perMinute(), sent);
        }
        state.acknowledgements().forEach(known -> acknowledgements.put(known.id(), known));
        restore(state.lanes(), now);
    }

    private void restore(List<Lane> former, Instant now) {
        List<PlacedAlert> orphans = new ArrayList<>();
        for (Lane lane : former) {
            if (timetable.knows(lane.receiver)) {
                settleWhatIsRecorded(lane);
                groups.enter(lane);
                lane.told.values().forEach(spread::hear);
                untold(lane).forEach(spread::hear);
                schedule(lane, now);
            } else {
                orphans.addAll(untold(lane));
            }
        }
        // Its receiver is no more; whoever takes its place is told.
        orphans.forEach(placed -> hear(placed, now));
    }

    private static List<PlacedAlert> untold(Lane lane) {
        List<PlacedAlert> untold = new ArrayList<>(lane.sending == null ? List.of() : lane.sending.news);
        untold.addAll(lane.waiting);
        return untold;
    }

    /** What was told since the checkpoint, whether it was under way then or waited. */
    private void settleWhatIsRecorded(Lane lane) {
        Sending sending = lane.sending;
        if (sending != null
                && !sending.news.isEmpty()
                && sending.news.stream().allMatch(placed -> isRecorded(lane, placed))) {
            lane.lastSentAt =
                    recorded.settledAt(lane.receiver, sending.news.get(0).alert());
            lane.end(sending);
        }
        for (PlacedAlert placed : List.copyOf(lane.waiting)) {
            if (isRecorded(lane, placed)) {
                lane.waiting.remove(placed);
                lane.take(placed);
                lane.settled.add(Keys.of(placed.alert()));
                lane.lastSentAt = recorded.settledAt(lane.receiver, placed.alert());
            }
        }
    }

    private boolean isRecorded(Lane lane, PlacedAlert placed) {
        return recorded.settledAt(lane.receiver, placed.alert()) != null;
    }

    DispatchState state(Instant now) {
        return new DispatchState(
                now, List.copyOf(lanes.all()), List.copyOf(acknowledgements.values()), throttle.sent());
    }

    int open() {
        return lanes.all().size();
    }

    /** A transition that people are to hear of. */
    void hear(PlacedAlert heard, Instant now) {
        PlacedAlert placed = heard.spread(spread.hear(heard));
        List<Lane> known = lanes.of(placed.alert().id());
        known.forEach(lane -> add(lane, placed, now));
        if (placed.isOver() && !known.isEmpty()) {
            return;
        }
        // What became worse may concern others too.
        Set<String> told = new HashSet<>();
        known.forEach(lane -> told.add(lane.receiver));
        for (Route route : timetable.routesOf(placed.labels())) {
            for (String receiver : route.receivers()) {
                if (timetable.knows(receiver) && told.add(receiver)) {
                    add(groups.laneFor(receiver, route, placed, now), placed, now);
                }
            }
        }
    }

    /** Somebody takes an alert or a group on. */
    void hear(Acknowledgement acknowledgement, Instant now) {
        acknowledgements.values().removeIf(known -> !now.isBefore(known.until()));
        if (!now.isBefore(acknowledgement.until())) {
            return;
        }
        Acknowledgement known = acknowledgements.get(acknowledgement.id());
        if (known == null || acknowledgement.at().isAfter(known.at())) {
            acknowledgements.put(acknowledgement.id(), acknowledgement);
            for (Lane lane : about(acknowledgement.id())) {
                acknowledge(lane, acknowledgement, now);
                schedule(lane, now);
            }
        }
    }

    /** Nobody has taken it on any more. */
    void forgetAcknowledgement(String id, Instant now) {
        acknowledgements.remove(id);
        for (Lane lane : about(id)) {
            lane.acknowledgedUntil = null;
            schedule(lane, now);
        }
    }

    private List<Lane> about(String alertOrGroup) {
        return lanes.all().stream()
                .filter(lane -> lane.group.equals(alertOrGroup) || lane.told.containsKey(alertOrGroup))
                .toList();
    }

    private void acknowledge(Lane lane, Acknowledgement acknowledgement, Instant now) {
        if (now.isBefore(acknowledgement.until())) {
            lane.acknowledgedUntil = acknowledgement.until();
            if (timetable.receiver(lane).acknowledges()) {
                lane.untoldAcknowledgement = acknowledgement;
            }
        }
    }

    private void leave(Lane lane) {
        lanes.leave(lane).forEach(acknowledgements::remove);
    }

    private void add(Lane lane, PlacedAlert placed, Instant now) {
        if (lane.holds(placed)) {
            return;
        }
        Alert alert = placed.alert();
        lanes.index(alert.id(), lane);
        Instant settledAt = recorded.settledAt(lane.receiver, alert);
        if (settledAt != null) {
            lane.take(placed);
            lane.settled.add(Keys.of(alert));
            lane.lastSentAt = settledAt;
        } else if (placed.isOver() && !timetable.terms(lane).sendResolved()) {
            lane.take(placed);
            lane.settled.add(Keys.of(alert));
            String why = "it does not hear of ends";
            exits.record(Lines.of(lane, placed, Keys.of(alert), 0, Outcome.INHIBITED, null, why, now));
        } else {
            lane.waiting.add(placed);
        }
        Acknowledgement known = acknowledgements.getOrDefault(alert.id(), acknowledgements.get(lane.group));
        if (known != null && lane.acknowledgedUntil == null) {
            acknowledge(lane, known, now);
        }
        schedule(lane, now);
    }

    private void schedule(Lane lane, Instant now) {
        if (lanes.byId(lane.id()) == lane) {
            lanes.schedule(lane, timetable.next(lane, now));
        }
    }

    /** Does all that is due; returns when to come again, null for when something happens. */
    @Nullable
    Instant tick(Instant now) {
        for (Lane lane = lanes.due(now); lane != null; lane = lanes.due(now)) {
            work(lane, now);
        }
        timetable.receivers().forEach(receiver -> release(receiver, now));
        return Timetable.earlier(lanes.nextDue(), throttle.next(now));
    }

    private void work(Lane lane, Instant now) {
        Sending sending = lane.sending;
        if (sending != null) {
            if (!sending.underWay) {
                attempt(lane, sending, now);
            }
        } else if (lane.waiting.isEmpty()) {
            keepUp(lane, now);
        } else if (throttle.lets(lane.receiver, now)) {
            tell(lane, now);
        } else {
            throttle.hold(lane);
        }
    }

    /** As much of what was held back as may be sent now; where that is not all, what nobody heard of yet is told as one. */
    private void release(String receiver, Instant now) {
        List<Lane> those = new ArrayList<>(throttle.due(receiver, lanes, now));
        if (those.size() > throttle.free(receiver, now)) {
            List<Lane> untold = those.stream().filter(Lane::isUntold).toList();
            if (untold.size() > 1) {
                those.removeAll(untold);
                untold.forEach(throttle::drop);
                those.add(0, groups.merged(untold, now));
            }
        }
        for (Lane lane : those) {
            if (throttle.free(receiver, now) > 0) {
                throttle.drop(lane);
                tell(lane, now);
            }
        }
    }

    private void tell(Lane lane, Instant now) {
        List<PlacedAlert> news = recorded.wholeMessage(lane);
        if (news.isEmpty()) {
            news = recorded.neverPlanned(lane);
        }
        if (news.isEmpty() && now.isBefore(begun.plus(CATCHING_UP))) {
            lanes.schedule(lane, begun.plus(CATCHING_UP));
            return;
        }
        if (news.isEmpty()) {
            news = recorded.partOfMessage(lane);
        }
        String planned = recorded.messageOf(lane.receiver, news.get(0).alert());
        Sending sending = lane.compose(news, now);
        throttle.sent(lane.receiver, now);
        if (planned != null) {
            sending.key = planned;
            // Whoever honours the key takes it once: what comes too late for this message is told in another.
            recorded.spend(lane.receiver, planned);
        } else if (!timetable.receiver(lane).tellsEach()) {
            // Told alone now, it may be told with others after a crash: under which key must be known by then.
            plan(lane, sending, now);
            return;
        }
        attempt(lane, sending, now);
    }

    private void plan(Lane lane, Sending sending, Instant now) {
        sending.unplanned = true;
        sending.nextAttemptAt = now.plus(PLANNING);
        schedule(lane, now);
        exits.plan(
                lane.id(),
                sending.key,
                sending.news.stream()
                        .map(placed -> Lines.of(lane, placed, sending.key, 0, Outcome.PLANNED, null, null, now))
                        .toList());
    }

    /** What this message is to tell is written down. */
    void planned(String laneId, String key, Instant now) {
        Lane lane = lanes.byId(laneId);
        Sending sending = lane == null ? null : lane.sending;
        if (lane != null && sending != null && sending.key.equals(key) && sending.unplanned) {
            attempt(lane, sending, now);
        }
    }

    private void attempt(Lane lane, Sending sending, Instant now) {
        if (sending.passedTo != null && hasTold(sending.passedTo, sending)) {
            passedOn(lane, sending, now);
            return;
        }
        sending.unplanned = false;
        sending.underWay = true;
        sending.attempts++;
        if (sending.firstAttemptAt == null) {
            sending.firstAttemptAt = now;
        }
        lanes.schedule(lane, null);
        exits.send(lane.id(), lane.receiver, lane.message(sending, now));
    }

    /** What became of an attempt. */
    void answered(String laneId, String key, Answer answer, Instant now) {
        Lane lane = lanes.byId(laneId);
        Sending sending = lane == null ? null : lane.sending;
        if (lane == null || sending == null || !sending.key.equals(key) || !sending.underWay) {
            return;
        }
        sending.underWay = false;
        if (answer instanceof Answer.Delivered) {
            record(lane, sending, Outcome.DELIVERED, answer, answer.detail(), now);
            lane.lastSentAt = now;
            lane.end(sending);
            waitingFor(lane).forEach(other -> passedOn(other, Objects.requireNonNull(other.sending), now));
        } else if (answer instanceof Answer.WorthRetrying again && now.isBefore(timetable.triedUntil(lane, sending))) {
            retry(lane, sending, again, now);
        } else {
            record(lane, sending, Outcome.REFUSED, answer, answer.detail(), now);
            if (sending.passedTo == null) {
                passOn(lane, sending, now);
            }
            lane.end(sending);
        }
        schedule(lane, now);
    }

    private void retry(Lane lane, Sending sending, Answer.WorthRetrying again, Instant now) {
        record(lane, sending, Outcome.RETRIED, again, again.detail(), now);
        Duration wait = timetable.terms(lane).retry().waitAfter(sending.attempts, chance.getAsDouble());
        Duration asked = again.after();
        Instant next = now.plus(asked != null && asked.compareTo(wait) > 0 ? asked : wait);
        Instant last = timetable.triedUntil(lane, sending);
        // Never beyond the budget: its last moment is worth one more attempt.
        sending.nextAttemptAt = next.isBefore(last) ? next : last;
        Instant passesOn = sending.firstAttempt().plus(timetable.terms(lane).fallbackAfter());
        if (sending.passedTo == null && Timetable.isPast(passesOn, now)) {
            passOn(lane, sending, now);
        }
    }

    /** Has the receiver told that stands in for this one. */
    private void passOn(Lane lane, Sending sending, Instant now) {
        String fallback = timetable.terms(lane).fallback();
        if (fallback != null && timetable.knows(fallback) && !sending.news.isEmpty()) {
            Lane other = groups.sibling(lane, fallback, now);
            other.summary |= lane.summary;
            sending.passedTo = other.id();
            sending.news.forEach(placed -> add(other, placed, now));
        }
    }

    private boolean hasTold(String fallback, Sending sending) {
        Lane other = lanes.byId(fallback);
        return other == null || other.settled.containsAll(Keys.of(sending.news));
    }

    /** Lanes of the same group whose message this receiver has told in their place. */
    private List<Lane> waitingFor(Lane lane) {
        List<Lane> those = new ArrayList<>();
        for (String receiver : timetable.receivers()) {
            Lane other = lanes.byId(Lane.idOf(receiver, lane.group));
            Sending sending = other == null ? null : other.sending;
            if (other != null
                    && sending != null
                    && !sending.underWay
                    && lane.id().equals(sending.passedTo)
                    && hasTold(lane.id(), sending)) {
                those.add(other);
            }
        }
        return those;
    }

    private void passedOn(Lane lane, Sending sending, Instant now) {
        record(lane, sending, Outcome.PASSED_ON, null, "the fallback was told", now);
        lane.end(sending);
        schedule(lane, now);
    }

    /** What time alone brings: acknowledgements to tell, escalations, reminders, what a receiver would forget. */
    private void keepUp(Lane lane, Instant now) {
        if (lane.isOver() || timetable.isForgotten(lane, now)) {
            leave(lane);
            return;
        }
        Acknowledgement untold = lane.untoldAcknowledgement;
        if (!lane.fires()) {
            lane.untoldAcknowledgement = null;
        } else if (untold != null) {
            String step = "ack-" + untold.at().toEpochMilli();
            attempt(lane, lane.compose(Message.Kind.ACKNOWLEDGED, step, now), now);
            return;
        } else if (Timetable.isPast(timetable.refreshAt(lane), now)) {
            attempt(lane, lane.compose(Message.Kind.REMINDER, Lane.REFRESH, now), now);
            return;
        } else if (!lane.isAcknowledged(now)) {
            escalate(lane, now);
            if (Timetable.isPast(timetable.reminderAt(lane), now)) {
                Instant later = throttle.lets(lane.receiver, now) ? null : throttle.next(lane.receiver, now);
                if (later != null) {
                    lanes.schedule(lane, later);
                    return;
                }
                lane.reminders++;
                throttle.sent(lane.receiver, now);
                attempt(lane, lane.compose(Message.Kind.REMINDER, "reminder-" + lane.reminders, now), now);
                return;
            }
        }
        schedule(lane, now);
    }

    private void escalate(Lane lane, Instant now) {
        while (Timetable.isPast(timetable.escalationAt(lane), now)) {
            List<String> receivers =
                    Objects.requireNonNull(timetable.escalation(lane)).receivers();
            lane.escalations++;
            for (String receiver : receivers) {
                if (timetable.knows(receiver)) {
                    Lane other = groups.sibling(lane, receiver, now);
                    other.escalated |= other.told.isEmpty();
                    lane.told.values().stream()
                            .filter(placed -> !placed.isOver())
                            .forEach(placed -> add(other, placed, now));
                }
            }
        }
    }

    private void record(
            Lane lane,
            Sending sending,
            Outcome outcome,
            @Nullable Answer answer,
            @Nullable String detail,
            Instant now) {
        if (sending.isRefresh() && outcome == Outcome.DELIVERED) {
            return;
        }
        for (PlacedAlert placed : sending.news.isEmpty() ? List.of(lane.worst()) : sending.news) {
            exits.record(Lines.of(lane, placed, sending.key, sending.attempts, outcome, answer, detail, now));
        }
    }
}
