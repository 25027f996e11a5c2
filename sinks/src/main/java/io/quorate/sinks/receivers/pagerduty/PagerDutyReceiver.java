package io.quorate.sinks.receivers.pagerduty;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.http.Poster;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one incident per group and severity step. PagerDuty never changes the severity of an open incident, so a worse step
 * opens a new one before it resolves those before it. Events say which incident they are about, so all of them can be sent again.
 */
final class PagerDutyReceiver implements Receiver {

    private final PagerDutySettings settings;
    private final Poster poster;

    PagerDutyReceiver(PagerDutySettings settings) {
        this.settings = settings;
        this.poster = new Poster(settings.url(), settings.terms(), List.of(settings.routingKey()));
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        return inTurn(events(message), 0);
    }

    @Override
    public void close() {
        poster.close();
    }

    /** The next only when the one before it is taken. */
    private CompletableFuture<Answer> inTurn(List<Map<String, Object>> events, int next) {
        CompletableFuture<Answer> sent = poster.json(Map.of(), events.get(next));
        return next == events.size() - 1
                ? sent
                : sent.thenCompose(answer -> answer instanceof Answer.Delivered
                        ? inTurn(events, next + 1)
                        : CompletableFuture.completedFuture(answer));
    }

    private List<Map<String, Object>> events(Message message) {
        List<Map<String, Object>> events = new ArrayList<>();
        Severity now = message.severity();
        switch (message.kind()) {
            case RESOLVED -> events.add(event("resolve", message, now));
            case ACKNOWLEDGED -> events.add(event("acknowledge", message, now));
            case FIRING, PARTLY_RESOLVED, REMINDER, ESCALATED, SUMMARY -> events.add(trigger(message));
        }
        message.steps().stream()
                .distinct()
                .filter(before -> before != now)
                .forEach(before -> events.add(event("resolve", message, before)));
        return events;
    }

    private Map<String, Object> event(String action, Message message, Severity step) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("routing_key", settings.routingKey());
        event.put("event_action", action);
        event.put("dedup_key", message.group() + '-' + word(step));
        return event;
    }

    private Map<String, Object> trigger(Message message) {
        PlacedAlert worst = message.worst();
        Alert alert = worst.alert();
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("summary", settings.texts().title(message));
        payload.put("source", alert.member() == null ? alert.cluster() : alert.cluster() + '/' + alert.member());
        payload.put("severity", word(message.severity()));
        payload.put("timestamp", alert.startedAt().toString());
        payload.put("component", alert.member() == null ? "etcd" : alert.member());
        payload.put("group", alert.cluster());
        payload.put("class", alert.rule());
        payload.put("custom_details", details(message, worst));
        Map<String, Object> event = event("trigger", message, message.severity());
        event.put("client", "Quorate");
        event.put("payload", payload);
        String link = settings.texts().link(alert);
        if (link != null) {
            event.put("links", List.of(Map.of("href", link, "text", "Runbook")));
        }
        return event;
    }

    private Map<String, String> details(Message message, PlacedAlert worst) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("text", settings.texts().text(message));
        details.put("firing", String.valueOf(message.firing()));
        putIfKnown(details, "cause", worst.alert().cause());
        putIfKnown(details, "host", worst.host());
        putIfKnown(details, "role", worst.role());
        putIfKnown(details, "spread", worst.spread());
        details.put("alert", worst.alert().id());
        return details;
    }

    private static void putIfKnown(Map<String, String> details, String name, @Nullable String value) {
        if (value != null) {
            details.put(name, value);
        }
    }

    /** Our severities are called as theirs. */
    private static String word(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
