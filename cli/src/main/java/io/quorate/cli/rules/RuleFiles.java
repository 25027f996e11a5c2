package io.quorate.cli.rules;

import io.quorate.rules.Rule;
import io.quorate.rules.RuleFile;
import io.quorate.rules.RuleReader;
import io.quorate.rules.yaml.InvalidYaml;
import io.quorate.rules.yaml.YamlFile;
import io.quorate.rules.yaml.YamlProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rules as people name them on the command line: folders and files. */
final class RuleFiles {

    private RuleFiles() {}

    /**
     * All of these; those that ship where none is named.
     *
     * @throws InvalidYaml with every problem of every file
     */
    static List<RuleFile> named(List<Path> paths) throws InvalidYaml {
        if (paths.isEmpty()) {
            return RuleReader.shippedFiles();
        }
        List<RuleFile> files = new ArrayList<>();
        List<YamlProblem> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path path : paths) {
            try {
                for (RuleFile file : RuleReader.files(path)) {
                    if (!names.add(file.rule().name())) {
                        problems.add(new YamlProblem(
                                file.name(), 1, "a second rule " + file.rule().name() + "; expected each name once"));
                    }
                    files.add(file);
                }
            } catch (InvalidYaml e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidYaml(problems);
        }
        return files;
    }

    /** The same without their places. */
    static List<Rule> read(List<Path> paths) throws InvalidYaml {
        return named(paths).stream().map(RuleFile::rule).toList();
    }

    /** What stands in this file, of one that is YAML. */
    static String text(Path path) throws InvalidYaml {
        YamlFile.read(path);
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new InvalidYaml(List.of(new YamlProblem(path.toString(), 1, "cannot be read; expected a file")));
        }
    }
}
