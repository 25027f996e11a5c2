package io.quorate.rules.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be used, with everything that is wrong with it in one go. */
public final class InvalidYaml extends Exception {

    private final transient List<YamlProblem> problems;

    public InvalidYaml(List<YamlProblem> problems) {
        super(problems.stream().distinct().sorted().map(YamlProblem::toString).collect(Collectors.joining("\n")));
        this.problems = problems.stream().distinct().sorted().toList();
    }

    public List<YamlProblem> problems() {
        return problems;
    }
}
