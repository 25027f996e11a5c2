package io.quorate.cli.alerting;

import picocli.CommandLine.Command;

/** Which way alerts go. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        description = "Show the routes of settings, and which of them an alert would take.",
        subcommands = {RoutesShowCommand.class, RoutesTestCommand.class})
public final class RoutesCommand {

    RoutesCommand() {}
}
