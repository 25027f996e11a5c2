package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.Nearest;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what somebody sets otherwise for some clusters or members, and tells everything that is wrong in one go. */
public final class OverrideReader {

    private static final YamlSchema SCHEMA = YamlSchema.resource(OverrideReader.class, "/schema/override.schema.json");

    private OverrideReader() {}

    /**
     * The override in this text, on the rule of that name as it reads under this profile.
     *
     * @param name that messages shall show
     * @throws InvalidYaml with every problem
     */
    public static RuleOverride parse(String name, String yamlOfOneEntry, List<Rule> rules, String profile)
            throws InvalidYaml {
        YamlFile file = YamlFile.parse(name, yamlOfOneEntry);
        List<YamlProblem> problems = new ArrayList<>();
        Optional<RuleOverride> one = read(file, rules, profile, problems);
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return one.orElseThrow();
    }

    /**
     * The overrides in the list at this JSON pointer of a file; none when there is no list.
     *
     * @throws InvalidYaml with every problem of every one
     */
    public static List<RuleOverride> list(YamlFile file, String pointer, List<Rule> rules, String profile)
            throws InvalidYaml {
        JsonNode list = file.root().at(pointer);
        List<YamlProblem> problems = new ArrayList<>();
        if (!list.isMissingNode() && !list.isArray()) {
            problems.add(file.problemAt(
                    pointer, "no list of overrides; expected one, such as - override: slow-dev-disks and its keys"));
        }
        List<RuleOverride> overrides = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            YamlFile entry = file.entry(pointer + "/" + i);
            read(entry, rules, profile, problems).ifPresent(one -> {
                if (!names.add(one.name())) {
                    problems.add(entry.problemAt(
                            "/override", "a second override '" + one.name() + "'; expected each name once"));
                }
                overrides.add(one);
            });
        }
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return overrides;
    }

    private static Optional<RuleOverride> read(
            YamlFile file, List<Rule> rules, String profile, List<YamlProblem> problems) {
        Draft draft = new Draft(file, SCHEMA);
        Optional<RuleOverride> override = Optional.empty();
        if (draft.isSound("/rule")) {
            Optional<Rule> rule = rules.stream()
                    .filter(one -> one.name().equals(draft.text("/rule")))
                    .findFirst();
            if (rule.isEmpty()) {
                draft.problem("/rule", unknown(draft.text("/rule"), rules));
            } else if (!(rule.get().condition() instanceof Threshold)) {
                draft.problem(
                        "/rule",
                        "'" + rule.get().name() + "' is no threshold: it is the same for all clusters;"
                                + " expected a threshold, or other numbers in the rule's own file");
            } else if (draft.isSound("/set")) {
                override = read(draft, rule.get(), profile);
            }
        }
        problems.addAll(draft.problems());
        return override;
    }

    private static String unknown(String name, List<Rule> rules) {
        List<String> names = rules.stream().map(Rule::name).toList();
        return "no rule '" + name + "'"
                + Nearest.of(name, names)
                        .map(nearest -> "; did you mean '" + nearest + "'?")
                        .orElse("; expected one of " + String.join(", ", names));
    }

    private static Optional<RuleOverride> read(Draft draft, Rule rule, String profile) {
        Rule.Condition condition = null;
        if (draft.has("/set/off")) {
            if (draft.at("/set").size() > 1) {
                draft.problem("/set", "'off' and other numbers; expected off: true alone, or the numbers without off");
            }
        } else {
            Draft layer = RuleReader.layer(tree(rule, profile), draft.file(), "/set");
            condition = ConditionReader.read(layer);
            draft.addProblemsOf(layer);
        }
        boolean isComplete = condition != null || draft.has("/set/off");
        if (!isComplete || !draft.isSound("/override", "/where")) {
            return Optional.empty();
        }
        Map<String, String> where = new HashMap<>();
        draft.at("/where")
                .fields()
                .forEachRemaining(
                        label -> where.put(label.getKey(), label.getValue().asText()));
        return Optional.of(new RuleOverride(
                draft.text("/override"),
                rule.name(),
                where,
                condition,
                YamlFile.text(draft.file().root())));
    }

    /** The rule's own tree, as it reads under this profile. */
    static JsonNode tree(Rule rule, String profile) {
        try {
            YamlFile file = YamlFile.parse(rule.name(), rule.text());
            return Layers.over(file.root(), file, "/profiles" + YamlFile.step(profile))
                    .root();
        } catch (InvalidYaml e) {
            throw new IllegalStateException("the text of " + rule.name() + " was read before", e);
        }
    }
}
