package io.quorate.cli.cluster.flink;

import picocli.CommandLine.Command;

/** A Flink cluster on this machine. */
@Command(
        name = "flink",
        mixinStandardHelpOptions = true,
        description = {
            "A real standalone session cluster of Flink on this machine, to submit jobs to.",
            "It lives on when the command has ended; who dies is started again; jobs outlive a stop."
        },
        subcommands = {FlinkStartCommand.class, FlinkStatusCommand.class, FlinkStopCommand.class})
public final class FlinkCommand {}
