package io.quorate.jobs.detection;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The thresholds that an operator evaluates now, with the overrides of each. */
final class RuleSet {

    /**
     * A rule as it is evaluated.
     *
     * @param shadow what it says notifies nobody
     * @param onlyOverridden in shadow for an override's sake: only where that override applies
     */
    record Ruled(
            Rule rule,
            boolean shadow,
            List<RuleOverride> overrides,
            @Nullable RuleOverride onlyOverridden) {

        /** Under which its state is kept, which a change of its numbers must not lose. */
        String key() {
            return rule.name()
                    + (shadow ? "/shadow" : "")
                    + (onlyOverridden == null ? "" : '/' + onlyOverridden.name());
        }

        /** Whether its alerts notify. */
        boolean notifies() {
            return !shadow && rule.maturity() == Rule.Maturity.STABLE;
        }

        /** The override that applies to this member, or to the cluster; null when none does. */
        @Nullable
        RuleOverride overrideFor(String cluster, @Nullable String member, Map<String, String> labels) {
            RuleOverride best = null;
            for (RuleOverride override : overrides) {
                if (override.takes(cluster, member, labels) && (best == null || override.isMoreSpecificThan(best))) {
                    best = override;
                }
            }
            return best;
        }
    }

    /** A signal, and whether its large values are looked for. */
    private record Asked(Signal signal, boolean upper) {}

    private final List<Ruled> rules = new ArrayList<>();
    private final Map<Asked, Meter> meters = new HashMap<>();
    private final Set<String> metrics = new HashSet<>();
    private final Set<String> meterKeys = new HashSet<>();

    /**
     * Those that read this source.
     *
     * @param active by name
     * @param shadow by name: what may take the place of the active one, or a rule that is new
     */
    RuleSet(
            Threshold.Source source,
            Duration step,
            Map<String, Rule> active,
            Map<String, Rule> shadow,
            List<RuleOverride> overrides,
            List<RuleOverride> shadowOverrides) {
        for (Rule rule : active.values()) {
            add(source, new Ruled(rule, false, of(rule, overrides), null));
            if (!shadow.containsKey(rule.name())) {
                for (RuleOverride override : of(rule, shadowOverrides)) {
                    List<RuleOverride> both = new ArrayList<>(of(rule, overrides));
                    both.add(override);
                    add(source, new Ruled(rule, true, both, override));
                }
            }
        }
        for (Rule rule : shadow.values()) {
            List<RuleOverride> all = new ArrayList<>(of(rule, overrides));
            all.addAll(of(rule, shadowOverrides));
            add(source, new Ruled(rule, true, all, null));
        }
        for (Ruled ruled : rules) {
            meter(ruled.rule().condition(), step);
            ruled.overrides().forEach(override -> meter(override.condition(), step));
        }
    }

    private void add(Threshold.Source source, Ruled ruled) {
        if (ruled.rule().condition() instanceof Threshold threshold && threshold.reads() == source) {
            rules.add(ruled);
        }
    }

    private static List<RuleOverride> of(Rule rule, List<RuleOverride> overrides) {
        return overrides.stream()
                .filter(override -> override.rule().equals(rule.name()))
                .toList();
    }

    private void meter(Rule.@Nullable Condition condition, Duration step) {
        if (condition instanceof Threshold threshold) {
            meter(threshold.signal(), upper(threshold), step);
            if (threshold.guard() != null) {
                meter(threshold.guard().signal(), threshold.guard().comparison().isUpper(), step);
            }
        }
    }

    private void meter(Signal signal, boolean upper, Duration step) {
        Meter meter = Meter.of(signal, upper, step);
        if (meter != null) {
            meters.put(new Asked(signal, upper), meter);
            meterKeys.add(meter.key());
        }
        signal.reads().forEach(selector -> metrics.add(selector.metric()));
        if (signal.reads().stream().anyMatch(selector -> Blindness.isOfTheMachine(selector.metric()))) {
            metrics.add(Blindness.NODE_UP);
        }
    }

    private static boolean upper(Threshold threshold) {
        return threshold.limits().get(0).comparison().isUpper();
    }

    List<Ruled> rules() {
        return rules;
    }

    /** Null for a signal that is not measured of members. */
    @Nullable
    Meter meter(Signal signal, boolean upper) {
        return meters.get(new Asked(signal, upper));
    }

    /** One of each key. */
    Iterable<Meter> meters() {
        Map<String, Meter> byKey = new TreeMap<>();
        meters.values().forEach(meter -> byKey.put(meter.key(), meter));
        return byKey.values();
    }

    /** Whether a meter of this key is among them. */
    boolean knows(String meterKey) {
        return meterKeys.contains(meterKey);
    }

    /** Whether any of them reads this metric. */
    boolean reads(String metric) {
        // Whether a poll was answered tells the blind from those that nobody asks.
        return metrics.contains(metric) || metric.equals(Meter.UP);
    }

    /** The rule of this key; null when it is no more. */
    @Nullable
    Ruled of(String key) {
        return rules.stream()
                .filter(ruled -> Objects.equals(ruled.key(), key))
                .findFirst()
                .orElse(null);
    }
}
