package io.quorate.rules;

import io.quorate.events.LeaderChange.Planned;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Threshold.Policy;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule with one thing changed, many times: what the rule's own tests should notice. A number that stands in the rule and
 * in a profile is changed in both; what no test runs under is left alone, and so is what nothing could observe.
 */
public final class RuleMutator {

    /** Shorter spans than a test's window change nothing that a test can tell. */
    private static final Duration SHORTEST = RuleTest.Window.SIZE;

    private RuleMutator() {}

    /**
     * One changed rule.
     *
     * @param what was changed: {@code levels: critical within 2m -> 4m}
     * @param line of the rule's file where it stands
     */
    public record Mutant(String what, int line, Rule rule) {

        @Override
        public String toString() {
            return "line " + line + ": " + what;
        }
    }

    /**
     * A condition with one thing changed.
     *
     * @param at JSON pointer to the thing in the rule's file
     */
    private record Change(String at, String what, Rule.Condition condition) {}

    /** Every mutant of this rule, in the order of its text. */
    public static List<Mutant> mutants(Rule rule) {
        Set<String> tested = rule.tests().stream()
                .map(test -> rule.profiles().containsKey(test.profile()) ? test.profile() : "")
                .collect(Collectors.toCollection(TreeSet::new));
        // By what is changed, the changed conditions by profile: the empty name is the rule itself.
        Map<String, Map<String, Change>> changes = new LinkedHashMap<>();
        for (String profile : tested) {
            for (Change change : changes(rule.under(profile).condition())) {
                changes.computeIfAbsent(change.at() + ' ' + change.what(), c -> new LinkedHashMap<>())
                        .put(profile, change);
            }
        }
        return changes.values().stream()
                .map(byProfile -> mutant(rule, byProfile))
                .toList();
    }

    private static Mutant mutant(Rule rule, Map<String, Change> byProfile) {
        Map<String, Rule.Condition> profiles = new HashMap<>(rule.profiles());
        Rule.Condition itself = rule.condition();
        for (Map.Entry<String, Change> changed : byProfile.entrySet()) {
            if (changed.getKey().isEmpty()) {
                itself = changed.getValue().condition();
            } else {
                profiles.put(changed.getKey(), changed.getValue().condition());
            }
        }
        String profile = byProfile.keySet().iterator().next();
        Change change = byProfile.values().iterator().next();
        String where = profile.isEmpty() ? "" : "/profiles" + YamlFile.step(profile);
        return new Mutant(
                (profile.isEmpty() ? "" : "profile " + profile + ", ") + change.what(),
                line(rule, where + change.at()),
                rule.with(itself).with(profiles));
    }

    private static int line(Rule rule, String pointer) {
        try {
            return YamlFile.parse(rule.name(), rule.text()).line(pointer);
        } catch (InvalidYaml e) {
            // A rule that was built and not read has no lines.
            return 1;
        }
    }

    private static List<Change> changes(Rule.Condition condition) {
        Changes changes = new Changes();
        if (condition instanceof Rule.CountedChanges counted) {
            changes.of(counted);
        } else if (condition instanceof Rule.Regression regression) {
            changes.of(regression);
        } else if (condition instanceof Threshold threshold) {
            changes.of(threshold);
        } else if (condition instanceof StepPattern pattern) {
            changes.of(pattern);
        }
        return changes.all;
    }

    /** Gathers the changes of one condition. */
    private static final class Changes {

        private final List<Change> all = new ArrayList<>();

        void of(Rule.CountedChanges rule) {
            planned(
                    "/counts/planned",
                    rule.step(),
                    rule.planned(),
                    planned -> new Rule.CountedChanges(rule.step(), planned, rule.levels(), rule.resolveAfter()));
            Function<List<Rule.Level>, Rule.Condition> withLevels =
                    levels -> new Rule.CountedChanges(rule.step(), rule.planned(), levels, rule.resolveAfter());
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
                    after -> new Rule.CountedChanges(rule.step(), rule.planned(), rule.levels(), after));
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
            return new Rule.Regression(
                    rule.metric(), baseline, share, atLeast, p50Edges, windows, peers, rule.severity());
        }

