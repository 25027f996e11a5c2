package io.quorate.cli.cluster;

import io.quorate.cli.cluster.flink.FlinkCommand;
import picocli.CommandLine.Command;

/** Clusters on this machine. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Clusters on this machine: Flink to run on. They live on when the command has ended.",
        subcommands = {FlinkCommand.class})
public final class ClusterCommand {}
