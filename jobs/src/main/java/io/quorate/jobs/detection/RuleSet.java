package io.quorate.jobs.detection;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.StatusMetric;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Bound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
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

    /**
     * One of the signals of a condition.
     *
     * @param meter null for a signal that is not measured of members
     * @param readsTheSilent whether it says something of members that are not up
     */
    record Asked(@Nullable Meter meter, boolean readsTheSilent) {}

    /**
     * What a condition asks of members, made once for all the moments at which it is judged.
     *
     * @param reads all that it reads, what guards it included
     * @param votersOnly whether its bound is one of voters
     * @param guard null when nothing guards it
     */
    record Asks(
            List<Selector> reads,
            boolean votersOnly,
            Asked signal,
            @Nullable Asked guard) {}

    private final List<Ruled> rules = new ArrayList<>();
    private final Map<Threshold, Asks> asks = new IdentityHashMap<>();
    private final Map<String, Meter> meters = new TreeMap<>();

    /** Whether a poll was answered tells the blind from those that nobody asks. */
    private final Set<String> metrics = new HashSet<>(Set.of(Meter.UP));

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
            ask(ruled.rule().condition(), step);
            ruled.overrides().forEach(override -> ask(override.condition(), step));
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

    private void ask(Rule.@Nullable Condition condition, Duration step) {
        if (condition instanceof Threshold threshold) {
            Threshold.Guard guard = threshold.guard();
            List<Selector> reads = new ArrayList<>(threshold.signal().reads());
            if (guard != null) {
                reads.addAll(guard.signal().reads());
            }
            asks.put(
                    threshold,
                    new Asks(
                            reads,
                            threshold.limits().stream()
                                    .anyMatch(limit -> limit.bound().kind() != Bound.Kind.NUMBER),
                            asked(
                                    threshold.signal(),
                                    threshold.limits().get(0).comparison().isUpper(),
                                    threshold.reads(),
                                    step),
                            guard == null
                                    ? null
                                    : asked(guard.signal(), guard.comparison().isUpper(), threshold.reads(), step)));
        }
    }

    private Asked asked(Signal signal, boolean upper, Threshold.Source source, Duration step) {
        Meter meter = Meter.of(signal, upper, step);
        if (meter != null) {
            meters.put(meter.key(), meter);
        }
        signal.reads().forEach(selector -> metrics.add(selector.metric()));
        if (signal.reads().stream().anyMatch(selector -> Blindness.isOfTheMachine(selector.metric()))) {
            metrics.add(Blindness.NODE_UP);
        }
        return new Asked(meter, signal.reads().stream().anyMatch(selector -> isToldOfTheSilent(selector, source)));
    }

    private static boolean isToldOfTheSilent(Selector selector, Threshold.Source source) {
        return selector.metric().equals(Meter.UP)
                || (source == Threshold.Source.MEMBER_STATUS
                        && StatusMetric.of(selector.metric())
                                .filter(StatusMetric::isToldOfTheSilent)
                                .isPresent());
    }

    List<Ruled> rules() {
        return rules;
    }

    /** Of the condition of one of these rules or overrides. */
    Asks asks(Threshold condition) {
        return Objects.requireNonNull(asks.get(condition), "a condition of these rules");
    }

    /** One of each key. */
    Collection<Meter> meters() {
        return meters.values();
    }

    /** Whether a meter of this key is among them. */
    boolean knows(String meterKey) {
        return meters.containsKey(meterKey);
    }

    /** Every metric that any of them reads. */
    Set<String> metrics() {
        return metrics;
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
