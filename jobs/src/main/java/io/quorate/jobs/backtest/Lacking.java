package io.quorate.jobs.backtest;

import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.jobs.backtest.History.Kind;
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
        MAY_DIFFER("may say otherwise: ");

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
        List<Lack> lacks = new ArrayList<>();
        for (Rule rule : rules) {
            Shortcoming of = rule.condition() instanceof StepPattern pattern
                    ? lacking.ofPattern(pattern, known)
                    : lacking.ofSymptoms.get(rule.name());
            if (of != null) {
                lacks.add(new Lack(rule.name(), of.words()));
            }
        }
        return lacks;
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
        if (threshold.signal() instanceof Signal.BlindRules) {
            return ofBlindness(ofStatuses);
        }
        return missing.contains(Kind.ROSTERS) && countsVoters(threshold)
                ? new Shortcoming(
                        Extent.MAY_DIFFER,
                        "there are no member lists, so it takes the members that were seen for all voters")
                : null;
    }

    private @Nullable Shortcoming ofBlindness(boolean ofStatuses) {
        if (missing.contains(Kind.COVERAGE) && !ofStatuses) {
            return new Shortcoming(
                    Extent.MAY_DIFFER,
                    "it is not told why a metric is missing, so it also counts what etcd, as it was started, never"
                            + " shows");
        }
        return missing.contains(Kind.ROSTERS)
                ? new Shortcoming(
                        Extent.SAYS_LESS,
                        "there are no member lists, so it knows nothing of members that never answered")
                : null;
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
            otherwise |= step.absent();
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
        return step.symptoms().stream()
                .sorted()
                .filter(ofSymptoms::containsKey)
                .map(symptom -> symptom + " "
                        + Objects.requireNonNull(ofSymptoms.get(symptom)).words())
                .toList();
    }
}
