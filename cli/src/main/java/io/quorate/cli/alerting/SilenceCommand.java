package io.quorate.cli.alerting;

import picocli.CommandLine.Command;

/** Silences: for a while nobody is told of some alerts. */
@Command(
        name = "silence",
        mixinStandardHelpOptions = true,
        description = {
            "Tell nobody of some alerts for a while. They are recorded all the same, and what still fires when the silence ends",
            "is told then; who was told that something fires is told of its end."
        },
        subcommands = {SilenceAddCommand.class, SilenceListCommand.class, SilenceExpireCommand.class},
        footer = {"", "A maintenance that is known beforehand belongs into the settings: rules.maintenance."})
public final class SilenceCommand {

    SilenceCommand() {}
}
