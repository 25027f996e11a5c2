package io.quorate.rules.compile;

import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.yaml.Durations;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.Quantifier;
import org.apache.flink.cep.pattern.Quantifier.QuantifierProperty;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.RichAndCondition;
import org.apache.flink.cep.pattern.conditions.RichOrCondition;

/** What a pattern compiles to, read off Flink's own pattern, as text that is the same every time. */
public final class PatternText {

    private PatternText() {}

    /** One line per Flink state, then what holds for all. */
    public static String of(StepPattern pattern) {
        Pattern<PatternEvent, ?> compiled = RuleCompiler.pattern(pattern);
        return steps(compiled)
                + "within "
                + compiled.getWindowSize().map(Durations::text).orElse("any time")
                + " of the first, exclusive\n"
                + "over after "
                + Durations.text(pattern.resolveAfter())
                + " without another\n"
                + compiled.getAfterMatchSkipStrategy()
                + "\n";
    }

    /**
     * What partial matches are kept under: other steps cannot go on with them. {@code within} may change: it only tells how
     * long they are kept.
     */
    public static String structure(StepPattern pattern) {
        return steps(RuleCompiler.pattern(pattern));
    }

    /** {@code EtcdWalFsyncSlow of the same member}. */
    static String event(Step step) {
        String what = !step.isChange()
                ? symptoms(step)
                : PatternEvent.LEADER_CHANGE + " (planned "
                        + step.planned().stream()
                                .sorted()
                                .map(PatternText::lower)
                                .collect(Collectors.joining(" or "))
                        + ")";
        return what + (step.sameMember() ? " of the same member" : "");
    }

    static String symptoms(Step step) {
        return step.symptoms().stream().sorted().collect(Collectors.joining(" or "));
    }

    /** {@code 3, or members + 1 where that is more}. */
    static String count(Step step) {
        return step.atLeast()
                + (step.orMembersPlus() < 0 ? "" : ", or members + " + step.orMembersPlus() + " where that is more");
    }

    private static String steps(Pattern<PatternEvent, ?> compiled) {
        Deque<Pattern<PatternEvent, ?>> order = new ArrayDeque<>();
        for (Pattern<PatternEvent, ?> at = compiled; at != null; at = at.getPrevious()) {
            order.push(at);
        }
        return order.stream().map(PatternText::state).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String state(Pattern<PatternEvent, ?> state) {
        Quantifier quantifier = state.getQuantifier();
        String joined = state.getPrevious() == null
                ? "begins with"
                : switch (quantifier.getConsumingStrategy()) {
                    case SKIP_TILL_NEXT -> "followed by";
                    case NOT_FOLLOW -> "not followed by";
                    default -> lower(quantifier.getConsumingStrategy());
                };
        String often = "";
        if (quantifier.hasProperty(QuantifierProperty.TIMES)) {
            often = ", " + state.getTimes().getFrom() + " times";
        } else if (quantifier.hasProperty(QuantifierProperty.LOOPING)) {
            often = quantifier.hasProperty(QuantifierProperty.OPTIONAL) ? ", any number" : ", one or more";
        }
        return joined + " " + state.getName() + ": " + condition(state.getCondition()) + often;
    }

    private static String condition(IterativeCondition<?> condition) {
        if (condition instanceof RichAndCondition<?> and) {
            return condition(and.getLeft()) + " and " + condition(and.getRight());
        }
        if (condition instanceof RichOrCondition<?> or) {
            return condition(or.getLeft()) + " or " + condition(or.getRight());
        }
        return condition.toString();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
