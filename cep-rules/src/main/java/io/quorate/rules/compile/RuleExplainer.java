package io.quorate.rules.compile;

import io.quorate.rules.Rule;
import io.quorate.rules.yaml.Durations;
import java.util.Locale;
import java.util.stream.Collectors;

/** A rule in plain words, the same every time, so that the text can be committed and its changes reviewed. */
public final class RuleExplainer {

    private RuleExplainer() {}

    /** What the rule does under this profile. */
    public static String explain(Rule rule, String profile) {
        Rule effective = rule.under(profile);
        StringBuilder text = new StringBuilder();
        text.append(rule.name()).append(", profile ").append(profile);
        text.append("\n  ").append(rule.why());
        text.append("\n  counts, per cluster: ").append(rule.step()).append(", planned ");
        text.append(rule.planned().stream().map(RuleExplainer::lower).sorted().collect(Collectors.joining(" or ")));
        for (Rule.Level level : effective.levels()) {
            text.append("\n  ").append(lower(level.severity())).append(" at ").append(level.atLeast());
            if (level.orMembersPlus() >= 0) {
                text.append(", or members + ").append(level.orMembersPlus()).append(" where that is more");
            }
            text.append(", first to last less than ").append(Durations.format(level.within()));
        }
        text.append("\n  over after ")
                .append(Durations.format(effective.resolveAfter()))
                .append(" without one");
        text.append("\n  says: ").append(rule.summary());
        text.append("\n  runbook: ").append(rule.runbook());
        return text.append('\n').toString();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
