package io.quorate.rules;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.rules.yaml.Durations;
import io.quorate.rules.yaml.YamlBreach;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A rule's tree while it is read, with everything that was found wrong with it so far. What the schema refuses is not looked
 * at again, so that one slip is told once; all else is, so that every slip is told.
 */
final class Draft {

    private final YamlFile file;
    private final Set<String> spoilt = new HashSet<>();
    private final List<YamlProblem> problems = new ArrayList<>();

    Draft(YamlFile file, YamlSchema schema) {
        this.file = file;
        for (YamlBreach breach : schema.breaches(file)) {
            problems.add(breach.problem());
            spoilt.addAll(breach.places());
        }
    }

    JsonNode root() {
        return file.root();
    }

    YamlFile file() {
        return file;
    }

    /** The value at this JSON pointer; a missing node where there is none. */
    JsonNode at(String pointer) {
        return file.root().at(pointer);
    }

    boolean has(String pointer) {
        return !at(pointer).isMissingNode();
    }

    /** The words there. */
    String text(String pointer) {
        return at(pointer).asText();
    }

    /** The words there as the name of a constant: {@code member-window} is MEMBER_WINDOW. */
    String constant(String pointer) {
        return constant(at(pointer));
    }

    static String constant(JsonNode node) {
        return node.asText().toUpperCase(Locale.ROOT).replace('-', '_');
    }

    /** The duration there; zero where there is none. */
    Duration duration(String pointer) {
        return has(pointer) ? Durations.parse(text(pointer)) : Duration.ZERO;
    }

    /** Whether the schema has nothing against anything at, below or around these pointers. */
    boolean isSound(String... pointers) {
        for (String pointer : pointers) {
            if (spoilt.stream().anyMatch(place -> isUnder(place, pointer) || isUnder(pointer, place))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUnder(String one, String other) {
        return one.equals(other) || one.startsWith(other + "/");
    }

    void problem(String pointer, String message) {
        problems.add(file.problemAt(pointer, message));
    }

    /** Also what is wrong with a layer over this tree, unless it is the same. */
    void addProblemsOf(Draft layer) {
        for (YamlProblem problem : layer.problems) {
            if (problems.stream().noneMatch(known -> known.message().equals(problem.message()))) {
                problems.add(problem);
            }
        }
    }

    List<YamlProblem> problems() {
        return problems;
    }
}
