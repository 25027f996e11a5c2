package io.quorate.rules.compile;

import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Guard;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a threshold measures and when it is beyond, in words. */
final class SignalWords {

    private SignalWords() {}

    static void explain(Threshold threshold, StringBuilder text) {
        Signal signal = threshold.signal();
        text.append("\n  measures, per ").append(threshold.perCluster() ? "cluster" : "member");
        text.append(threshold.reads() == Threshold.Source.MEMBER_STATUS ? ", from statuses: " : ", from windows: ");
        text.append(words(signal)).append(span(signal.over()));
        text.append(each(signal));
        text.append(across(threshold));
        text.append(atLeast(signal));
        text.append(absent(signal));
        if (signal instanceof Signal.QuantileOf) {
            text.append("\n  where the limit lies inside the quantile's bucket: ")
                    .append(policy(threshold.policy()));
        }
        Guard guard = threshold.guard();
        if (guard != null) {
            text.append("\n  and only while ")
                    .append(words(guard.signal()))
                    .append(span(guard.signal().over()))
                    .append(" is ")
                    .append(beyond(guard.comparison(), guard.bound()));
        }
        for (Limit limit : threshold.limits()) {
            text.append("\n  ").append(RuleExplainer.lower(limit.severity()));
            text.append(' ').append(beyond(limit.comparison(), limit.bound()));
            text.append(limit.duration().isZero() ? ", at once" : ", for " + Durations.format(limit.duration()));
            if (limit.clear() != null) {
                text.append("; comes back at ")
                        .append(limit.clear().text())
                        .append(limit.comparison().isUpper() ? " or less" : " or more");
            }
        }
        text.append("\n  over ")
                .append(
                        threshold.clearFor().isZero()
                                ? "as soon as it is within the limit again"
                                : "after " + Durations.format(threshold.clearFor()) + " within the limit");
    }

    private static String words(Signal signal) {
        if (signal instanceof Signal.QuantileOf quantile) {
            return "p" + RuleExplainer.plain(quantile.q() * 100) + " of " + quantile.of();
        }
        if (signal instanceof Signal.GaugeOf gauge) {
            return RuleExplainer.lower(gauge.take()) + " of " + gauge.of() + dividedBy(gauge.to());
        }
        if (signal instanceof Signal.IncreaseOf increase) {
            return (increase.perSecond() ? "increase per second of " : "increase of ") + increase.of();
        }
        if (signal instanceof Signal.ShareOf share) {
            return "share of " + share.of() + " among " + share.among();
        }
        if (signal instanceof Signal.ForecastOf forecast) {
            return "what " + forecast.of() + dividedBy(forecast.to()) + " will be in "
                    + Durations.format(forecast.ahead()) + ", by its course";
        }
        if (signal instanceof Signal.UtilizationOf utilization) {
            return "how much of " + utilization.to() + " the growth of " + utilization.of() + " takes";
        }
        if (signal instanceof Signal.CountOf count) {
            return "how many " + count.by() + " of " + count.of() + " grow by more than "
                    + RuleExplainer.plain(count.rateAbove()) + " per second";
        }
        if (signal instanceof Signal.ChangesOf changes) {
            return "how often " + changes.of() + " moved";
        }
        return "how many rules are blind here";
    }

    private static String dividedBy(@Nullable Selector to) {
        return to == null ? "" : " / " + to;
    }

    private static String span(Duration over) {
        return over.isZero() ? "" : " over " + Durations.format(over);
    }

    private static String each(Signal signal) {
        if (signal instanceof Signal.UtilizationOf) {
            return ", of the busiest device";
        }
        return signal instanceof Signal.ShareOf share && share.each() != null ? ", of the worst " + share.each() : "";
    }

    private static String across(Threshold threshold) {
        Threshold.Across across = threshold.across();
        if (across == null || threshold.signal() instanceof Signal.BlindRules) {
            return "";
        }
        boolean isPooled = threshold.signal() instanceof Signal.QuantileOf
                || threshold.signal() instanceof Signal.ShareOf
                || threshold.signal() instanceof Signal.CountOf;
        return isPooled
                ? ", all members pooled"
                : switch (across) {
                    case SUM -> ", members summed";
                    case MAX -> ", the largest of the members";
                    case MIN -> ", the smallest of the members";
                    case SPREAD -> ", the largest less the smallest of the members";
                };
    }

    private static String atLeast(Signal signal) {
        if (signal instanceof Signal.QuantileOf quantile && quantile.atLeast() > 0) {
            return "\n  with at least " + quantile.atLeast() + " operations beyond the limit";
        }
        return signal instanceof Signal.ShareOf share && share.atLeast() > 0
                ? "\n  with at least " + share.atLeast() + " of the first"
                : "";
    }

    private static String absent(Signal signal) {
        String zero = signal.reads().stream()
                .filter(Selector::absentIsZero)
                .map(Selector::toString)
                .distinct()
                .collect(Collectors.joining(", "));
        return zero.isEmpty() ? "" : "\n  zero where it is absent: " + zero;
    }

    private static String policy(Threshold.Policy policy) {
        return switch (policy) {
            case CERTAIN -> "undecided";
            case INTERPOLATED -> "as Prometheus interpolates";
            case POSSIBLE -> "a breach, as it may be one";
        };
    }

    private static String beyond(Comparison comparison, Bound bound) {
        return switch (comparison) {
            case ABOVE -> "above " + bound.text();
            case AT_LEAST -> "at " + bound.text() + " or more";
            case BELOW -> "below " + bound.text();
            case AT_MOST -> "at " + bound.text() + " or less";
        };
    }
}
