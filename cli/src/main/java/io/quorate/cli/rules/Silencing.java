package io.quorate.cli.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.events.Alert;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.YamlFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** With which other numbers an alert would not have come: what somebody needs who was woken for nothing. */
final class Silencing {

    private final List<Alert> alerts;
    private final Alert last;
    private final @Nullable Rule rule;
    private final List<RuleOverride> overrides;

    Silencing(List<Alert> alerts, @Nullable Rule rule, List<RuleOverride> overrides) {
        this.alerts = alerts;
        this.last = alerts.get(alerts.size() - 1);
        this.rule = rule;
        this.overrides = overrides;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (rule == null) {
            lines.add("unknown: no rule of that name runs under this profile now; name its folder with --rules");
            return lines;
        }
        Threshold condition = condition(rule);
        if (condition == null) {
            lines.add(
                    rule.condition() instanceof Threshold
                            ? "an override that is set now: the rule is off here"
                            : "other numbers in its file: they are part of the job's graph; edit it, then stop with a"
                                    + " savepoint and start with the new folder");
            return lines;
        }
        Optional<Measurement> most = furthest(condition);
        boolean upper = isUpper(condition);
        most.ifPresent(value -> lines.add("a limit " + (upper ? "above " : "below ") + value.text() + ", the "
                + (upper ? "most" : "least") + " that its transitions tell"));
        Duration lasted = AlertStory.lasted(alerts);
        lines.add(
                lasted == null
                        ? "a longer 'for': how long is not known, as it is not over"
                        : "'for' longer than " + Durations.format(lasted) + ", as it was over by then");
        lines.add("an override for " + (last.member() == null ? "this cluster" : "this member") + ", to be applied with"
                + " 'quorate rules apply FILE', or put under rules.overrides:");
        override(condition, most.orElse(null)).lines().forEach(line -> lines.add("  " + line));
        return lines;
    }

    /** As it reads of this cluster or member now; labels of the cluster are not known here. */
    private @Nullable Threshold condition(Rule known) {
        RuleOverride applies = overrides.stream()
                .filter(override -> override.rule().equals(known.name()))
                .filter(override -> isNamed(override) || override.takes(last.cluster(), last.member(), Map.of()))
                .reduce((one, other) -> one.isMoreSpecificThan(other) ? one : other)
                .orElse(null);
        Rule.Condition condition = applies == null ? known.condition() : applies.condition();
        return condition instanceof Threshold threshold ? threshold : null;
    }

    /** Whether the alert says that it was judged by this one. */
    private boolean isNamed(RuleOverride override) {
        return last.evidence().stream()
                .anyMatch(evidence ->
                        evidence.what().equals("override") && evidence.value().equals(override.name()));
    }

    private static boolean isUpper(Threshold condition) {
        return condition.limits().get(0).comparison().isUpper();
    }

    private Optional<Measurement> furthest(Threshold condition) {
        boolean upper = isUpper(condition);
        Comparator<Measurement> byNumber = Comparator.comparingDouble(Measurement::number);
        List<Measurement> all = alerts.stream()
                .filter(alert -> alert.status() != Alert.Status.RESOLVED)
                .flatMap(alert -> alert.evidence().stream())
                .filter(evidence -> evidence.what().equals("value"))
                .map(evidence -> Measurement.of(evidence.value(), upper))
                .filter(Objects::nonNull)
                .map(measured -> Objects.requireNonNull(measured))
                .toList();
        return all.stream().max(upper ? byNumber : byNumber.reversed());
    }

    /** As a file that {@code apply} takes: the limits that were passed moved as far as needed, or off where they cannot be. */
    private String override(Threshold condition, @Nullable Measurement most) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode override = json.objectNode();
        override.put("override", name());
        override.put("rule", last.rule());
        ObjectNode where = override.putObject("where");
        where.put(RuleOverride.CLUSTER, last.cluster());
        if (last.member() != null) {
            where.put(RuleOverride.MEMBER, last.member());
        }
        ObjectNode set = override.putObject("set");
        boolean numbers =
                condition.limits().stream().allMatch(limit -> limit.bound().kind() == Bound.Kind.NUMBER);
        if (most == null || !numbers) {
            set.put("off", true);
        } else {
            set.set("levels", levels(condition, most));
        }
        ObjectNode file = json.objectNode();
        file.putArray("overrides").add(override);
        return YamlFile.text(file);
    }

    private static ArrayNode levels(Threshold condition, Measurement most) {
        ArrayNode levels = JsonNodeFactory.instance.arrayNode();
        boolean moved = false;
        for (Limit limit : condition.limits()) {
            boolean passed =
                    limit.comparison().holds(most.number(), limit.bound().number());
            if (!passed) {
                levels.add(level(limit, limit.comparison(), limit.bound().text()));
            } else if (!moved) {
                // Of several that were passed the worst stays: two at one place would say the same twice.
                levels.add(level(
                        limit,
                        limit.comparison().isUpper() ? Threshold.Comparison.ABOVE : Threshold.Comparison.BELOW,
                        most.text()));
                moved = true;
            }
        }
        return levels;
    }

    private static ObjectNode level(Limit limit, Threshold.Comparison comparison, String bound) {
        ObjectNode level = JsonNodeFactory.instance.objectNode();
        level.put("severity", AlertStory.lower(limit.severity()));
        String key = comparison.name().toLowerCase(Locale.ROOT).replace('_', '-');
        JsonNode number = Measurement.node(bound);
        level.set(key, number);
        if (!limit.duration().isZero()) {
            level.put("for", Durations.text(limit.duration()));
        }
        return level;
    }

    private String name() {
        String who = AlertStory.who(last).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String name = "quiet-" + who;
        return (name.length() > 60 ? name.substring(0, 60) : name).replaceAll("-+$", "");
    }
}
