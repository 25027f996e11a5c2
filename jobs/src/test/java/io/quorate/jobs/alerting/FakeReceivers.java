package io.quorate.jobs.alerting;

import io.quorate.events.Alert.Status;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.alerting.routes.Route;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.ReceiverSettings;
import io.quorate.sinks.receivers.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A dispatcher with a clock that is turned by hand, and receivers that answer as scripted, else take everything. */
final class FakeReceivers implements Dispatcher.Exits {

    static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");

    /** Settings of a receiver that only its dispatcher knows. */
    record FakeReceiver(
            String name,
            Terms terms,
            boolean tellsEach,
            boolean acknowledges,
            @Nullable Duration refresh) implements ReceiverSettings {

        static FakeReceiver of(String name) {
            return new FakeReceiver(name, Terms.DEFAULT, false, false, null);
        }

        FakeReceiver on(Terms other) {
            return new FakeReceiver(name, other, tellsEach, acknowledges, refresh);
        }

        @Override
        public Receiver open() {
            throw new IllegalStateException("nobody opens it");
        }
    }

    /** One message that left, and when. */
    record Sent(String receiver, Message message, Instant at) {}

    final List<Sent> sent = new ArrayList<>();
    final List<Notification> ledger = new ArrayList<>();
    final List<Notification> planned = new ArrayList<>();
    private final Map<String, Deque<Answer>> scripts = new HashMap<>();
    private final Map<String, Answer> always = new TreeMap<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final List<ReceiverSettings> receivers;
    private final List<Route> routes;
    Instant now = NOON;
    boolean plansAreLost;

    /** Whatever is sent from now on, nobody answers, until a restart. */
    boolean nobodyAnswers;

    Dispatcher dispatcher;

    FakeReceivers(List<Route> routes, ReceiverSettings... receivers) {
        this.receivers = List.of(receivers);
        this.routes = routes;
        this.dispatcher = begin(DispatchState.EMPTY, Recorded.nothing());
    }

    private Dispatcher begin(DispatchState state, Recorded recorded) {
        return new Dispatcher(new Timetable(receivers, routes), state, recorded, this, () -> 0, now);
    }

    /** As it lies in a checkpoint. */
    DispatchState state() {
        EventCodec<DispatchState> codec = new EventCodec<>(DispatchState.class);
        try {
            return codec.decode(codec.encode(dispatcher.state(now)));
        } catch (UnreadableEvent e) {
            throw new AssertionError(e);
        }
    }

    /** The process dies, and another goes on from this state; what was under way is never answered. */
    void restart(DispatchState state) {
        answers.clear();
        nobodyAnswers = false;
        dispatcher = begin(
                state,
                Recorded.of(Stream.concat(planned.stream(), ledger.stream()).toList()));
        settle();
    }

    void answers(String receiver, Answer... script) {
        scripts.computeIfAbsent(receiver, name -> new ArrayDeque<>()).addAll(List.of(script));
    }

    void answersAlways(String receiver, Answer answer) {
        always.put(receiver, answer);
    }

    void tell(PlacedAlert... alerts) {
        for (PlacedAlert alert : alerts) {
            dispatcher.hear(alert, now);
            settle();
        }
    }

    /** As several that come before anything else happens. */
    void tellAtOnce(List<PlacedAlert> alerts) {
        alerts.forEach(alert -> dispatcher.hear(alert, now));
        settle();
    }

    void acknowledge(String id, Duration span) {
        dispatcher.hear(new Acknowledgement(id, now, now.plus(span), "ann", ""), now);
        settle();
    }

    /** Lets this much time go by, doing what falls due at its moment. */
    void pass(Duration span) {
        Instant end = now.plus(span);
        for (Instant next = settle(); next != null && !next.isAfter(end); next = settle()) {
            now = next.isAfter(now) ? next : now.plusMillis(1);
        }
        now = end;
        settle();
    }

    private @Nullable Instant settle() {
        Instant next = dispatcher.tick(now);
        while (!answers.isEmpty()) {
            answers.poll().run();
            next = dispatcher.tick(now);
        }
        return next;
    }

    @Override
    public void send(String lane, String receiver, Message message) {
        sent.add(new Sent(receiver, message, now));
        Deque<Answer> script = scripts.getOrDefault(receiver, new ArrayDeque<>());
        Answer answer =
                script.isEmpty() ? always.getOrDefault(receiver, new Answer.Delivered(200, null)) : script.poll();
        if (!nobodyAnswers) {
            answers.add(() -> dispatcher.answered(lane, message.key(), answer, now));
        }
    }

    @Override
    public void plan(String lane, String key, List<Notification> lines) {
        if (!plansAreLost) {
            planned.addAll(lines);
            answers.add(() -> dispatcher.planned(lane, key, now));
        }
    }

    @Override
    public void record(Notification line) {
        ledger.add(line);
    }

    List<Message> to(String receiver) {
        return sent.stream()
                .filter(each -> each.receiver().equals(receiver))
                .map(Sent::message)
                .toList();
    }

    List<String> keysTo(String receiver) {
        return to(receiver).stream().map(Message::key).toList();
    }

    /** Of which alerts a page was taken. */
    List<String> paged() {
        return ledger.stream()
                .filter(line -> line.outcome() == Outcome.DELIVERED && line.status() != Status.RESOLVED)
                .map(Notification::alertId)
                .distinct()
                .toList();
    }

    List<Outcome> outcomes(String receiver) {
        return ledger.stream()
                .filter(line -> line.receiver().equals(receiver))
                .map(Notification::outcome)
                .toList();
    }
}
