package io.quorate.jobs.settings;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleLint;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Sets of thresholds by name: those that every build knows, and those that the rules at hand name. */
public final class Profiles {

    /** Unless another one is named. */
    public static final String DEFAULT = "fleet";

    private static final Set<String> ALWAYS = RuleLint.PROFILES;

    private Profiles() {}

    /** The names that mean something to these rules, in order. */
    public static List<String> knownTo(List<Rule> rules) {
        Set<String> known = new TreeSet<>(ALWAYS);
        for (Rule rule : rules) {
            known.addAll(rule.runsIn());
            known.addAll(rule.profiles().keySet());
        }
        return List.copyOf(known);
    }

    /** Those of these rules that run under this profile, as they read under it. */
    public static List<Rule> under(String profile, List<Rule> rules) {
        return rules.stream()
                .filter(rule -> rule.runsIn(profile))
                .map(rule -> rule.under(profile))
                .toList();
    }

    /**
     * The same of a profile that a person named on a command line.
     *
     * @throws IllegalArgumentException when these rules know none of that name
     */
    public static List<Rule> underNamed(String profile, List<Rule> rules) {
        List<String> known = knownTo(rules);
        if (!known.contains(profile)) {
            throw new IllegalArgumentException(
                    "--profile " + profile + " is unknown to the rules; expected one of " + String.join(", ", known));
        }
        return under(profile, rules);
    }
}
