package io.quorate.cli.cluster;

import io.quorate.cli.cluster.etcd.EtcdCommand;
import picocli.CommandLine.Command;

/** Clusters of one's own on this machine. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Keep clusters of your own on this machine.",
        subcommands = EtcdCommand.class,
        footer = {"", "docs/local-clusters.md shows them at work."})
public final class ClusterCommand {

    ClusterCommand() {}
}
