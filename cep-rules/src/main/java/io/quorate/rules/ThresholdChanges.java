package io.quorate.rules;

import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Threshold.Policy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The changes of a threshold: its signal, its limits, its times. */
final class ThresholdChanges extends RuleChanges {

    /** All of them. */
    static List<Change> of(Threshold rule) {
        ThresholdChanges changes = new ThresholdChanges();
        changes.gather(rule);
        return changes.all();
    }

    private void gather(Threshold rule) {
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
                "every " + key(looks) + " -> " + key(flipped(looks)),
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
                    rule.reads(), rule.signal(), rule.across(), rule.policy(), rule.limits(), rule.clearFor(), other);
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
            // A second window of operations or calls is half of such a rule; of a gauge it is what stands there.
            if (guard.signal() instanceof Signal.QuantileOf || guard.signal() instanceof Signal.ShareOf) {
                span(
                        "/and",
                        "second signal over",
                        guard.signal().over(),
                        over -> guarded.apply(
                                new Threshold.Guard(with(guard.signal(), over), guard.comparison(), guard.bound())));
            }
        }
    }

    private static Signal with(Signal signal, Duration over) {
        if (signal instanceof Signal.QuantileOf quantile) {
            return new Signal.QuantileOf(quantile.of(), quantile.q(), over, quantile.atLeast());
        }
        return signal instanceof Signal.ShareOf share
                ? new Signal.ShareOf(share.of(), share.among(), over, share.atLeast(), share.each())
                : signal;
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
                    with.apply(new Limit(limit.severity(), limit.comparison(), limit.bound(), null, limit.duration())));
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
                    over -> with.apply(new Signal.QuantileOf(quantile.of(), quantile.q(), over, quantile.atLeast())));
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
                        with.apply(new Signal.ShareOf(share.of(), share.among(), share.over(), share.atLeast(), null)));
            }
        } else if (signal instanceof Signal.ForecastOf forecast) {
            span(
                    "/when/forecast/over",
                    "over",
                    forecast.over(),
                    over -> with.apply(new Signal.ForecastOf(forecast.of(), forecast.to(), over, forecast.ahead())));
            span(
                    "/when/forecast/ahead",
                    "ahead",
                    forecast.ahead(),
                    ahead -> with.apply(new Signal.ForecastOf(forecast.of(), forecast.to(), forecast.over(), ahead)));
        } else if (signal instanceof Signal.UtilizationOf utilization) {
            span(
                    "/when/utilization/over",
                    "over",
                    utilization.over(),
                    over -> with.apply(new Signal.UtilizationOf(utilization.of(), utilization.to(), over)));
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
        } else if (signal instanceof Signal.ChangesOf changes) {
            span(
                    "/when/changes/over",
                    "over",
                    changes.over(),
                    over -> with.apply(new Signal.ChangesOf(changes.of(), over)));
        }
    }
}
