package io.quorate.cli.cluster.etcd;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Ends a cluster, and removes what it left. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "End the cluster, if it runs, and remove its data, certificates and logs; settings files stay.")
final class CleanCommand implements Callable<Integer> {

    @ParentCommand
    private EtcdCommand etcd = new EtcdCommand();

    @Override
    public Integer call() throws Exception {
        KeptEtcd cluster = etcd.cluster();
        boolean wasThere = cluster.layout().isPresent();
        cluster.remove();
        System.out.println(
                wasThere
                        ? "etcd cluster " + cluster.name() + ": data and logs are removed"
                        : "There is no etcd cluster " + cluster.name() + " here");
        return 0;
    }
}
