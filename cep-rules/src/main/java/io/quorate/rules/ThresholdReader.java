package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Comparison;
import io.quorate.rules.Threshold.Guard;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Threshold.Policy;
import io.quorate.rules.Threshold.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads a signal with its limits. */
final class ThresholdReader {

    /** No cluster has more voting members. */
    private static final int MOST_VOTERS = 9;

    private final Draft draft;
    private final boolean perCluster;

    private ThresholdReader(Draft draft) {
        this.draft = draft;
        this.perCluster = draft.text("/per").equals("cluster");
    }

    /** The threshold of this rule; null when it cannot be read, which is told. */
    static @Nullable Threshold read(Draft draft) {
        return new ThresholdReader(draft).read();
    }

    private @Nullable Threshold read() {
        if (!draft.isSound("/reads", "/per")) {
            return null;
        }
        Source source = Source.valueOf(draft.constant("/reads"));
        SignalReader signals = new SignalReader(draft, source);
        Signal signal = signals.read("/when");
        Guard guard = draft.has("/and") ? guard(signals) : null;
        checkAcross(signal);
        checkPolicy(signal);
        List<Limit> limits = limits(signal);
        boolean isComplete = limits.size() == draft.at("/levels").size()
                && draft.isSound("/across", "/policy", "/clear-for", "/and");
        return signal != null && isComplete
                ? new Threshold(source, signal, across(), policy(), limits, draft.duration("/clear-for"), guard)
                : null;
    }

    private @Nullable Guard guard(SignalReader signals) {
        Signal signal = signals.read("/and");
        if (signal == null) {
            return null;
        }
        Comparison comparison = comparison("/and");
        if (comparison == null) {
            return null;
        }
        String at = "/and/" + key(comparison);
        return new Guard(signal, comparison, bound(at, signal));
    }

    private @Nullable Across across() {
        if (!perCluster) {
            return null;
        }
        return draft.has("/across") ? Across.valueOf(draft.constant("/across")) : Across.SUM;
    }

    private Policy policy() {
        return draft.has("/policy") ? Policy.valueOf(draft.constant("/policy")) : Policy.CERTAIN;
    }

    private void checkAcross(@Nullable Signal signal) {
        if (!draft.has("/across")) {
            return;
        }
        if (!perCluster) {
            draft.problem(
                    "/across", "'across' where each member is judged by itself; expected per: cluster, or no across");
        } else if (signal != null && isPooled(signal)) {
            draft.problem(
                    "/across",
                    "'across' of a " + SignalReader.name(signal)
                            + ", which takes all members' series together; expected no across");
        }
    }

    private static boolean isPooled(Signal signal) {
        return signal instanceof Signal.QuantileOf
                || signal instanceof Signal.ShareOf
                || signal instanceof Signal.BlindRules;
    }

    private void checkPolicy(@Nullable Signal signal) {
        if (draft.has("/policy") && signal != null && !(signal instanceof Signal.QuantileOf)) {
            draft.problem(
                    "/policy",
                    "'policy' of a " + SignalReader.name(signal)
                            + ", whose value is exact; expected no policy, as only quantiles lie in buckets");
        }
    }

    /** Those that can be read. */
    private List<Limit> limits(@Nullable Signal signal) {
        List<Limit> limits = new ArrayList<>();
        for (int i = 0; i < draft.at("/levels").size(); i++) {
            Limit limit = limit("/levels/" + i, signal);
            if (limit != null) {
                limits.add(limit);
            }
        }
        if (limits.size() == draft.at("/levels").size()) {
            IntStream.range(1, limits.size())
                    .forEach(i -> checkOrder("/levels/" + i, limits.get(i - 1), limits.get(i)));
        }
        return limits;
    }

    private @Nullable Limit limit(String at, @Nullable Signal signal) {
        if (!draft.isSound(at)) {
            return null;
        }
        Comparison comparison = comparison(at);
        if (comparison == null) {
            return null;
        }
        Bound bound = bound(at + "/" + key(comparison), signal);
        Bound clear = draft.has(at + "/clear") ? bound(at + "/clear", signal) : null;
        if (clear != null && fits(at + "/clear", signal) && !isWithin(clear, comparison, bound)) {
            draft.problem(
                    at + "/clear",
                    "'clear' is " + clear.text() + ", which is not within " + key(comparison) + " " + bound.text()
                            + "; expected a bound "
                            + (comparison.isUpper() ? "below" : "above")
                            + " it, or no clear");
        }
        if (!fits(at + "/" + key(comparison), signal) || (clear != null && !fits(at + "/clear", signal))) {
            return null;
        }
        return new Limit(
                Severity.valueOf(draft.constant(at + "/severity")),
                comparison,
                bound,
                clear,
                draft.duration(at + "/for"));
    }

