package io.quorate.sinks.receivers.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quorate.events.Alert;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.PlacedAlert;
import io.quorate.sinks.receivers.text.PageTexts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a webhook is sent: Alertmanager's format, version 4, about the whole group; {@code kind} and texts are beside it. */
record WebhookMessage(
        String version,
        String groupKey,
        int truncatedAlerts,
        String status,
        String receiver,
        Map<String, String> groupLabels,
        Map<String, String> commonLabels,
        Map<String, String> commonAnnotations,
        @JsonProperty("externalURL") String externalUrl,
        List<Entry> alerts,
        String kind,
        String title,
        String text) {

    /** What Go writes for no time; receivers of Alertmanager's format know it. */
    private static final String NOT_YET = "0001-01-01T00:00:00Z";

    /** One alert of the message. */
    record Entry(
            String status,
            Map<String, String> labels,
            Map<String, String> annotations,
            String startsAt,
            String endsAt,
            @JsonProperty("generatorURL") String generatorUrl,
            String fingerprint,
            boolean news) {}

    static WebhookMessage of(Message message, String receiver, PageTexts texts) {
        List<Entry> alerts = message.alerts().stream()
                .map(placed -> entry(placed, message, texts))
                .toList();
        return new WebhookMessage(
                "4",
                "{}/{" + message.group() + "}:" + written(message.groupLabels()),
                0,
                status(message.isOver()),
                receiver,
                new TreeMap<>(message.groupLabels()),
                common(alerts, Entry::labels),
                common(alerts, Entry::annotations),
                "",
                alerts,
                word(message.kind()),
                texts.title(message),
                texts.text(message));
    }

    private static Entry entry(PlacedAlert placed, Message message, PageTexts texts) {
        Alert alert = placed.alert();
        return new Entry(
                status(placed.isOver()),
                new TreeMap<>(placed.labels()),
                annotations(placed, texts),
                alert.startedAt().toString(),
                placed.isOver() ? alert.at().toString() : NOT_YET,
                "",
                alert.id(),
                message.isNews(alert));
    }

    private static Map<String, String> annotations(PlacedAlert placed, PageTexts texts) {
        Alert alert = placed.alert();
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("summary", alert.summary());
        putIfKnown(annotations, "cause", alert.cause());
        putIfKnown(annotations, "runbook_url", texts.runbook(alert));
        putIfKnown(annotations, "host", placed.host());
        putIfKnown(annotations, "role", placed.role());
        putIfKnown(annotations, "spread", placed.spread());
        annotations.put(
                "evidence",
                alert.evidence().stream()
                        .map(seen -> seen.at() + " " + seen.what() + ": " + seen.value())
                        .collect(Collectors.joining("\n")));
        return annotations;
    }

    /** What all of them share. */
    private static Map<String, String> common(List<Entry> alerts, Function<Entry, Map<String, String>> of) {
        Map<String, String> shared = new TreeMap<>(of.apply(alerts.get(0)));
        alerts.forEach(alert -> shared.entrySet().retainAll(of.apply(alert).entrySet()));
        return shared;
    }

    private static String status(boolean isOver) {
        return isOver ? "resolved" : "firing";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void putIfKnown(Map<String, String> map, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            map.put(name, value);
        }
    }

    /** As Alertmanager writes labels behind a route. */
    private static String written(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=\""
                                + label.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(", ", "{", "}"));
    }
}
