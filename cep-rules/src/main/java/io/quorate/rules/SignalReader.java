package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.rules.Threshold.Source;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what a threshold measures. */
final class SignalReader {

    /** Under which signals stand, in a rule's {@code when}. */
    static final List<String> NAMES = List.of(
            "quantile",
            "gauge",
            "increase",
            "rate",
            "share",
            "forecast",
            "utilization",
            "count",
            "changes",
            "blind-rules");

    private static final List<String> OF_STATUSES = List.of("gauge", "forecast", "blind-rules");
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int ENOUGH_SLOW = 10;

    private final Draft draft;
    private final Source source;

    SignalReader(Draft draft, Source source) {
        this.draft = draft;
        this.source = source;
    }

    /** The one signal in the map at this pointer; null when it cannot be read, which is told. */
    @Nullable
    Signal read(String within) {
        if (!draft.isSound(within)) {
            return null;
        }
        for (String name : NAMES) {
            if (draft.has(within + "/" + name)) {
                return read(name, within + "/" + name);
            }
        }
        draft.problem(
                within, "no signal; expected one of quantile, share, gauge, increase and rate beside the comparison");
        return null;
    }

    private Signal read(String name, String at) {
        if (source == Source.MEMBER_STATUS && !OF_STATUSES.contains(name)) {
            draft.problem(
                    at,
                    "'" + name
                            + "' where reads is member-status, whose metrics are gauges; expected gauge or forecast");
        }
        checkOver(at + "/over");
        Duration over = draft.duration(at + "/over");
        return switch (name) {
            case "quantile" ->
                new Signal.QuantileOf(
                        selector(at + "/of"),
                        draft.at(at + "/q").asDouble(),
                        over,
                        draft.at(at + "/at-least").asInt(ENOUGH_SLOW));
            case "gauge" ->
                new Signal.GaugeOf(
                        selector(at + "/of"),
                        optional(at + "/to"),
                        draft.has(at + "/take") ? Signal.Take.valueOf(draft.constant(at + "/take")) : Signal.Take.LAST,
                        over);
            case "increase" -> new Signal.IncreaseOf(selector(at + "/of"), over, false);
            case "rate" -> new Signal.IncreaseOf(selector(at + "/of"), over, true);
            case "share" ->
                new Signal.ShareOf(
                        selector(at + "/of"),
                        selector(at + "/among"),
                        over,
                        draft.at(at + "/at-least").asInt(0),
                        draft.has(at + "/each") ? draft.text(at + "/each") : null);
            case "forecast" ->
                new Signal.ForecastOf(selector(at + "/of"), optional(at + "/to"), over, draft.duration(at + "/ahead"));
            case "utilization" -> new Signal.UtilizationOf(selector(at + "/of"), selector(at + "/to"), over);
            case "count" ->
                new Signal.CountOf(
                        selector(at + "/of"),
                        draft.text(at + "/by"),
                        over,
                        draft.at(at + "/rate-above").asDouble());
            case "changes" -> new Signal.ChangesOf(selector(at + "/of"), over);
            default -> new Signal.BlindRules();
        };
    }

    private void checkOver(String at) {
        if (!draft.has(at)) {
            return;
        }
        Duration over = draft.duration(at);
        long step = source == Source.MEMBER_STATUS ? 1_000 : RuleTest.Window.SIZE.toMillis();
        if (over.isZero() || over.toMillis() % step != 0 || over.compareTo(LONGEST) > 0) {
            draft.problem(
                    at, "'over' is " + draft.text(at) + "; expected a multiple of " + step / 1_000 + "s up to 24h");
        }
    }

    private @Nullable Selector optional(String at) {
        return draft.has(at) ? selector(at) : null;
    }

    private Selector selector(String at) {
        JsonNode said = draft.at(at);
        if (said.isTextual()) {
            checkMetric(at, said.asText());
            return Selector.of(said.asText());
        }
        checkMetric(at + "/metric", said.path("metric").asText());
        Map<String, Set<String>> where = new LinkedHashMap<>();
        said.path("where").fields().forEachRemaining(label -> where.put(label.getKey(), values(label.getValue())));
        return new Selector(said.path("metric").asText(), where, said.has("absent"));
    }

    private static Set<String> values(JsonNode said) {
        if (said.isTextual()) {
            return Set.of(said.asText());
        }
        Set<String> values = new TreeSet<>();
        said.forEach(value -> values.add(value.asText()));
        return values;
    }

    private void checkMetric(String at, String metric) {
        boolean isOfStatuses = StatusMetric.of(metric).isPresent();
        if (source == Source.MEMBER_STATUS && !isOfStatuses) {
            draft.problem(
                    at,
                    "statuses have no '" + metric + "'; expected one of "
                            + Arrays.stream(StatusMetric.values())
                                    .map(StatusMetric::text)
                                    .collect(Collectors.joining(", "))
                            + ", or reads: member-window");
        }
        if (source == Source.MEMBER_WINDOW && isOfStatuses && !metric.equals(StatusMetric.UP.text())) {
            draft.problem(
                    at,
                    "windows have no '" + metric + "', which is of statuses; expected reads: member-status or "
                            + "the metric's name in Prometheus");
        }
    }

    /** As rules name it. */
    static String name(Signal signal) {
        if (signal instanceof Signal.IncreaseOf increase) {
            return increase.perSecond() ? "rate" : "increase";
        }
        if (signal instanceof Signal.BlindRules) {
            return "blind-rules";
        }
        String type = signal.getClass().getSimpleName();
        return type.substring(0, type.length() - "Of".length()).toLowerCase(Locale.ROOT);
    }
}
