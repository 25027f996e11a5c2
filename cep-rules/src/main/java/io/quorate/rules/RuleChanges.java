package io.quorate.rules;

import io.quorate.events.LeaderChange.Planned;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.yaml.Durations;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Gathers the changes of one condition, each of one thing that a rule's tests should notice. */
class RuleChanges {

    /**
     * A condition with one thing changed.
     *
     * @param at JSON pointer to the thing in the rule's file
     */
    record Change(String at, String what, Rule.Condition condition) {}

    /** Shorter spans than a test's window change nothing that a test can tell. */
    static final Duration SHORTEST = RuleTest.Window.SIZE;

    private final List<Change> all = new ArrayList<>();

    List<Change> all() {
        return all;
    }

    void of(Rule.CountedChanges rule) {
        planned(
                "/counts/planned",
                rule.step(),
                rule.planned(),
                planned ->
                        new Rule.CountedChanges(rule.step(), planned, rule.back(), rule.levels(), rule.resolveAfter()));
        if (rule.back()) {
            add(
                    "/counts/back",
                    rule.step() + " to any member",
                    new Rule.CountedChanges(rule.step(), rule.planned(), false, rule.levels(), rule.resolveAfter()));
        }
        Function<List<Rule.Level>, Rule.Condition> withLevels = levels ->
                new Rule.CountedChanges(rule.step(), rule.planned(), rule.back(), levels, rule.resolveAfter());
        for (int i = 0; i < rule.levels().size(); i++) {
            Rule.Level level = rule.levels().get(i);
            Function<Rule.Level, Rule.Condition> with = replacing(rule.levels(), i, withLevels);
            String at = "/levels/" + i;
            String what = lower(level.severity());
            count(
                    at + "/times/at-least",
                    what + " at least",
                    level.atLeast(),
                    2,
                    n -> with.apply(new Rule.Level(level.severity(), n, level.orMembersPlus(), level.within())));
            membersPlus(
                    at + "/times/or-members-plus",
                    what,
                    level.orMembersPlus(),
                    n -> with.apply(new Rule.Level(level.severity(), level.atLeast(), n, level.within())));
            span(
                    at + "/within",
                    what + " within",
                    level.within(),
                    within -> with.apply(
                            new Rule.Level(level.severity(), level.atLeast(), level.orMembersPlus(), within)));
        }
        dropped("/levels", rule.levels(), level -> lower(level.severity()), withLevels);
        span(
                "/resolve-after",
                "resolve-after",
                rule.resolveAfter(),
                after -> new Rule.CountedChanges(rule.step(), rule.planned(), rule.back(), rule.levels(), after));
    }

    void of(Rule.Regression rule) {
        Rule.Baseline base = rule.baseline();
        String kind = lower(base.kind());
        span(
                "/regression/baseline/" + kind,
                "baseline " + kind,
                base.span(),
                span -> with(
                        rule,
                        new Rule.Baseline(base.kind(), span),
                        rule.share(),
                        rule.atLeast(),
                        rule.p50Edges(),
                        rule.windows(),
                        rule.peers()));
        Rule.Baseline.Kind other =
                base.kind() == Rule.Baseline.Kind.FIRST ? Rule.Baseline.Kind.TRAILING : Rule.Baseline.Kind.FIRST;
        add(
                "/regression/baseline",
                "baseline " + kind + " -> " + lower(other),
                with(
                        rule,
                        new Rule.Baseline(other, base.span()),
                        rule.share(),
                        rule.atLeast(),
                        rule.p50Edges(),
                        rule.windows(),
                        rule.peers()));
        for (double share : new double[] {rule.share() * 1.5, rule.share() / 1.5}) {
            if (share < 1) {
                add(
                        "/regression/share",
                        "share " + plain(rule.share()) + " -> " + plain(share),
                        with(rule, base, share, rule.atLeast(), rule.p50Edges(), rule.windows(), rule.peers()));
            }
        }
        count(
                "/regression/at-least",
                "at least",
                rule.atLeast(),
                1,
                n -> with(rule, base, rule.share(), n, rule.p50Edges(), rule.windows(), rule.peers()));
        count(
                "/regression/p50-edges",
                "p50 edges",
                rule.p50Edges(),
                0,
                n -> with(rule, base, rule.share(), rule.atLeast(), n, rule.windows(), rule.peers()));
        count(
                "/regression/windows",
                "windows",
                rule.windows(),
                1,
                n -> with(rule, base, rule.share(), rule.atLeast(), rule.p50Edges(), n, rule.peers()));
        number(
                "/regression/peers",
                "peers",
                rule.peers(),
                peers -> with(rule, base, rule.share(), rule.atLeast(), rule.p50Edges(), rule.windows(), peers));
    }

    private static Rule.Regression with(
            Rule.Regression rule,
            Rule.Baseline baseline,
            double share,
            int atLeast,
            int p50Edges,
            int windows,
            double peers) {
        return new Rule.Regression(rule.metric(), baseline, share, atLeast, p50Edges, windows, peers, rule.severity());
    }

