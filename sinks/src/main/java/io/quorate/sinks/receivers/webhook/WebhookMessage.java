package io.quorate.sinks.receivers.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a webhook is sent: Alertmanager's format, version 4, always about one alert. */
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
        List<Entry> alerts) {

    private static final ObjectMapper JSON = new ObjectMapper();

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
            String fingerprint) {}

    static WebhookMessage of(Alert alert, String receiver) {
        boolean resolved = alert.status() == Alert.Status.RESOLVED;
        String status = resolved ? "resolved" : "firing";
        Map<String, String> labels = labels(alert);
        Map<String, String> annotations = annotations(alert);
        Entry entry = new Entry(
                status,
                labels,
                annotations,
                alert.startedAt().toString(),
                resolved ? alert.at().toString() : NOT_YET,
                "",
                alert.id());
        Map<String, String> group = new LinkedHashMap<>();
        group.put("alertname", alert.rule());
        group.put("cluster", alert.cluster());
        return new WebhookMessage(
                "4", groupKey(group), 0, status, receiver, group, labels, annotations, "", List.of(entry));
    }

    byte[] json() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a message that has no JSON form", e);
        }
    }

    private static Map<String, String> labels(Alert alert) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("alertname", alert.rule());
        labels.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
        labels.put("cluster", alert.cluster());
        putIfKnown(labels, "member", alert.member());
        return labels;
    }

    private static Map<String, String> annotations(Alert alert) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("summary", alert.summary());
        putIfKnown(annotations, "cause", alert.cause());
        putIfKnown(annotations, "runbook_url", alert.runbook());
        annotations.put(
                "evidence",
                alert.evidence().stream()
                        .map(seen -> seen.at() + " " + seen.what() + ": " + seen.value())
                        .collect(Collectors.joining("\n")));
        return annotations;
    }

    private static void putIfKnown(Map<String, String> map, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            map.put(name, value);
        }
    }

    /** As Alertmanager writes it: route, then the group's labels. */
    private static String groupKey(Map<String, String> group) {
        return group.entrySet().stream()
                .map(label -> label.getKey() + "=\""
                        + label.getValue().replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(", ", "{}:{", "}"));
    }
}
