package io.quorate.jobs.backtest;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.jobs.backtest.History.Kind;
import io.quorate.jobs.causes.Chains;
import io.quorate.rules.Explains;
import io.quorate.rules.Rule;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rules do not say on a history what they said live, for that it does not tell all that they look at. What concerns all
 * rules alike, such as what people said to the jobs, stands in {@link History#lacks()}.
 */
public final class Lacking {

    /** How far a rule is from what it said live. */
    private enum Extent {
        SAYS_NOTHING("says nothing: "),
        SAYS_LESS("says less: "),
        MAY_DIFFER("may say otherwise: "),
        /** It says the same, but for what explains it. */
        EXPLAINED_OTHERWISE("may tell another cause: "),
        /** It says the same, but for what stands beside its cause. */
        OTHER_SIGNS("may tell other signs of its cause: ");

        private final String words;

        Extent(String words) {
            this.words = words;
        }
    }

    private record Shortcoming(Extent extent, String why) {

        String words() {
            return extent.words + why;
        }
    }

    private final Set<Kind> missing;
    /** Of those rules of which patterns read. */
    private final Map<String, Shortcoming> ofSymptoms = new HashMap<>();

    private Lacking(Set<Kind> told) {
        missing = EnumSet.allOf(Kind.class);
        missing.removeAll(told);
    }

    /**
     * Those of these rules, in their order, with the reason; a rule that is not among them speaks as it did live.
     *
     * @param rules that run, as they read under the profile
     * @param told what the history tells
     */
    public static List<Lack> of(Collection<Rule> rules, Set<Kind> told) {
        Lacking lacking = new Lacking(told);
        for (Rule rule : rules) {
            Shortcoming of = lacking.ofCondition(rule.condition());
            if (of != null) {
                lacking.ofSymptoms.put(rule.name(), of);
            }
        }
        Set<String> known = rules.stream().map(Rule::name).collect(Collectors.toSet());
        Map<String, Shortcoming> all = new HashMap<>(lacking.ofSymptoms);
        for (Rule rule : rules) {
            Shortcoming of = rule.condition() instanceof StepPattern pattern ? lacking.ofPattern(pattern, known) : null;
            if (of != null) {
                all.put(rule.name(), of);
            }
        }
        List<Lack> lacks = new ArrayList<>();
        for (Rule rule : rules) {
            String words = Stream.of(all.get(rule.name()), ofCause(rule, rules, all))
                    .filter(Objects::nonNull)
                    .map(Shortcoming::words)
                    .collect(Collectors.joining("; "));
            if (!words.isEmpty()) {
                lacks.add(new Lack(rule.name(), words));
            }
        }
        return lacks;
    }

    /**
     * Of a rule whose alerts are explained, when not all is known that explains them, or that stands beside it: signs, other
     * causes that were ruled out, advice.
     */
    private static @Nullable Shortcoming ofCause(Rule rule, Collection<Rule> rules, Map<String, Shortcoming> all) {
        Shortcoming itself = all.get(rule.name());
        boolean speaks = rule.alert() != null && (itself == null || itself.extent() != Extent.SAYS_NOTHING);
        List<Rule> explaining =
                rules.stream().filter(other -> explains(other, rule)).toList();
        if (!speaks || explaining.isEmpty()) {
            return null;
        }
        List<String> unseen = explaining.stream()
                .map(Rule::name)
                .filter(all::containsKey)
                .sorted()
                .toList();
        if (!unseen.isEmpty()) {
            return new Shortcoming(
                    Extent.EXPLAINED_OTHERWISE,
                    "it is explained by what is not seen as it was, " + String.join(", ", unseen));
        }
        List<String> signs = new Chains(rules)
                .reads().stream().filter(all::containsKey).sorted().toList();
        return signs.isEmpty()
                ? null
                : new Shortcoming(Extent.OTHER_SIGNS, "not seen as they were are " + String.join(", ", signs));
    }

    private static boolean explains(Rule one, Rule other) {
        Explains explains = one.explains();
        return explains != null && explains.of().contains(other.rank());
    }

    private @Nullable Shortcoming ofCondition(Rule.Condition condition) {
        if (condition instanceof Rule.CountedChanges) {
            return nothingWithout(
                    Kind.STATUSES, "it counts leader changes, which only the statuses of members show; there are none");
        }
        if (condition instanceof Rule.Regression regression) {
            return nothingWithout(Kind.WINDOWS, "it reads windows of " + regression.metric() + "; there are none");
        }
        return condition instanceof Threshold threshold ? ofThreshold(threshold) : null;
    }

    private @Nullable Shortcoming nothingWithout(Kind kind, String why) {
        return missing.contains(kind) ? new Shortcoming(Extent.SAYS_NOTHING, why) : null;
    }

    private @Nullable Shortcoming ofThreshold(Threshold threshold) {
        boolean ofStatuses = threshold.reads() == Source.MEMBER_STATUS;
        String reads = MetricsRead.signals(threshold).stream()
                .flatMap(signal -> signal.reads().stream())
                .map(Selector::metric)
                .distinct()
                .collect(Collectors.joining(", "));
        String what = reads.isEmpty() ? "" : " (" + reads + ")";
        Shortcoming nothing = ofStatuses
                ? nothingWithout(Kind.STATUSES, "it reads the statuses of members" + what + "; there are none")
                : nothingWithout(Kind.WINDOWS, "it reads windows of members' metrics" + what + "; there are none");
        if (nothing != null) {
            return nothing;
        }
        List<String> ofMachines =
                MetricsRead.by(threshold).stream().filter(Lacking::isOfMachine).toList();
        if (!ofMachines.isEmpty() && missing.contains(Kind.MACHINES)) {
            return new Shortcoming(
                    Extent.SAYS_NOTHING,
                    "it reads metrics of the members' machines (" + String.join(", ", ofMachines)
                            + "); there are none");
        }
        List<Shortcoming> some = new ArrayList<>();
        if (missing.contains(Kind.COVERAGE) && !ofStatuses) {
            some.add(new Shortcoming(
                    Extent.MAY_DIFFER,
                    "it is not told what members lacked, and why, so it judges a member as soon as its windows come back"
                            + (threshold.signal() instanceof Signal.BlindRules
                                    ? ", and also counts what etcd, as it was started, never shows"
                                    : "")));
        }
        if (missing.contains(Kind.ROSTERS)) {
            if (threshold.signal() instanceof Signal.BlindRules) {
                some.add(new Shortcoming(
                        Extent.SAYS_LESS,
                        "there are no member lists, so it knows nothing of members that never answered"));
            } else if (countsVoters(threshold)) {
                some.add(new Shortcoming(
                        Extent.MAY_DIFFER,
                        "there are no member lists, so it takes the members that were seen for all voters"));
            }
        }
        return some.isEmpty()
                ? null
                : new Shortcoming(
                        some.get(0).extent(),
                        some.stream().map(Shortcoming::why).collect(Collectors.joining("; ")));
    }

    private static boolean countsVoters(Threshold threshold) {
        Stream<Bound> bounds = threshold.limits().stream().flatMap(limit -> Stream.of(limit.bound(), limit.clear()));
        Stream<Bound> guarding = threshold.guard() == null
                ? Stream.of()
                : Stream.of(threshold.guard().bound());
        return Stream.concat(bounds, guarding)
                .filter(Objects::nonNull)
                .anyMatch(bound -> bound.kind() != Bound.Kind.NUMBER);
    }

    private static boolean isOfMachine(String name) {
        Metric metric = Catalogue.shipped().metric(name);
        return metric != null && metric.origin() == Metric.Origin.NODE;
    }

    /** A pattern whose steps are seen no better than the rules are whose symptoms they are. */
    private @Nullable Shortcoming ofPattern(StepPattern pattern, Set<String> known) {
        List<String> worse = new ArrayList<>();
        boolean otherwise = false;
        for (Step step : pattern.steps()) {
            List<String> unseen = unseen(step);
            if (unseen.isEmpty()) {
                continue;
            }
            boolean altogether = step.isChange()
                    || step.symptoms().stream().filter(known::contains).allMatch(symptom -> {
                        Shortcoming of = ofSymptoms.get(symptom);
                        return of != null && of.extent() == Extent.SAYS_NOTHING;
                    });
            if (altogether && !step.absent()) {
                return new Shortcoming(
                        Extent.SAYS_NOTHING,
                        "its step " + step.name() + " is never seen: " + String.join("; ", unseen));
            }
            otherwise |= step.absent()
                    || step.symptoms().stream().anyMatch(symptom -> {
                        Shortcoming of = ofSymptoms.get(symptom);
                        return of != null && of.extent() == Extent.MAY_DIFFER;
                    });
            worse.add("its step " + step.name() + " is not seen as it was: " + String.join("; ", unseen));
        }
        return worse.isEmpty()
                ? null
                : new Shortcoming(otherwise ? Extent.MAY_DIFFER : Extent.SAYS_LESS, String.join("; ", worse));
    }

    /** Of what a step may be, what is not seen as it was live, and why. */
    private List<String> unseen(Step step) {
        if (step.isChange()) {
            return missing.contains(Kind.STATUSES)
                    ? List.of("only the statuses of members show leader changes, and there are none")
                    : List.of();
        }
        Map<String, String> byWords = new TreeMap<>();
        step.symptoms().stream()
                .sorted()
                .filter(ofSymptoms::containsKey)
                .forEach(symptom -> byWords.merge(
                        Objects.requireNonNull(ofSymptoms.get(symptom)).words(),
                        symptom,
                        (one, other) -> one + ", " + other));
        return byWords.entrySet().stream()
                .map(same -> same.getValue() + ' ' + same.getKey())
                .sorted()
                .toList();
    }
}
