package io.quorate.cli.cluster.etcd;

import io.quorate.desk.Home;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Real etcd clusters on this machine, several beside each other by name. */
@Command(
        name = "etcd",
        mixinStandardHelpOptions = true,
        description = {
            "Keep a real etcd cluster on this machine.",
            "A process apart starts its members, starts those again that end, and ends only when told to."
        },
        subcommands = {
            StartCommand.class,
            StatusCommand.class,
            TestCommand.class,
            LogsCommand.class,
            ShellCommand.class,
            RestartCommand.class,
            StopCommand.class,
            CleanCommand.class
        })
public final class EtcdCommand {

    /** What was asked for did not hold. */
    static final int DID_NOT_HOLD = 1;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = Layout.USUAL_NAME,
            scope = ScopeType.INHERIT,
            description = "Which cluster (default: ${DEFAULT-VALUE}).")
    private String name = Layout.USUAL_NAME;

    private final Home home;

    EtcdCommand() {
        this(Home.current());
    }

    EtcdCommand(Home home) {
        this.home = home;
    }

    KeptEtcd cluster() {
        return new KeptEtcd(home, name);
    }
}
