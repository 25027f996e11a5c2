package io.quorate.sinks.receivers.alertmanager;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.http.Poster;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells every Alertmanager of each alert; one that takes it is enough. They know an alert by its labels, so a step to another
 * severity is another alert there, and ends the one before it.
 */
final class AlertmanagerReceiver implements Receiver {

    /** How many times in a row what fires may be said too late, before it counts as over. */
    private static final int MISSED = 4;

    /** What a route of etcd's own alerts goes by. */
    private static final String JOB = "etcd";

    private final AlertmanagerSettings settings;
    private final Clock clock;
    private final Map<String, String> headers;
    private final List<Poster> posters;

    AlertmanagerReceiver(AlertmanagerSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        List<String> secrets = new ArrayList<>();
        String user = settings.user();
        if (user == null) {
            this.headers = Map.of();
        } else {
            String password = Objects.requireNonNull(settings.password(), "password");
            String both = user + ':' + password;
            secrets.add(password);
            secrets.add(both);
            String token = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
            this.headers = Map.of("Authorization", "Basic " + token);
        }
        this.posters = settings.urls().stream()
                .map(url ->
                        new Poster((url.endsWith("/") ? url : url + '/') + "api/v2/alerts", settings.terms(), secrets))
                .toList();
    }

    @Override
    public CompletableFuture<Answer> send(Message message) {
        byte[] body = Poster.bytes(alerts(message));
        List<CompletableFuture<Answer>> sent =
                posters.stream().map(poster -> poster.json(headers, body)).toList();
        CompletableFuture<Answer> first = new CompletableFuture<>();
        sent.forEach(one -> one.thenAccept(answer -> {
            if (answer instanceof Answer.Delivered) {
                first.complete(answer);
            }
        }));
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).whenComplete((all, failure) -> {
            if (failure == null) {
                first.complete(bestOf(sent));
            } else {
                first.completeExceptionally(failure);
            }
        });
        return first;
    }

    @Override
    public void close() {
        posters.forEach(Poster::close);
    }

    /** Of answers of which none is good: as long as one may become good, it is worth it. */
    private static Answer bestOf(List<CompletableFuture<Answer>> sent) {
        List<Answer> answers = sent.stream().map(CompletableFuture::join).toList();
        return answers.stream()
                .filter(Answer.WorthRetrying.class::isInstance)
                .findFirst()
                .orElse(answers.get(0));
    }

    private List<Map<String, Object>> alerts(Message message) {
        Instant now = clock.instant();
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (PlacedAlert placed : message.alerts()) {
            Severity severity = placed.alert().severity();
            Instant until = placed.isOver() ? now : now.plus(settings.resend().multipliedBy(MISSED));
            alerts.add(alert(placed, severity, until));
            message.steps().stream()
                    .distinct()
                    .filter(before -> before != severity)
                    .forEach(before -> alerts.add(alert(placed, before, now)));
        }
        return alerts;
    }

    private Map<String, Object> alert(PlacedAlert placed, Severity severity, Instant endsAt) {
        Alert alert = placed.alert();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("labels", labels(placed, severity));
        told.put("annotations", annotations(placed));
        told.put("startsAt", alert.startedAt().toString());
        told.put("endsAt", endsAt.toString());
        return told;
    }

    private static Map<String, String> labels(PlacedAlert placed, Severity severity) {
        Map<String, String> labels = new TreeMap<>(placed.labels());
        labels.putIfAbsent("job", JOB);
        labels.put("alertname", MixinNames.of(placed.alert().rule()));
        labels.put("rule", placed.alert().rule());
        labels.put("severity", severity.name().toLowerCase(Locale.ROOT));
        return labels;
    }

    private Map<String, String> annotations(PlacedAlert placed) {
        Alert alert = placed.alert();
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("summary", alert.summary());
        annotations.put("description", alert.cause() == null ? alert.summary() : alert.cause());
        putIfKnown(annotations, "runbook_url", settings.texts().runbook(alert));
        putIfKnown(annotations, "host", placed.host());
        putIfKnown(annotations, "role", placed.role());
        putIfKnown(annotations, "spread", placed.spread());
        annotations.put("quorate_id", alert.id());
        return annotations;
    }

    private static void putIfKnown(Map<String, String> annotations, String name, @Nullable String value) {
        if (value != null) {
            annotations.put(name, value);
        }
    }
}
