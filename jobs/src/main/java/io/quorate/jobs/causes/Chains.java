package io.quorate.jobs.causes;

import io.quorate.rules.Explains;
import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.StepPattern;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rules that explain others' alerts, and where each rule stands between cause and effect. */
public final class Chains implements Serializable {

    private static final long serialVersionUID = 1;

    private final Map<String, CausalRank> ranks = new HashMap<>();
    private final Map<String, Rule> explaining = new TreeMap<>();

    /** Out of all rules that run. */
    public Chains(Collection<Rule> rules) {
        for (Rule rule : rules) {
            ranks.put(rule.name(), rule.rank());
            if (rule.explains() != null && rule.condition() instanceof StepPattern) {
                explaining.put(rule.name(), rule);
            }
        }
    }

    public boolean isEmpty() {
        return explaining.isEmpty();
    }

    /** Null of a rule that is not among them. */
    @Nullable
    CausalRank rankOf(String rule) {
        return ranks.get(rule);
    }

    /** The one of this name, if it explains. */
    @Nullable
    Rule rule(String name) {
        return explaining.get(name);
    }

    /** By the code of their cause. */
    Map<String, List<Rule>> byCause() {
        Map<String, List<Rule>> all = new TreeMap<>();
        explaining.values().forEach(rule -> {
            Explains explains = rule.explains();
            if (explains != null) {
                all.computeIfAbsent(explains.cause(), cause -> new ArrayList<>())
                        .add(rule);
            }
        });
        return all;
    }

    /** The rules whose symptoms these read, or all of them. */
    Set<String> reads(Collection<Rule> rules) {
        Set<String> symptoms = new TreeSet<>();
        rules.forEach(
                rule -> ((StepPattern) rule.condition()).steps().forEach(step -> symptoms.addAll(step.symptoms())));
        return symptoms;
    }

    /** The rules whose symptoms tell anything of causes. */
    public Set<String> reads() {
        Set<String> all = reads(explaining.values());
        explaining.values().forEach(rule -> {
            Explains explains = rule.explains();
            if (explains != null) {
                explains.advice().stream()
                        .map(Explains.Advice::when)
                        .filter(when -> when != null)
                        .forEach(all::add);
            }
        });
        return all;
    }
}