    void of(StepPattern rule) {
        List<Step> steps = rule.steps();
        Function<List<Step>, Rule.Condition> withSteps =
                other -> new StepPattern(other, rule.within(), rule.resolveAfter(), rule.severity());
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String at = "/pattern/" + i;
            Function<Step, Rule.Condition> with = replacing(steps, i, withSteps);
            if (step.absent()) {
                add(at + "/absent", step.name() + " may happen", withSteps.apply(without(steps, i)));
            } else {
                count(
                        at + "/times/at-least",
                        step.name() + " at least",
                        step.atLeast(),
                        1,
                        n -> with.apply(with(step, step.planned(), n, step.orMembersPlus(), step.sameMember())));
                membersPlus(
                        at + "/times/or-members-plus",
                        step.name(),
                        step.orMembersPlus(),
                        n -> with.apply(with(step, step.planned(), step.atLeast(), n, step.sameMember())));
            }
            if (step.isChange()) {
                planned(
                        at + "/leader-change/planned",
                        step.name(),
                        step.planned(),
                        planned -> with.apply(
                                with(step, planned, step.atLeast(), step.orMembersPlus(), step.sameMember())));
            }
            // The first of one event is the member.
            if (step.sameMember() && (i > 0 || !step.isSingle())) {
                add(
                        at + "/member",
                        step.name() + " of any member",
                        with.apply(with(step, step.planned(), step.atLeast(), step.orMembersPlus(), false)));
            }
            if (i + 1 < steps.size() && canSwap(step, steps.get(i + 1))) {
                add(at, steps.get(i + 1).name() + " before " + step.name(), withSteps.apply(swapped(steps, i)));
            }
        }
        // One event is complete at once, however long it might take.
        if (steps.size() > 1 || !steps.get(0).isSingle()) {
            span(
                    "/within",
                    "within",
                    rule.within(),
                    within -> new StepPattern(steps, within, rule.resolveAfter(), rule.severity()));
        }
        span(
                "/resolve-after",
                "resolve-after",
                rule.resolveAfter(),
                after -> new StepPattern(steps, rule.within(), after, rule.severity()));
    }

    static Step with(Step step, Set<Planned> planned, int atLeast, int orMembersPlus, boolean sameMember) {
        return new Step(step.name(), step.symptoms(), planned, atLeast, orMembersPlus, step.absent(), sameMember);
    }

    /** Absences stay where they are: each is about the time before its next step. Equal steps have no order. */
    static boolean canSwap(Step step, Step next) {
        boolean equal = with(step, step.planned(), step.atLeast(), step.orMembersPlus(), false)
                .equals(new Step(
                        step.name(),
                        next.symptoms(),
                        next.planned(),
                        next.atLeast(),
                        next.orMembersPlus(),
                        next.absent(),
                        false));
        return !step.absent() && !next.absent() && !equal;
    }

    static List<Step> swapped(List<Step> steps, int i) {
        List<Step> all = new ArrayList<>(steps);
        Step step = all.get(i);
        Step next = all.get(i + 1);
        all.set(i, with(next, next.planned(), next.atLeast(), next.orMembersPlus(), step.sameMember()));
        all.set(i + 1, with(step, step.planned(), step.atLeast(), step.orMembersPlus(), next.sameMember()));
        return all;
    }

    void add(String at, String what, Rule.Condition condition) {
        all.add(new Change(at, what, condition));
    }

    /** No test can tell of a change that nobody meant; those of unknown intent stand for it. */
    void planned(String at, String step, Set<Planned> planned, Function<Set<Planned>, Rule.Condition> with) {
        for (Planned one : List.of(Planned.YES, Planned.UNKNOWN)) {
            Set<Planned> others = EnumSet.noneOf(Planned.class);
            others.addAll(planned);
            boolean counted = others.remove(one);
            if (!counted) {
                others.add(one);
            }
            if (!others.isEmpty()) {
                add(
                        at,
                        step + ", planned " + lower(one) + (counted ? " does not count" : " counts too"),
                        with.apply(others));
            }
        }
    }

    void membersPlus(String at, String what, int plus, IntFunction<Rule.Condition> with) {
        if (plus >= 0) {
            count(at, what + " or members +", plus, 0, with);
            add(at, what + " or members + " + plus + " dropped", with.apply(-1));
        }
    }

    void count(String at, String what, int count, int least, IntFunction<Rule.Condition> with) {
        add(at, what + " " + count + " -> " + (count + 1), with.apply(count + 1));
        if (count - 1 >= least) {
            add(at, what + " " + count + " -> " + (count - 1), with.apply(count - 1));
        }
    }

    void number(String at, String what, double number, DoubleFunction<Rule.Condition> with) {
        add(at, what + " " + plain(number) + " -> " + plain(number * 1.5), with.apply(number * 1.5));
        add(at, what + " " + plain(number) + " -> " + plain(number / 1.5), with.apply(number / 1.5));
    }

    void span(String at, String what, Duration span, Function<Duration, Rule.Condition> with) {
        if (span.isZero()) {
            return;
        }
        add(
                at,
                what + " " + Durations.text(span) + " -> " + Durations.text(span.multipliedBy(2)),
                with.apply(span.multipliedBy(2)));
        Duration half = span.dividedBy(2);
        if (half.compareTo(SHORTEST) >= 0) {
            add(at, what + " " + Durations.text(span) + " -> " + Durations.text(half), with.apply(half));
        }
    }

    void bounds(String at, String what, Signal signal, Bound bound, Function<Bound, Rule.Condition> with) {
        if (bound.kind() != Bound.Kind.NUMBER) {
            Bound.Kind other = bound.kind() == Bound.Kind.MEMBERS ? Bound.Kind.QUORUM : Bound.Kind.MEMBERS;
            add(
                    at,
                    what + " " + lower(bound.kind()) + " -> " + lower(other),
                    with.apply(new Bound(0, other, lower(other))));
            return;
        }
        for (double number : around(signal, bound.number())) {
            String text = text(signal, number);
            add(at, what + " " + bound.text() + " -> " + text, with.apply(new Bound(number, Bound.Kind.NUMBER, text)));
        }
    }

    /** The next edges, where a bucket decides; the next whole numbers of what is counted; else half as much more and less. */
    static double[] around(Signal signal, double number) {
        double more = number * 1.5;
        double less = number / 1.5;
        if (number == Math.rint(number) && Math.abs(number) <= 10 && Unit.of(signal) == Unit.NUMBER) {
            more = number + 1;
            less = number - 1;
        }
        if (signal instanceof Signal.QuantileOf quantile) {
            for (double edge : Buckets.edges(quantile.of().metric())) {
                less = edge < number ? edge : less;
            }
            double[] edges = Buckets.edges(quantile.of().metric());
            for (int i = edges.length - 1; i >= 0; i--) {
                more = edges[i] > number ? edges[i] : more;
            }
        }
        return new double[] {more, less};
    }

    static <T> Function<T, Rule.Condition> replacing(List<T> all, int i, Function<List<T>, Rule.Condition> with) {
        return one -> {
            List<T> others = new ArrayList<>(all);
            others.set(i, one);
            return with.apply(others);
        };
    }

    <T> void dropped(String at, List<T> all, Function<T, String> name, Function<List<T>, Rule.Condition> with) {
        for (int i = 0; all.size() > 1 && i < all.size(); i++) {
            add(at + "/" + i, name.apply(all.get(i)) + " dropped", with.apply(without(all, i)));
        }
    }

    static <T> List<T> without(List<T> all, int i) {
        List<T> others = new ArrayList<>(all);
        others.remove(i);
        return others;
    }

    static boolean isPooled(Signal signal) {
        return signal instanceof Signal.QuantileOf
                || signal instanceof Signal.ShareOf
                || signal instanceof Signal.BlindRules;
    }

    /** Whether the value can be exactly the bound: then above and at-least differ. */
    static boolean isCounted(Signal signal) {
        return !(signal instanceof Signal.QuantileOf || signal instanceof Signal.ForecastOf);
    }

    static boolean isInsideABucket(Signal signal, Bound bound) {
        if (!(signal instanceof Signal.QuantileOf quantile) || bound.kind() != Bound.Kind.NUMBER) {
            return false;
        }
        for (double edge : Buckets.edges(quantile.of().metric())) {
            if (edge == bound.number()) {
                return false;
            }
        }
        return true;
    }

    static Comparison flipped(Comparison comparison) {
        return switch (comparison) {
            case ABOVE -> Comparison.BELOW;
            case AT_LEAST -> Comparison.AT_MOST;
            case BELOW -> Comparison.ABOVE;
            case AT_MOST -> Comparison.AT_LEAST;
        };
    }

    static Comparison strictOrNot(Comparison comparison) {
        return switch (comparison) {
            case ABOVE -> Comparison.AT_LEAST;
            case AT_LEAST -> Comparison.ABOVE;
            case BELOW -> Comparison.AT_MOST;
            case AT_MOST -> Comparison.BELOW;
        };
    }

    static String key(Comparison comparison) {
        return lower(comparison).replace('_', '-');
    }

    static String text(Signal signal, double number) {
        return switch (Unit.of(signal)) {
            case SECONDS -> plain(number * 1000) + "ms";
            case BYTES -> plain(number / (1 << 20)) + "MiB";
            case RATIO -> plain(number * 100) + " %";
            case NUMBER -> plain(number);
        };
    }

    static double rounded(double q) {
        return Math.rint(q * 1e9) / 1e9;
    }

    static String plain(double number) {
        return new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
