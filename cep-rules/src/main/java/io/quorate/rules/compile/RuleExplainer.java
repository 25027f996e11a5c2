package io.quorate.rules.compile;

import io.quorate.rules.Rule;
import io.quorate.rules.yaml.Durations;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.stream.Collectors;

/** A rule in plain words, the same every time, so that the text can be committed and its changes reviewed. */
public final class RuleExplainer {

    private RuleExplainer() {}

    /** What the rule does under this profile. */
    public static String explain(Rule rule, String profile) {
        Rule.Condition condition = rule.under(profile).condition();
        StringBuilder text = new StringBuilder();
        text.append(rule.name()).append(", profile ").append(profile);
        text.append("\n  ").append(rule.why());
        if (condition instanceof Rule.CountedChanges counted) {
            explain(counted, text);
        } else if (condition instanceof Rule.Regression regression) {
            explain(regression, text);
        }
        text.append("\n  says: ").append(rule.says().summary());
        text.append("\n  runbook: ").append(rule.says().runbook());
        return text.append('\n').toString();
    }

    private static void explain(Rule.CountedChanges condition, StringBuilder text) {
        text.append("\n  counts, per cluster: ").append(condition.step()).append(", planned ");
        text.append(
                condition.planned().stream().map(RuleExplainer::lower).sorted().collect(Collectors.joining(" or ")));
        for (Rule.Level level : condition.levels()) {
            text.append("\n  ").append(lower(level.severity())).append(" at ").append(level.atLeast());
            if (level.orMembersPlus() >= 0) {
                text.append(", or members + ").append(level.orMembersPlus()).append(" where that is more");
            }
            text.append(", first to last less than ").append(Durations.format(level.within()));
        }
        text.append("\n  over after ")
                .append(Durations.format(condition.resolveAfter()))
                .append(" without one");
    }

    private static void explain(Rule.Regression condition, StringBuilder text) {
        text.append("\n  compares, per member: ").append(condition.metric());
        text.append("\n  with its own windows of ")
                .append(condition.baseline().kind() == Rule.Baseline.Kind.FIRST ? "the first " : "the trailing ")
                .append(Durations.format(condition.baseline().span()))
                .append(", without the one judged and those in regression");
        text.append("\n  a window is breached when more than ")
                .append(percent(condition.share()))
                .append(" are slower than the p99 bucket of the past, or the median rose by more than ")
                .append(condition.p50Edges())
                .append(condition.p50Edges() == 1 ? " edge" : " edges");
        text.append("\n  with at least ")
                .append(condition.atLeast())
                .append(" such operations; with fewer, windows are summed until there are");
        text.append("\n  ")
                .append(lower(condition.severity()))
                .append(" at ")
                .append(condition.windows())
                .append(" breached in a row, over after as many calm in a row");
        text.append("\n  names the member whose share is at least ")
                .append(plain(condition.peers()))
                .append(" times the median of its peers', else the cluster");
    }

    private static String percent(double share) {
        return plain(share * 100) + " %";
    }

    private static String plain(double value) {
        return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
