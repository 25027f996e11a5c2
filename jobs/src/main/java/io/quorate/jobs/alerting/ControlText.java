package io.quorate.jobs.alerting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.events.Control;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The text of a control as a few named values. A name that is not known is refused: what a later version means by it may well
 * be an exception.
 */
final class ControlText {

    private final YamlFile file;
    private final List<YamlProblem> problems = new ArrayList<>();

    /**
     * @throws InvalidYaml when it is no map of such names
     */
    ControlText(Control control, List<String> names) throws InvalidYaml {
        if (control.text() == null) {
            throw refused(control, "no text; expected the YAML of a " + control.kind());
        }
        file = YamlFile.parse(control.key(), control.text());
        file.flaws().forEach(flaw -> problems.add(flaw.problem()));
        if (!file.root().isObject()) {
            throw refused(control, "expected a map with " + String.join(", ", names));
        }
        TreeSet<String> unknown = new TreeSet<>();
        file.root().fieldNames().forEachRemaining(unknown::add);
        names.forEach(unknown::remove);
        unknown.forEach(name -> problems.add(file.problemAt(
                YamlFile.step(name), "unknown key '" + name + "'; known here: " + String.join(", ", names))));
    }

    private static InvalidYaml refused(Control control, String why) {
        return new InvalidYaml(List.of(new YamlProblem(control.key(), 1, why)));
    }

    /** These values as the text of a control. */
    static String of(Map<String, String> values) {
        ObjectNode map = JsonNodeFactory.instance.objectNode();
        values.forEach(map::put);
        return YamlFile.text(map);
    }

    String text(String name) {
        return file.root().path(name).asText("");
    }

    Instant moment(String name) {
        return read(name, Instant::parse, "a moment like 2026-03-29T01:00:00Z", Instant.EPOCH);
    }

    List<LabelMatcher> matchers(String name) {
        return read(name, LabelMatcher::parse, "matchers like env=\"dev\"", List.of());
    }

    private <T> T read(String name, Function<String, T> read, String expected, T otherwise) {
        JsonNode value = file.root().path(name);
        if (!value.isTextual()) {
            problem(
                    name,
                    '\'' + name + "' " + (value.isMissingNode() ? "is missing" : "is " + value) + "; expected "
                            + expected);
            return otherwise;
        }
        try {
            return read.apply(value.asText());
        } catch (DateTimeParseException e) {
            problem(name, '\'' + name + "' is " + value + "; expected " + expected);
        } catch (IllegalArgumentException e) {
            problem(name, String.valueOf(e.getMessage()));
        }
        return otherwise;
    }

    private void problem(String name, String message) {
        problems.add(file.problemAt(YamlFile.step(name), message));
    }

    /**
     * What is made of these values.
     *
     * @throws InvalidYaml with everything that is wrong with them
     */
    <T> T built(Supplier<T> made) throws InvalidYaml {
        @Nullable T built = null;
        if (problems.isEmpty()) {
            try {
                built = made.get();
            } catch (IllegalArgumentException e) {
                problems.add(file.problemAt("", String.valueOf(e.getMessage())));
            }
        }
        if (built == null) {
            throw new InvalidYaml(problems);
        }
        return built;
    }
}
