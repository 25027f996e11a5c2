package io.quorate.cli.rules;

import picocli.CommandLine.Command;

/** What can be asked of rules, and how they are changed while the jobs run. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        description = "Read, test, explain and change rules.",
        subcommands = {
            LintCommand.class,
            TestCommand.class,
            ExplainCommand.class,
            DocsCommand.class,
            MutateCommand.class,
            CoverageCommand.class,
            ApplyCommand.class,
            ListCommand.class
        },
        footer = {"", "docs/rules.md says how to write one, and shows each of these with an answer."})
public final class RulesCommand {

    /** What was asked for did not hold. */
    static final int DID_NOT_HOLD = 1;

    RulesCommand() {}
}
