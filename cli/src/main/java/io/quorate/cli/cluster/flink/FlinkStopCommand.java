package io.quorate.cli.cluster.flink;

import io.quorate.desk.Home;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stops the session cluster. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = {
            "Stop the cluster, and the broker and ClickHouse that were started beside it.",
            "Jobs that ran go on from their last checkpoint when it is started again; 'quorate stop' ends them."
        })
final class FlinkStopCommand implements Callable<Integer> {

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        boolean flink = KeptFlink.keeper(home).end();
        boolean desk = KeptDesk.keeper(home).end();
        System.out.println(
                flink || desk
                        ? "Stopped " + (flink ? "Flink" : "") + (flink && desk ? " and " : "")
                                + (desk ? "what ran beside it" : "")
                        : "No Flink runs from " + home.root());
        return 0;
    }
}
