package io.quorate.rules;

import io.quorate.rules.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a runbook lacks for one of its rules: its name in the first heading, and the sections that people on call look for, in
 * the order in which they need them.
 */
final class RunbookLint {

    /** Where runbooks of this form lie; elsewhere everybody has their own. */
    static final String FOLDER = "docs/runbooks/";

    static final List<String> SECTIONS =
            List.of("## Meaning", "## Impact", "## Diagnosis", "## Mitigation", "## Verify");

    private final String name;
    private final List<String> lines;

    private RunbookLint(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    /**
     * What this page lacks for this rule.
     *
     * @param runbook as the rule names it
     */
    static List<Finding> of(Path root, String runbook, String rule) {
        try {
            return new RunbookLint(runbook, Files.readAllLines(root.resolve(runbook))).findings(rule);
        } catch (IOException e) {
            return List.of(new Finding(
                    runbook, 1, rule, Severity.ERROR, "cannot be read; expected a page in Markdown, in UTF-8"));
        }
    }

    private List<Finding> findings(String rule) {
        List<Finding> found = new ArrayList<>();
        String heading = lines.isEmpty() ? "" : lines.get(0);
        if (!heading.startsWith("# ") || !names(heading, rule)) {
            found.add(finding(
                    0,
                    rule,
                    "its first heading does not name " + rule + "; expected '# " + rule + "', or a list of names"));
        }
        List<Integer> sections = IntStream.range(0, lines.size())
                .filter(line -> lines.get(line).startsWith("## ") && !isInsideCode(line))
                .boxed()
                .toList();
        int expected = 0;
        for (int line : sections) {
            String section = lines.get(line).strip();
            int known = SECTIONS.indexOf(section);
            if (known < 0) {
                found.add(finding(
                        line, rule, "'" + section + "' is no section; expected " + all() + ", and ### below them"));
            } else if (known < expected) {
                found.add(finding(line, rule, "'" + section + "' stands too late, or twice; expected " + all()));
            } else {
                IntStream.range(expected, known).forEach(missing -> found.add(missing(line, rule, missing)));
                expected = known + 1;
                if (isEmpty(line)) {
                    found.add(finding(line, rule, "nothing below '" + section + "'; expected at least a sentence"));
                }
            }
        }
        int end = Math.max(0, lines.size() - 1);
        IntStream.range(expected, SECTIONS.size()).forEach(missing -> found.add(missing(end, rule, missing)));
        return found;
    }

    private static boolean names(String heading, String rule) {
        return List.of(heading.substring(2).split("[ ,]+")).contains(rule);
    }

    /** A comment in a shell's script is no heading. */
    private boolean isInsideCode(int line) {
        return lines.subList(0, line).stream()
                                .filter(one -> one.startsWith("```"))
                                .count()
                        % 2
                == 1;
    }

    private boolean isEmpty(int section) {
        return lines.subList(section + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("## "))
                .allMatch(String::isBlank);
    }

    private Finding missing(int line, String rule, int section) {
        return finding(line, rule, "'" + SECTIONS.get(section) + "' is missing before here; expected " + all());
    }

    private static String all() {
        return String.join(", ", SECTIONS) + ", in this order";
    }

    private Finding finding(int line, String rule, String message) {
        return new Finding(name, line + 1, rule, Severity.ERROR, message);
    }
}
