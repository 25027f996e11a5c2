package io.quorate.jobs.settings;

import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlBreach;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import io.quorate.rules.yaml.YamlSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One file while it is read: what is wrong with it so far, and which places need no further complaint. */
final class Reading {

    /** How a record begins what it refuses: {@code ingest.etcd.endpoints[1]: }. */
    private static final Pattern KEY = Pattern.compile("^(?:[a-z][a-z. -]*[. ])?([a-z][a-z-]*)(?:\\[(\\d+)])?: ");

    private final YamlFile file;
    private final Path folder;
    private final UnaryOperator<@Nullable String> environment;
    private final List<YamlProblem> problems = new ArrayList<>();
    private final Set<String> spoilt = new HashSet<>();
    private final Set<String> seen = new HashSet<>();

    /**
     * @param folder that paths in the file are relative to
     * @param environment from the name of a variable to its value, null when it is not set
     */
    Reading(YamlFile file, YamlSchema schema, Path folder, UnaryOperator<@Nullable String> environment) {
        this.file = file;
        this.folder = folder;
        this.environment = environment;
        for (YamlBreach breach : schema.breaches(file)) {
            problems.add(breach.problem());
            spoilt.addAll(breach.places());
        }
    }

    Room root() {
        return new Room(this, "", file.root());
    }

    YamlFile file() {
        return file;
    }

    String name() {
        return file.name();
    }

    Path folder() {
        return folder;
    }

    @Nullable
    String environment(String variable) {
        return environment.apply(variable);
    }

    /** Whether a problem is told already of which anything wrong with this place would only follow. */
    boolean spoilt(String pointer) {
        return spoilt.contains(pointer);
    }

    void problem(String pointer, String message) {
        for (String place = pointer; !spoilt.contains(place); place = place.substring(0, place.lastIndexOf('/'))) {
            if (place.isEmpty()) {
                problems.add(file.problemAt(pointer, message));
                return;
            }
        }
    }

    void problems(List<YamlProblem> more) {
        problems.addAll(more);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    void throwProblems() throws InvalidYaml {
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
    }

    /** What a record refuses, a line per key, becomes problems at the places of these keys; null then. */
    <T> @Nullable T built(String pointer, Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            String.valueOf(e.getMessage()).lines().forEach(line -> problem(place(pointer, line), line));
            return null;
        }
    }

    private String place(String pointer, String refusal) {
        Matcher matcher = KEY.matcher(refusal);
        if (!matcher.find()) {
            return pointer;
        }
        String at = pointer + YamlFile.step(matcher.group(1));
        return List.of(at + "/" + matcher.group(2), at, at + "-file", at + "-env", "/ingest/" + matcher.group(1))
                .stream()
                .filter(candidate -> file.lines().containsKey(candidate))
                .findFirst()
                .orElse(pointer);
    }

    /** Complains about the second of two elements that are the same by these keys; of a refused key nothing can be said. */
    void once(Room room, List<String> keys, String identity, String problem) {
        if (keys.stream().noneMatch(room::spoilt) && !seen.add(identity)) {
            problem(room.at(keys.get(0)), problem);
        }
    }
}
