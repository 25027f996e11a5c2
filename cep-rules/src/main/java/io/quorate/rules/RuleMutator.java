package io.quorate.rules;

import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A rule with one thing changed, many times: what the rule's own tests should notice. A number that stands in the rule and
 * in a profile is changed in both; what no test runs under is left alone, and so is what nothing could observe.
 */
public final class RuleMutator {

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

    /** Every mutant of this rule, in the order of its text. */
    public static List<Mutant> mutants(Rule rule) {
        Set<String> tested = rule.tests().stream()
                .map(test -> rule.profiles().containsKey(test.profile()) ? test.profile() : "")
                .collect(Collectors.toCollection(TreeSet::new));
        // By what is changed, the changed conditions by profile: the empty name is the rule itself.
        Map<String, Map<String, RuleChanges.Change>> changes = new LinkedHashMap<>();
        for (String profile : tested) {
            for (RuleChanges.Change change : changes(rule.under(profile).condition())) {
                changes.computeIfAbsent(change.at() + ' ' + change.what(), c -> new LinkedHashMap<>())
                        .put(profile, change);
            }
        }
        return changes.values().stream()
                .map(byProfile -> mutant(rule, byProfile))
                .toList();
    }

    private static Mutant mutant(Rule rule, Map<String, RuleChanges.Change> byProfile) {
        Map<String, Rule.Condition> profiles = new HashMap<>(rule.profiles());
        Rule.Condition itself = rule.condition();
        for (Map.Entry<String, RuleChanges.Change> changed : byProfile.entrySet()) {
            if (changed.getKey().isEmpty()) {
                itself = changed.getValue().condition();
            } else {
                profiles.put(changed.getKey(), changed.getValue().condition());
            }
        }
        String profile = byProfile.keySet().iterator().next();
        RuleChanges.Change change = byProfile.values().iterator().next();
        String where = profile.isEmpty() ? "" : "/profiles" + YamlFile.step(profile);
        return new Mutant(
                (profile.isEmpty() ? "" : "profile " + profile + ", ") + change.what(),
                line(rule, where + change.at()),
                rule.with(itself).with(profiles));
    }

    private static int line(Rule rule, String pointer) {
        try {
            YamlFile file = YamlFile.parse(rule.name(), rule.text());
            // A default stands nowhere: it is about what the rule measures.
            boolean isSaid = file.root().has(pointer.split("/")[1]);
            return file.line(isSaid ? pointer : "/when");
        } catch (InvalidYaml e) {
            // A rule that was built and not read has no lines.
            return 1;
        }
    }

    private static List<RuleChanges.Change> changes(Rule.Condition condition) {
        if (condition instanceof Threshold threshold) {
            return ThresholdChanges.of(threshold);
        }
        RuleChanges changes = new RuleChanges();
        if (condition instanceof Rule.CountedChanges counted) {
            changes.of(counted);
        } else if (condition instanceof Rule.Regression regression) {
            changes.of(regression);
        } else if (condition instanceof StepPattern pattern) {
            changes.of(pattern);
        }
        return changes.all();
    }
}
