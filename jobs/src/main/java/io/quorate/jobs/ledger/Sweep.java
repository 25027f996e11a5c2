package io.quorate.jobs.ledger;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleNumbers;
import io.quorate.rules.RuleNumbers.Said;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One number of one rule, over a range: {@code EtcdElectionStorm.count=3..8}, {@code
 * EtcdWalFsyncSlow.warning.above=16ms..64ms}, {@code EtcdMemberDown.critical.for=10s..60s/10s}. What can be swept is
 * what an override or a profile may say, see {@link RuleNumbers}; {@code count} stands for {@code times.at-least}. A
 * number that each of several levels has, named without its level, is that of the worst level, and the rule has no
 * other level then: between others it could hardly move. An override of the same rule says its own numbers still: where
 * it applies, a sweep changes nothing.
 *
 * @param rule its name
 * @param param the whole address of the number within the rule
 * @param alone whether the rule is swept with its worst level alone
 * @param asIs what the rule says; null when it says nothing of it
 */
public record Sweep(
        String rule,
        String param,
        boolean alone,
        @Nullable String asIs,
        List<Value> values,
        List<Rule> rules,
        String profile) {

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9]+)\\.([A-Za-z0-9.-]+)=(.+)");
    private static final String EXPECTED =
            "; expected RULE.PARAM=a..b or RULE.PARAM=a..b/step, such as EtcdElectionStorm.count=3..8";

    /**
     * One of the range.
     *
     * @param text as the rule's file would say it
     * @param number in the base unit
     */
    public record Value(String text, double number) {}

    public Sweep {
        values = List.copyOf(values);
        rules = List.copyOf(rules);
    }

    /**
     * The sweep that somebody asks for.
     *
     * @param rules as they read under this profile
     * @throws IllegalArgumentException in words for people, when there is no such number, or a value makes no rule
     */
    public static Sweep parse(String text, List<Rule> rules, String profile) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("--sweep " + text + " is no sweep" + EXPECTED);
        }
        Rule rule = rule(text, form.group(1), rules);
        RuleNumbers numbers = RuleNumbers.of(rule, profile);
        Said said = number(text, rule, form.group(2), numbers);
        boolean alone = numbers.at(spelled(form.group(2))).size() > 1;
        Sweep sweep = new Sweep(
                rule.name(), said.address(), alone, said.value(), Range.values(text, form.group(3)), rules, profile);
        sweep.check(text, alone ? numbers.worstAlone() : numbers);
        return sweep;
    }

    private static Rule rule(String text, String name, List<Rule> rules) {
        List<String> names = rules.stream().map(Rule::name).sorted().toList();
        return rules.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--sweep " + text + ": no rule '" + name + "' runs"
                        + Nearest.of(name, names)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse("; expected one of " + String.join(", ", names))));
    }

    private static Said number(String text, Rule rule, String param, RuleNumbers numbers) {
        String address = spelled(param);
        List<Said> at = numbers.at(address);
        if (at.size() == 1) {
            return at.get(0);
        }
        List<Said> worst = numbers.worstAlone().at(address);
        if (worst.size() == 1 && at.stream().allMatch(said -> numbers.isOfLevel(said.address()))) {
            return worst.get(0);
        }
        if (at.isEmpty()) {
            List<String> known = numbers.all().stream().map(Said::address).toList();
            Optional<String> near = Nearest.of(param, known);
            throw new IllegalArgumentException("--sweep " + text + ": " + rule.name() + " has no number '" + param
                    + "'; "
                    + near.map(one -> "did you mean " + one + "? ").orElse("")
                    + (known.isEmpty() ? "it has none that can be swept" : "expected one of " + listed(numbers.all())));
        }
        throw new IllegalArgumentException("--sweep " + text + ": " + rule.name() + " has " + at.size() + " numbers '"
                + param + "'; expected one of " + listed(at) + ", such as --sweep " + rule.name() + "."
                + at.get(0).address() + text.substring(text.indexOf('=')));
    }

    private static String spelled(String param) {
        return param.equals("count") || param.endsWith(".count")
                ? param.replaceFirst("count$", "times.at-least")
                : param;
    }

    private static String listed(List<Said> numbers) {
        return numbers.stream()
                .map(said -> said.address() + " (" + (said.value() == null ? "not said" : said.value()) + ")")
                .collect(Collectors.joining(", "));
    }

    /** All that no rule can be made of, at once. */
    private void check(String text, RuleNumbers numbers) {
        List<String> refused = new ArrayList<>();
        for (Value value : values) {
            try {
                numbers.with(param, value.text());
            } catch (InvalidYaml e) {
                e.problems().forEach(problem -> refused.add("at " + value.text() + ": " + problem.message()));
            }
        }
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(
                    "--sweep " + text + ": " + String.join("\n--sweep " + text + ": ", refused)
                            + "\n" + rule + "." + param + " is " + (asIs == null ? "not said" : asIs)
                            + " in profile " + profile + "; expected a range in which every value makes a rule");
        }
    }

    /** All rules, the swept one with this value. */
    public List<Rule> at(Value value) {
        return rules.stream()
                .map(one -> one.name().equals(rule) ? with(one, value) : one)
                .toList();
    }

    private Rule with(Rule one, Value value) {
        try {
            RuleNumbers numbers = RuleNumbers.of(one, profile);
            return (alone ? numbers.worstAlone() : numbers).with(param, value.text());
        } catch (InvalidYaml e) {
            throw new IllegalStateException(value.text() + " was read before", e);
        }
    }

    /** {@code RULE.PARAM}, for people. */
    public String address() {
        return rule + "." + param + (alone ? " (with this level alone)" : "");
    }
}
