package io.quorate.cli.cluster.etcd;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Ends a cluster, and leaves its data. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "End the members and the process that keeps them; data and logs stay.")
final class StopCommand implements Callable<Integer> {

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        Layout layout = cluster.known();
        System.out.println("etcd cluster " + cluster.name()
                + (cluster.end() ? " is stopped; its data stay" : " does not run; its data are there")
                + "; go on with them: " + layout.line() + "; remove them: " + cluster.line("clean"));
        return 0;
    }
}
