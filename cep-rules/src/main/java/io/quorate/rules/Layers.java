package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.rules.yaml.YamlFile;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule with what a profile or an override says laid over it, key by key: maps are laid over maps, lists and words take
 * the place of what was there.
 */
final class Layers {

    /** What of a rule may be said otherwise. */
    static final Set<String> CONDITION = Set.of(
            "when",
            "and",
            "across",
            "policy",
            "levels",
            "clear-for",
            "regression",
            "resolve-after",
            "pattern",
            "within");

    /** Maps that are one value: of their keys only one may stand. */
    private static final Set<String> WHOLE = Set.of("baseline");

    /** What is no condition, and is read once, with the rule itself. */
    private static final List<String> NOT_OF_CONDITION = List.of("profiles", "tests");

    private Layers() {}

    /**
     * The tree of a rule under what stands at a pointer of a file. Everything in it has the line of where the file says it;
     * what the file does not say has the line of the pointer.
     */
    static YamlFile over(JsonNode rule, YamlFile file, String pointer) {
        ObjectNode tree = rule.deepCopy();
        tree.remove(NOT_OF_CONDITION);
        Map<String, Integer> lines = new HashMap<>();
        lines.put("", file.line(pointer));
        file.root().at(pointer).fields().forEachRemaining(said -> {
            if (CONDITION.contains(said.getKey())) {
                lay(tree, said.getKey(), asked(rule, said.getKey(), said.getValue()));
                String key = YamlFile.step(said.getKey());
                String inner = signalAround(rule, said.getKey(), said.getValue());
                lines.put(key, file.line(pointer + key));
                file.lines().forEach((at, line) -> {
                    if (at.startsWith(pointer + key + "/")) {
                        lines.put(key + inner + at.substring((pointer + key).length()), line);
                    }
                });
            }
        });
        return new YamlFile(file.name(), tree, Map.copyOf(lines), List.of());
    }

    /** {@code when: { over: 10m }} is said of the signal that the rule has. */
    private static JsonNode asked(JsonNode rule, String key, JsonNode said) {
        String signal = signalAround(rule, key, said);
        if (signal.isEmpty()) {
            return said;
        }
        ObjectNode around = said.deepCopy();
        around.removeAll();
        around.set(signal.substring(1), said);
        return around;
    }

    private static String signalAround(JsonNode rule, String key, JsonNode said) {
        if (!key.equals("when") || !said.isObject()) {
            return "";
        }
        Iterator<String> names = rule.path("when").fieldNames();
        boolean saysItself = SignalReader.NAMES.stream().anyMatch(said::has);
        return saysItself || !names.hasNext() ? "" : YamlFile.step(names.next());
    }

    private static void lay(ObjectNode tree, String key, JsonNode said) {
        JsonNode there = tree.path(key);
        boolean isOtherSignal = key.equals("when")
                && said.isObject()
                && SignalReader.NAMES.stream().noneMatch(name -> said.has(name) && there.has(name));
        if (said.isObject() && there.isObject() && !WHOLE.contains(key) && !isOtherSignal) {
            said.fields().forEachRemaining(one -> lay((ObjectNode) there, one.getKey(), one.getValue()));
        } else {
            tree.set(key, said);
        }
    }
}
