package io.quorate.rules;

import io.quorate.rules.yaml.Nearest;
import java.util.Collection;
import java.util.Locale;

/** Words that complaints about rules share. */
final class RuleWords {

    private RuleWords() {}

    /** A constant as rules write it. */
    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What may have been meant, or what there is. */
    static String nearest(String word, Collection<String> known) {
        return Nearest.of(word, known)
                .map(nearest -> "; expected '" + nearest + "'")
                .orElse("; expected " + (known.isEmpty() ? "a rule that gives it" : "one that is known"));
    }

    /** Which signals a metric of this kind can be read by. */
    static String signals(KnownMetrics.Kind kind) {
        return switch (kind) {
            case HISTOGRAM -> "quantile";
            case COUNTER -> "increase, rate, share, utilization or count";
            case GAUGE -> "gauge, forecast or changes";
        };
    }
}
