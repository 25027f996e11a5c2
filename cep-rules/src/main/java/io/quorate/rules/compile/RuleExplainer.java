package io.quorate.rules.compile;

import io.quorate.rules.Explains;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import io.quorate.rules.Threshold;
import io.quorate.rules.yaml.Durations;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** A rule in plain words, the same every time, so that the text can be committed and its changes reviewed. */
public final class RuleExplainer {

    private RuleExplainer() {}

    /** What the rule does under this profile. */
    public static String explain(Rule rule, String profile) {
        Rule.Condition condition = rule.under(profile).condition();
        StringBuilder text = new StringBuilder();
        text.append(rule.name()).append(", profile ").append(profile);
        text.append("\n  ").append(rule.why());
        if (!rule.runsIn(profile)) {
            text.append("\n  does not run in this profile; it runs in ")
                    .append(String.join(", ", new TreeSet<>(rule.runsIn())));
        }
        if (condition instanceof Rule.CountedChanges counted) {
            explain(counted, text);
        } else if (condition instanceof Rule.Regression regression) {
            explain(regression, text);
        } else if (condition instanceof Threshold threshold) {
            SignalWords.explain(threshold, text);
            text.append("\n  between cause and effect: ").append(lower(rule.rank()));
        } else if (condition instanceof StepPattern pattern) {
            explain(pattern, rule.explains() != null, text);
        }
        if (rule.maturity() == Rule.Maturity.SANDBOX) {
            text.append("\n  sandbox: evaluated, notifies nobody");
        }
        Rule.Says alert = rule.alert();
        if (rule.explains() != null) {
            explain(rule.explains(), text);
        } else if (alert == null) {
            text.append("\n  says nothing: only patterns read its symptom");
        } else {
            text.append("\n  says: ").append(alert.summary());
            if (!alert.runbook().isEmpty()) {
                text.append("\n  runbook: ").append(alert.runbook());
            }
        }
        return text.append('\n').toString();
    }

    private static void explain(Rule.CountedChanges condition, StringBuilder text) {
        text.append("\n  counts, per cluster: ").append(condition.step()).append(", planned ");
        text.append(planned(condition.planned()));
        text.append(condition.back() ? ", each back to who lost it by the one before" : "");
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

    private static String planned(Iterable<? extends Enum<?>> planned) {
        TreeSet<String> words = new TreeSet<>();
        planned.forEach(one -> words.add(lower(one)));
        return String.join(" or ", words);
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

    private static void explain(StepPattern pattern, boolean isCause, StringBuilder text) {
        text.append("\n  watches, per cluster, for these steps in this order, first to last less than ")
                .append(Durations.format(pattern.within()));
        for (StepPattern.Step step : pattern.steps()) {
            text.append("\n    ").append(step.name()).append(": ");
            text.append(step.absent() ? "no " : "").append(what(step));
            if (step.atLeast() > 1 || step.orMembersPlus() >= 0) {
                text.append(", at least ").append(step.atLeast()).append(step.atLeast() == 1 ? " time" : " times");
            }
            if (step.orMembersPlus() >= 0) {
                text.append(", or members + ").append(step.orMembersPlus()).append(" where that is more");
            }
            if (step.sameMember()) {
                text.append(", of the member of the first step");
            }
        }
        if (!isCause) {
            text.append("\n  ").append(lower(pattern.severity())).append(" at the last step");
        }
        text.append("\n  over after ")
                .append(Durations.format(pattern.resolveAfter()))
                .append(" without another match");
    }

    private static void explain(Explains explains, StringBuilder text) {
        text.append("\n  is the cause ").append(explains.cause()).append(": ").append(explains.says());
        text.append("\n  of alerts of rank ").append(String.join(", ", lower(explains.of())));
        if (!explains.over().isEmpty()) {
            text.append("\n  stands where these are seen as well: ")
                    .append(String.join(", ", new TreeSet<>(explains.over())));
        }
        text.append("\n  when nothing of it is seen: ").append(explains.ruledOut());
        if (!explains.unseen().isEmpty()) {
            text.append("\n  cannot be seen from outside: ").append(explains.unseen());
        }
        for (Explains.Advice advice : explains.advice()) {
            text.append("\n  advice (")
                    .append(lower(advice.about()))
                    .append("): ")
                    .append(advice.text());
            if (advice.when() != null) {
                text.append("; with ").append(advice.when());
            }
        }
    }

    private static List<String> lower(Set<Rule.CausalRank> ranks) {
        return ranks.stream().sorted().map(RuleExplainer::lower).toList();
    }

    private static String what(StepPattern.Step step) {
        return step.isChange()
                ? "leader change, planned " + planned(step.planned())
                : "symptom of " + PatternText.symptoms(step);
    }

    static String percent(double share) {
        return plain(share * 100) + " %";
    }

    static String plain(double value) {
        return new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