    private @Nullable Comparison comparison(String at) {
        List<Comparison> said = Arrays.stream(Comparison.values())
                .filter(comparison -> draft.has(at + "/" + key(comparison)))
                .toList();
        if (said.size() != 1) {
            draft.problem(
                    at,
                    (said.isEmpty() ? "no bound" : said.size() + " bounds")
                            + "; expected exactly one of above, at-least, below, at-most");
            return null;
        }
        return said.get(0);
    }

    private static String key(Comparison comparison) {
        return comparison.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private Bound bound(String at, @Nullable Signal signal) {
        Quantity quantity = Quantity.of(draft.at(at));
        String key = at.substring(at.lastIndexOf('/') + 1);
        Unit unit = signal == null ? quantity.unit() : Unit.of(signal);
        if (quantity.kind() != Bound.Kind.NUMBER && !perCluster) {
            draft.problem(
                    at,
                    "'" + key + "' is " + quantity.text()
                            + " where each member is judged by itself; expected per: cluster");
        } else if (!fits(at, signal)) {
            draft.problem(
                    at,
                    "'" + key + "' is " + quantity.text() + ", but the "
                            + (signal == null ? "" : SignalReader.name(signal))
                            + " is " + in(unit) + "; expected " + unit.example()
                            + (unit == Unit.NUMBER ? "" : ", or a number"));
        }
        return quantity.bound();
    }

    private boolean fits(String at, @Nullable Signal signal) {
        return signal == null || Quantity.of(draft.at(at)).fits(signal);
    }

    private static String in(Unit unit) {
        return switch (unit) {
            case SECONDS -> "in seconds";
            case BYTES -> "in bytes";
            case RATIO -> "a ratio";
            case NUMBER -> "without a unit";
        };
    }

    /** Whether whoever is within {@code clear} is within the limit too, by some distance where both are numbers. */
    private static boolean isWithin(Bound clear, Comparison comparison, Bound bound) {
        boolean bothNumbers = clear.kind() == Bound.Kind.NUMBER && bound.kind() == Bound.Kind.NUMBER;
        return IntStream.rangeClosed(1, MOST_VOTERS).allMatch(voters -> {
            double back = (clear.of(voters) - bound.of(voters)) * (comparison.isUpper() ? -1 : 1);
            return bothNumbers ? back > 0 : back >= 0;
        });
    }

    private void checkOrder(String at, Limit worse, Limit milder) {
        if (milder.severity().compareTo(worse.severity()) >= 0) {
            draft.problem(at, "levels must stand worst first, each severity once; move this one up");
        } else if (milder.comparison().isUpper() != worse.comparison().isUpper()) {
            draft.problem(
                    at,
                    "looks for " + (milder.comparison().isUpper() ? "large" : "small")
                            + " values, the level before it for "
                            + (worse.comparison().isUpper() ? "large" : "small")
                            + " ones; expected all levels of a rule to look the same way");
        } else if (isBeyond(milder, worse)) {
            draft.problem(
                    at,
                    milder.severity().name().toLowerCase(Locale.ROOT) + " at "
                            + milder.bound().text() + " is beyond "
                            + worse.severity().name().toLowerCase(Locale.ROOT) + " at "
                            + worse.bound().text() + "; expected the worse level to lie further out");
        } else if (isSame(milder, worse) && worse.duration().compareTo(milder.duration()) <= 0) {
            draft.problem(
                    at,
                    "the same bound as the level before it, which fires no later; expected another bound, or a shorter"
                            + " 'for' here");
        }
    }

    private static boolean isBeyond(Limit milder, Limit worse) {
        return IntStream.rangeClosed(1, MOST_VOTERS)
                .anyMatch(voters -> milder.comparison().isUpper()
                        ? milder.bound().of(voters) > worse.bound().of(voters)
                        : milder.bound().of(voters) < worse.bound().of(voters));
    }

    private static boolean isSame(Limit one, Limit other) {
        return one.comparison() == other.comparison()
                && one.bound().kind() == other.bound().kind()
                && one.bound().number() == other.bound().number();
    }
}
