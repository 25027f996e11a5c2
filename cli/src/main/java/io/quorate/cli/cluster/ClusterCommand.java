package io.quorate.cli.cluster;

import io.quorate.cli.cluster.etcd.EtcdCommand;
import io.quorate.cli.cluster.flink.FlinkCommand;
import picocli.CommandLine.Command;

/** Clusters of one's own on this machine. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Keep clusters of your own on this machine: etcd to be watched, Flink to run on.",
        subcommands = {EtcdCommand.class, FlinkCommand.class},
        footer = {"", "docs/local-clusters.md shows them at work."})
public final class ClusterCommand {

    ClusterCommand() {}
}
