package io.quorate.jobs.detection;

import io.quorate.rules.Rule;
import io.quorate.rules.Rule.CausalRank;
import io.quorate.rules.RuleMutator;
import io.quorate.rules.RuleMutator.Mutant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Whether a rule's tests notice that the rule was changed: each mutant must break one, on the product's operators. */
public final class RuleMutations {

    private RuleMutations() {}

    /**
     * What became of one rule's mutants.
     *
     * @param mutants how many there were
     * @param survivors those that no test noticed
     */
    public record Report(Rule rule, int mutants, List<Mutant> survivors) {

        public int killed() {
            return mutants - survivors.size();
        }

        @Override
        public String toString() {
            return rule.name() + ": " + killed() + " of " + mutants + " mutants killed"
                    + survivors.stream()
                            .map(mutant -> "\n  survives: " + mutant)
                            .collect(Collectors.joining());
        }
    }

    /**
     * One report for each rule.
     *
     * @throws IllegalArgumentException when a rule's tests do not even hold for the rule as it is
     */
    public static List<Report> of(StreamExecutionEnvironment env, List<Rule> rules) throws Exception {
        return of(env, rules, RuleTests.ranks(rules));
    }

    /**
     * The same with patterns over symptoms of other rules.
     *
     * @param ranks of the rules whose symptoms are read
     */
    public static List<Report> of(StreamExecutionEnvironment env, List<Rule> rules, Map<String, CausalRank> ranks)
            throws Exception {
        List<List<Mutant>> mutants = rules.stream().map(RuleMutator::mutants).toList();
        List<Rule> all = new ArrayList<>(rules);
        mutants.forEach(some -> some.forEach(mutant -> all.add(mutant.rule())));

        Map<Rule, Boolean> holds = new IdentityHashMap<>();
        RuleTests.run(env, all, ranks).forEach(outcome -> holds.merge(outcome.rule(), outcome.holds(), Boolean::logicalAnd));
        List<Report> reports = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (!holds.getOrDefault(rule, false)) {
                throw new IllegalArgumentException(
                        rule.name() + " fails its own tests or has none; expected them to hold; run them first");
            }
            List<Mutant> survivors = mutants.get(i).stream()
                    .filter(mutant -> holds.getOrDefault(mutant.rule(), true))
                    .toList();
            reports.add(new Report(rule, mutants.get(i).size(), survivors));
        }
        return reports;
    }
}