        void of(Threshold rule) {
            signal(rule.signal(), signal -> with(rule, signal, rule.across(), rule.policy(), rule.limits()));
            // Histograms and shares are pooled, whatever stands there; a count of one value is all the same.
            if (rule.across() != null && !isPooled(rule.signal())) {
                Across other = rule.across() == Across.MAX ? Across.MIN : Across.MAX;
                add(
                        "/across",
                        "across " + lower(rule.across()) + " -> " + lower(other),
                        with(rule, rule.signal(), other, rule.policy(), rule.limits()));
            }
            if (rule.limits().stream().anyMatch(limit -> isInsideABucket(rule.signal(), limit.bound()))) {
                for (Policy other : EnumSet.complementOf(EnumSet.of(rule.policy()))) {
                    add(
                            "/policy",
                            "policy " + lower(rule.policy()) + " -> " + lower(other),
                            with(rule, rule.signal(), rule.across(), other, rule.limits()));
                }
            }
            Function<List<Limit>, Rule.Condition> withLimits =
                    limits -> with(rule, rule.signal(), rule.across(), rule.policy(), limits);
            for (int i = 0; i < rule.limits().size(); i++) {
                limit(rule, i, replacing(rule.limits(), i, withLimits));
            }
            Comparison looks = rule.limits().get(0).comparison();
            add(
                    "/levels",
                    key(looks) + " -> " + key(flipped(looks)),
                    withLimits.apply(rule.limits().stream()
                            .map(limit -> new Limit(
                                    limit.severity(),
                                    flipped(limit.comparison()),
                                    limit.bound(),
                                    limit.clear(),
                                    limit.duration()))
                            .toList()));
            dropped("/levels", rule.limits(), limit -> lower(limit.severity()), withLimits);
            span(
                    "/clear-for",
                    "clear-for",
                    rule.clearFor(),
                    clearFor -> new Threshold(
                            rule.reads(),
                            rule.signal(),
                            rule.across(),
                            rule.policy(),
                            rule.limits(),
                            clearFor,
                            rule.guard()));
            Threshold.Guard guard = rule.guard();
            if (guard != null) {
                Function<Threshold.Guard, Rule.Condition> guarded = other -> new Threshold(
                        rule.reads(),
                        rule.signal(),
                        rule.across(),
                        rule.policy(),
                        rule.limits(),
                        rule.clearFor(),
                        other);
                add(
                        "/and",
                        "second signal dropped",
                        new Threshold(
                                rule.reads(),
                                rule.signal(),
                                rule.across(),
                                rule.policy(),
                                rule.limits(),
                                rule.clearFor(),
                                null));
                bounds(
                        "/and",
                        "second signal " + key(guard.comparison()),
                        guard.signal(),
                        guard.bound(),
                        bound -> guarded.apply(new Threshold.Guard(guard.signal(), guard.comparison(), bound)));
            }
        }

        private void limit(Threshold rule, int i, Function<Limit, Rule.Condition> with) {
            Limit limit = rule.limits().get(i);
            String at = "/levels/" + i;
            String what = lower(limit.severity()) + " ";
            String bound = at + "/" + key(limit.comparison());
            bounds(
                    bound,
                    what + key(limit.comparison()),
                    rule.signal(),
                    limit.bound(),
                    other -> with.apply(
                            new Limit(limit.severity(), limit.comparison(), other, limit.clear(), limit.duration())));
            if (isCounted(rule.signal())) {
                Comparison other = strictOrNot(limit.comparison());
                add(
                        bound,
                        what + key(limit.comparison()) + " -> " + key(other) + " "
                                + limit.bound().text(),
                        with.apply(new Limit(limit.severity(), other, limit.bound(), limit.clear(), limit.duration())));
            }
            if (limit.clear() != null && !limit.clear().equals(limit.bound())) {
                add(
                        at + "/clear",
                        what + "clear dropped",
                        with.apply(new Limit(
                                limit.severity(), limit.comparison(), limit.bound(), null, limit.duration())));
            }
            span(
                    at + "/for",
                    what + "for",
                    limit.duration(),
                    duration -> with.apply(
                            new Limit(limit.severity(), limit.comparison(), limit.bound(), limit.clear(), duration)));
        }

        private static Threshold with(
                Threshold rule, Signal signal, @Nullable Across across, Policy policy, List<Limit> limits) {
            return new Threshold(rule.reads(), signal, across, policy, limits, rule.clearFor(), rule.guard());
        }

