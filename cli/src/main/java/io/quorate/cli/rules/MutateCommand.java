package io.quorate.cli.rules;

import io.quorate.jobs.detection.RuleMutations;
import io.quorate.rules.Rule;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Whether the tests of rules would notice that a rule was changed. */
@Command(
        name = "mutate",
        mixinStandardHelpOptions = true,
        description = {
            "Change one thing in a rule at a time, its thresholds, windows, comparisons, order and counts, and run the rule's",
            "tests: each change must break one."
        })
final class MutateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER|FILE", description = "Rules (default: those that ship).")
    private List<Path> paths = List.of();

    @Override
    public Integer call() throws Exception {
        List<Rule> rules = RuleFiles.read(paths);
        List<Rule> tested =
                rules.stream().filter(rule -> !rule.tests().isEmpty()).toList();
        rules.stream()
                .filter(rule -> rule.tests().isEmpty())
                .forEach(rule -> System.err.println("note: " + rule.name() + " has no tests; nothing would notice"));
        if (tested.isEmpty()) {
            return RulesCommand.DID_NOT_HOLD;
        }
        List<RuleMutations.Report> reports;
        try {
            reports = RuleMutations.of(TestCommand.environment(), tested);
        } catch (IllegalArgumentException e) {
            // Of a rule whose tests fail as it is, mutants would tell nothing.
            System.err.println(e.getMessage());
            return RulesCommand.DID_NOT_HOLD;
        }
        reports.forEach(System.out::println);
        int mutants = reports.stream().mapToInt(RuleMutations.Report::mutants).sum();
        int killed = reports.stream().mapToInt(RuleMutations.Report::killed).sum();
        System.out.println(killed + " of " + mutants + " mutants of " + tested.size()
                + (tested.size() == 1 ? " rule" : " rules") + " killed");
        return killed == mutants ? 0 : RulesCommand.DID_NOT_HOLD;
    }
}
