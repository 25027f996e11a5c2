package io.quorate.cli.cluster.etcd;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Starts a cluster, or goes on with one that was stopped. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = {
            "Start an etcd cluster of N members, m1 to mN, on 127.0.0.1; done when every member is healthy.",
            "",
            "Ports: member k listens at base port + 3(k-1) for clients, at the next one for peers, and with --tls at the next but one"
                    + " for metrics in plain HTTP.",
            "Data: kept until 'clean'. 'start' after 'stop' goes on with them at the same size, ports and TLS, and refuses another.",
            "Care: a member that ends, however, is started again; one that ends again and again after growing pauses, up to 32 s."
        },
        footer = {
            "",
            "quorate cluster etcd start 3",
            "quorate cluster etcd start 5 --name other --base-port 24000 --tls",
            "docs/local-clusters.md has more."
        })
final class StartCommand implements Callable<Integer> {

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Parameters(paramLabel = "N", description = "How many members, from 1 to " + Layout.MOST_MEMBERS + "; better odd.")
    private int members;

    @Option(
            names = "--base-port",
            paramLabel = "PORT",
            description = "The first port (default: that of the data, else " + Layout.USUAL_BASE_PORT + ").")
    private @Nullable Integer basePort;

    @Option(
            names = "--tls",
            description = "Speak TLS to clients, who must show a certificate; openssl makes what both need.")
    private boolean tls;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            defaultValue = "quorate.yaml",
            description = "Where to write settings for Quorate, unless the file is there (default: ${DEFAULT-VALUE}).")
    private Path settings = Path.of("quorate.yaml");

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        int base = Optional.ofNullable(basePort)
                .or(() -> cluster.layout().map(Layout::basePort))
                .orElse(Layout.USUAL_BASE_PORT);
        Starting starting = new Starting(cluster, new Layout(cluster.name(), members, base, tls), settings);
        starting.check();
        starting.run();
        return 0;
    }
}