        private void signal(Signal signal, Function<Signal, Rule.Condition> with) {
            if (signal instanceof Signal.QuantileOf quantile) {
                String at = "/when/quantile";
                double tail = 1 - quantile.q();
                double lower = tail * 10 < 1 ? 1 - tail * 10 : quantile.q() / 2;
                for (double q : new double[] {rounded(lower), rounded(1 - tail / 10)}) {
                    add(
                            at + "/q",
                            "q " + plain(quantile.q()) + " -> " + plain(q),
                            with.apply(new Signal.QuantileOf(quantile.of(), q, quantile.over(), quantile.atLeast())));
                }
                count(
                        at + "/at-least",
                        "at least",
                        quantile.atLeast(),
                        0,
                        n -> with.apply(new Signal.QuantileOf(quantile.of(), quantile.q(), quantile.over(), n)));
                span(
                        at + "/over",
                        "over",
                        quantile.over(),
                        over -> with.apply(
                                new Signal.QuantileOf(quantile.of(), quantile.q(), over, quantile.atLeast())));
            } else if (signal instanceof Signal.GaugeOf gauge) {
                // In one window of a test a gauge has one value.
                if (gauge.over().compareTo(SHORTEST) > 0) {
                    Signal.Take other = gauge.take() == Signal.Take.MAX ? Signal.Take.MIN : Signal.Take.MAX;
                    add(
                            "/when/gauge/take",
                            "take " + lower(gauge.take()) + " -> " + lower(other),
                            with.apply(new Signal.GaugeOf(gauge.of(), gauge.to(), other, gauge.over())));
                }
                span(
                        "/when/gauge/over",
                        "over",
                        gauge.over(),
                        over -> with.apply(new Signal.GaugeOf(gauge.of(), gauge.to(), gauge.take(), over)));
            } else if (signal instanceof Signal.IncreaseOf increase) {
                span(
                        (increase.perSecond() ? "/when/rate" : "/when/increase") + "/over",
                        "over",
                        increase.over(),
                        over -> with.apply(new Signal.IncreaseOf(increase.of(), over, increase.perSecond())));
            } else if (signal instanceof Signal.ShareOf share) {
                count(
                        "/when/share/at-least",
                        "at least",
                        share.atLeast(),
                        0,
                        n -> with.apply(new Signal.ShareOf(share.of(), share.among(), share.over(), n, share.each())));
                span(
                        "/when/share/over",
                        "over",
                        share.over(),
                        over -> with.apply(
                                new Signal.ShareOf(share.of(), share.among(), over, share.atLeast(), share.each())));
                if (share.each() != null) {
                    add(
                            "/when/share/each",
                            "each " + share.each() + " dropped",
                            with.apply(new Signal.ShareOf(
                                    share.of(), share.among(), share.over(), share.atLeast(), null)));
                }
            } else if (signal instanceof Signal.ForecastOf forecast) {
                span(
                        "/when/forecast/over",
                        "over",
                        forecast.over(),
                        over -> with.apply(
                                new Signal.ForecastOf(forecast.of(), forecast.to(), over, forecast.ahead())));
                span(
                        "/when/forecast/ahead",
                        "ahead",
                        forecast.ahead(),
                        ahead -> with.apply(
                                new Signal.ForecastOf(forecast.of(), forecast.to(), forecast.over(), ahead)));
            } else if (signal instanceof Signal.CountOf count) {
                number(
                        "/when/count/rate-above",
                        "rate above",
                        count.rateAbove(),
                        rate -> with.apply(new Signal.CountOf(count.of(), count.by(), count.over(), rate)));
                span(
                        "/when/count/over",
                        "over",
                        count.over(),
                        over -> with.apply(new Signal.CountOf(count.of(), count.by(), over, count.rateAbove())));
            }
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
                if (step.symptom() == null) {
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
            span(
                    "/within",
                    "within",
                    rule.within(),
                    within -> new StepPattern(steps, within, rule.resolveAfter(), rule.severity()));
            span(
                    "/resolve-after",
                    "resolve-after",
                    rule.resolveAfter(),
                    after -> new StepPattern(steps, rule.within(), after, rule.severity()));
        }

        private static Step with(Step step, Set<Planned> planned, int atLeast, int orMembersPlus, boolean sameMember) {
            return new Step(step.name(), step.symptom(), planned, atLeast, orMembersPlus, step.absent(), sameMember);
        }

        /** Absences stay where they are: each is about the time before its next step. Equal steps have no order. */
        private static boolean canSwap(Step step, Step next) {
            boolean equal = with(step, step.planned(), step.atLeast(), step.orMembersPlus(), false)
                    .equals(new Step(
                            step.name(),
                            next.symptom(),
                            next.planned(),
                            next.atLeast(),
                            next.orMembersPlus(),
                            next.absent(),
                            false));
            return !step.absent() && !next.absent() && !equal;
        }

        private static List<Step> swapped(List<Step> steps, int i) {
            List<Step> all = new ArrayList<>(steps);
            Step step = all.get(i);
            Step next = all.get(i + 1);
            all.set(i, with(next, next.planned(), next.atLeast(), next.orMembersPlus(), step.sameMember()));
            all.set(i + 1, with(step, step.planned(), step.atLeast(), step.orMembersPlus(), next.sameMember()));
            return all;
        }

        private void add(String at, String what, Rule.Condition condition) {
            all.add(new Change(at, what, condition));
        }

        /** No test can tell of a change that nobody meant; those of unknown intent stand for it. */
        private void planned(
                String at, String step, Set<Planned> planned, Function<Set<Planned>, Rule.Condition> with) {
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

        private void membersPlus(String at, String what, int plus, IntFunction<Rule.Condition> with) {
            if (plus >= 0) {
                count(at, what + " or members +", plus, 0, with);
                add(at, what + " or members + " + plus + " dropped", with.apply(-1));
            }
        }

        private void count(String at, String what, int count, int least, IntFunction<Rule.Condition> with) {
            add(at, what + " " + count + " -> " + (count + 1), with.apply(count + 1));
            if (count - 1 >= least) {
                add(at, what + " " + count + " -> " + (count - 1), with.apply(count - 1));
            }
        }

        private void number(String at, String what, double number, DoubleFunction<Rule.Condition> with) {
            add(at, what + " " + plain(number) + " -> " + plain(number * 1.5), with.apply(number * 1.5));
            add(at, what + " " + plain(number) + " -> " + plain(number / 1.5), with.apply(number / 1.5));
        }

        private void span(String at, String what, Duration span, Function<Duration, Rule.Condition> with) {
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

        private void bounds(String at, String what, Signal signal, Bound bound, Function<Bound, Rule.Condition> with) {
            if (bound.kind() != Bound.Kind.NUMBER) {
                Bound.Kind other = bound.kind() == Bound.Kind.MEMBERS ? Bound.Kind.QUORUM : Bound.Kind.MEMBERS;
                add(
                        at,
                        what + " " + lower(bound.kind()) + " -> " + lower(other),
                        with.apply(new Bound(0, other, lower(other))));
                return;
            }
            for (double number : around(signal, bound.number())) {
                add(
                        at,
                        what + " " + bound.text() + " -> " + plain(number),
                        with.apply(new Bound(number, Bound.Kind.NUMBER, plain(number))));
            }
        }

        /** The next edges, where a bucket decides; the next whole numbers of what is counted; else half as much more and less. */
        private static double[] around(Signal signal, double number) {
            double more = number * 1.5;
            double less = number / 1.5;
            if (number == Math.rint(number) && Math.abs(number) <= 10 && !isRatio(signal)) {
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

        private static <T> Function<T, Rule.Condition> replacing(
                List<T> all, int i, Function<List<T>, Rule.Condition> with) {
            return one -> {
                List<T> others = new ArrayList<>(all);
                others.set(i, one);
                return with.apply(others);
            };
        }

        private <T> void dropped(
                String at, List<T> all, Function<T, String> name, Function<List<T>, Rule.Condition> with) {
            for (int i = 0; all.size() > 1 && i < all.size(); i++) {
                add(at + "/" + i, name.apply(all.get(i)) + " dropped", with.apply(without(all, i)));
            }
        }

        private static <T> List<T> without(List<T> all, int i) {
            List<T> others = new ArrayList<>(all);
            others.remove(i);
            return others;
        }
    }

    private static boolean isPooled(Signal signal) {
        return signal instanceof Signal.QuantileOf
                || signal instanceof Signal.ShareOf
                || signal instanceof Signal.BlindRules;
    }

    private static boolean isRatio(Signal signal) {
        return signal instanceof Signal.ShareOf
                || (signal instanceof Signal.GaugeOf gauge && gauge.to() != null)
                || (signal instanceof Signal.ForecastOf forecast && forecast.to() != null);
    }

    /** Whether the value can be exactly the bound: then above and at-least differ. */
    private static boolean isCounted(Signal signal) {
        return !(signal instanceof Signal.QuantileOf || signal instanceof Signal.ForecastOf);
    }

    private static boolean isInsideABucket(Signal signal, Bound bound) {
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

    private static Comparison flipped(Comparison comparison) {
        return switch (comparison) {
            case ABOVE -> Comparison.BELOW;
            case AT_LEAST -> Comparison.AT_MOST;
            case BELOW -> Comparison.ABOVE;
            case AT_MOST -> Comparison.AT_LEAST;
        };
    }

    private static Comparison strictOrNot(Comparison comparison) {
        return switch (comparison) {
            case ABOVE -> Comparison.AT_LEAST;
            case AT_LEAST -> Comparison.ABOVE;
            case BELOW -> Comparison.AT_MOST;
            case AT_MOST -> Comparison.BELOW;
        };
    }

    private static String key(Comparison comparison) {
        return lower(comparison).replace('_', '-');
    }

    private static double rounded(double q) {
        return Math.rint(q * 1e9) / 1e9;
    }

    private static String plain(double number) {
        return new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
