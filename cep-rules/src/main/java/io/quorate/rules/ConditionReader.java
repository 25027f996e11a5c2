package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.events.Alert.Severity;
import io.quorate.events.LeaderChange;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what must be so for a rule to fire, of each kind. */
final class ConditionReader {

    private ConditionReader() {}

    /** The condition of this rule; null when it cannot be read, which is told. */
    static Rule.@Nullable Condition read(Draft draft) {
        if (!draft.isSound("/reads")) {
            return null;
        }
        return switch (draft.text("/reads")) {
            case "leader-change" -> counted(draft);
            case "symptom" -> PatternReader.read(draft);
            case "member-window" -> draft.has("/regression") ? regression(draft) : ThresholdReader.read(draft);
            default -> ThresholdReader.read(draft);
        };
    }

    private static Rule.@Nullable CountedChanges counted(Draft draft) {
        if (!draft.isSound("/counts", "/levels", "/resolve-after")) {
            return null;
        }
        List<Rule.Level> levels = levels(draft.at("/levels"));
        for (int i = 1; i < levels.size(); i++) {
            if (levels.get(i).severity().compareTo(levels.get(i - 1).severity()) >= 0) {
                draft.problem("/levels/" + i, "levels must stand worst first, each severity once; move this one up");
            }
        }
        return new Rule.CountedChanges(
                draft.text("/counts/step"),
                planned(draft.at("/counts/planned")),
                draft.at("/counts/back").asBoolean(),
                levels,
                draft.duration("/resolve-after"));
    }

    private static List<Rule.Level> levels(JsonNode levels) {
        List<Rule.Level> all = new ArrayList<>();
        for (JsonNode level : levels) {
            JsonNode times = level.get("times");
            all.add(new Rule.Level(
                    Severity.valueOf(Draft.constant(level.get("severity"))),
                    times.get("at-least").asInt(),
                    times.path("or-members-plus").asInt(-1),
                    duration(level.get("within"))));
        }
        return all;
    }

    /** All of them where nothing is said. */
    static Set<LeaderChange.Planned> planned(JsonNode planned) {
        if (planned.isMissingNode()) {
            return EnumSet.allOf(LeaderChange.Planned.class);
        }
        Set<LeaderChange.Planned> some = EnumSet.noneOf(LeaderChange.Planned.class);
        planned.forEach(value -> some.add(LeaderChange.Planned.valueOf(Draft.constant(value))));
        return some;
    }

    private static Rule.@Nullable Regression regression(Draft draft) {
        if (!draft.isSound("/regression", "/alert/severity")) {
            return null;
        }
        JsonNode said = draft.at("/regression");
        JsonNode baseline = said.get("baseline");
        Rule.Baseline.Kind kind = baseline.has("first") ? Rule.Baseline.Kind.FIRST : Rule.Baseline.Kind.TRAILING;
        return new Rule.Regression(
                said.get("metric").asText(),
                new Rule.Baseline(kind, duration(baseline.get(baseline.has("first") ? "first" : "trailing"))),
                said.get("share").asDouble(),
                said.get("at-least").asInt(),
                said.get("p50-edges").asInt(),
                said.get("windows").asInt(),
                said.get("peers").asDouble(),
                Severity.valueOf(draft.constant("/alert/severity")));
    }

    private static Duration duration(JsonNode node) {
        return Durations.parse(node.asText());
    }
}
