package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one rule as it reads under a profile, each by an address: {@code critical.above}, {@code
 * when.quantile.over}, {@code clear-for}. Of a level the address begins with its severity, of a step of a pattern with
 * the step's name. Any of them may be said otherwise, as an override or a profile says it: what those may not say has
 * no address, and what the rule's reader refuses of them it refuses here.
 */
public final class RuleNumbers {

    /** Numbers that a condition may have without saying them. */
    private static final List<String> OF_LIMITS = List.of("for", "clear");

    private static final Set<String> POOLED = Set.of("quantile", "share");
    private static final Set<String> OVER =
            Set.of("quantile", "share", "gauge", "increase", "rate", "utilization", "count", "changes", "forecast");

    private static final Pattern BARE = Pattern.compile("-?\\d{1,15}(\\.\\d{1,9})?");

    /**
     * One of them.
     *
     * @param value as the rule says it; null where it says nothing of it and may
     */
    public record Said(String address, @Nullable String value) {}

    /** Where a number stands. */
    private record Place(Said said, String pointer) {}

    private final Rule rule;
    private final JsonNode tree;
    private final List<Place> places = new ArrayList<>();

    private RuleNumbers(Rule rule, JsonNode tree) {
        this.rule = rule;
        this.tree = tree;
        Layers.CONDITION.stream().sorted().forEach(key -> walk(key, YamlFile.step(key), tree.path(key)));
        gaps();
    }

    public static RuleNumbers of(Rule rule, String profile) {
        return new RuleNumbers(rule, OverrideReader.tree(rule, profile));
    }

    /** All of them, in order of address. */
    public List<Said> all() {
        return places.stream()
                .map(Place::said)
                .sorted((one, other) -> one.address().compareTo(other.address()))
                .toList();
    }

    /**
     * Those whose address is this one, or ends in it: {@code above} is both {@code critical.above} and {@code
     * warning.above}.
     */
    public List<Said> at(String address) {
        List<Said> exact =
                all().stream().filter(said -> said.address().equals(address)).toList();
        return exact.isEmpty()
                ? all().stream()
                        .filter(said -> said.address().endsWith("." + address))
                        .toList()
                : exact;
    }

    /**
     * The same rule with its worst level alone, and without what that one clears at: beside other levels a number can
     * move only between theirs. The same where the rule has no levels.
     */
    public RuleNumbers worstAlone() {
        ObjectNode alone = tree.deepCopy();
        if (alone.path("levels").path(0) instanceof ObjectNode worst) {
            worst.remove("clear");
            alone.set("levels", JsonNodeFactory.instance.arrayNode().add(worst));
        }
        return new RuleNumbers(rule, alone);
    }

    /** Whether the number at this whole address is one of a level. */
    public boolean isOfLevel(String address) {
        return places.stream()
                .anyMatch(place -> place.said().address().equals(address)
                        && place.pointer().startsWith("/levels/"));
    }

    /**
     * The rule with another number at this whole address.
     *
     * @throws InvalidYaml when it is no rule any more, with everything that is wrong with it
     * @throws IllegalArgumentException when the rule has no such address
     */
    public Rule with(String address, String value) throws InvalidYaml {
        Place place = places.stream()
                .filter(one -> one.said().address().equals(address))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(rule.name() + " has no number " + address));
        String key = place.pointer().split("/")[1];
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.set(
                key,
                tree.path(key).isMissingNode() ? node(value) : tree.path(key).deepCopy());
        int last = place.pointer().lastIndexOf('/');
        if (last > 0) {
            // An absent map around it stays absent: the schema says so below.
            JsonNode around = said.at(place.pointer().substring(0, last));
            ((ObjectNode) around).set(place.pointer().substring(last + 1), node(value));
        } else {
            said.set(key, node(value));
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.set("set", said);
        YamlFile file = new YamlFile(rule.name() + "." + address + "=" + value, root, Map.of("", 1), List.of());
        Draft layer = RuleReader.layer(tree, file, "/set");
        Rule.Condition condition = layer.problems().isEmpty() ? ConditionReader.read(layer) : null;
        if (condition == null || !layer.problems().isEmpty()) {
            List<YamlProblem> problems = layer.problems();
            throw new InvalidYaml(
                    problems.isEmpty()
                            ? List.of(file.problemAt("", "makes no rule; expected another number"))
                            : problems);
        }
        return rule.with(condition);
    }

    private static JsonNode node(String value) {
        if (!BARE.matcher(value).matches()) {
            return JsonNodeFactory.instance.textNode(value);
        }
        BigDecimal number = new BigDecimal(value);
        return number.stripTrailingZeros().scale() <= 0
                ? JsonNodeFactory.instance.numberNode(number.longValueExact())
                : JsonNodeFactory.instance.numberNode(number.doubleValue());
    }

    private void walk(String address, String pointer, JsonNode node) {
        if (node instanceof ObjectNode map) {
            map.fields()
                    .forEachRemaining(field -> walk(
                            address.isEmpty() ? field.getKey() : address + "." + field.getKey(),
                            pointer + YamlFile.step(field.getKey()),
                            field.getValue()));
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                JsonNode one = list.get(i);
                String name = one.path("severity").asText(one.path("step").asText(""));
                if (one.isObject() && !name.isEmpty()) {
                    walk(name, pointer + "/" + i, one);
                }
            }
        } else if (isNumber(node)) {
            places.add(new Place(new Said(address, node.asText()), pointer));
        }
    }

    private static boolean isNumber(JsonNode node) {
        return node.isNumber()
                || (node.isTextual() && Quantity.parse(node.asText()).isPresent());
    }

    /** What is not said, and may be. */
    private void gaps() {
        Set<String> known = new TreeSet<>();
        places.forEach(place -> known.add(place.pointer()));
        if (!(rule.condition() instanceof Threshold)) {
            return;
        }
        for (int i = 0; i < tree.path("levels").size(); i++) {
            String severity =
                    tree.path("levels").get(i).path("severity").asText().toLowerCase(Locale.ROOT);
            for (String key : OF_LIMITS) {
                gap(known, severity + "." + key, "/levels/" + i + "/" + key);
            }
        }
        gap(known, "clear-for", "/clear-for");
        for (String key : List.of("when", "and")) {
            tree.path(key).fieldNames().forEachRemaining(signal -> {
                Optional<String> atLeast = POOLED.contains(signal) ? Optional.of("at-least") : Optional.empty();
                Optional<String> over = OVER.contains(signal) ? Optional.of("over") : Optional.empty();
                Stream.of(atLeast, over)
                        .flatMap(Optional::stream)
                        .forEach(one ->
                                gap(known, key + "." + signal + "." + one, "/" + key + "/" + signal + "/" + one));
            });
        }
    }

    private void gap(Set<String> known, String address, String pointer) {
        if (!known.contains(pointer)) {
            places.add(new Place(new Said(address, null), pointer));
        }
    }
}
