package io.quorate.cli.flink;

import io.quorate.cli.stack.FlinkRest;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends jobs on a Flink cluster. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = {
            "Stop a job, or all, on a Flink cluster.",
            "With --savepoint its whole state is kept first, to go on with: quorate submit JOB --from-savepoint PATH."
        })
public final class StopCommand implements Callable<Integer> {

    @Mixin
    private WhichJobs which = new WhichJobs();

    @Mixin
    private WhichFlink where = new WhichFlink();

    @Option(
            names = "--savepoint",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "FOLDER",
            description = "Keep the state in this folder, or without one in the cluster's own for savepoints.")
    private @Nullable String savepoint;

    @Override
    public Integer call() throws Exception {
        try (FlinkCluster cluster = where.reached(Home.current())) {
            boolean any = false;
            for (QuorateJob job : which.toStop()) {
                Optional<FlinkRest.Job> running = cluster.rest().alive(job.nameInFlink());
                if (running.isPresent()) {
                    any = true;
                    stop(cluster, job, running.get().id());
                }
            }
            if (!any) {
                System.err.println("quorate: nothing of that runs there; 'quorate jobs' shows what does");
                return 1;
            }
            return 0;
        }
    }

    private void stop(FlinkCluster cluster, QuorateJob job, String id) throws InterruptedException {
        if (savepoint == null) {
            cluster.cancel(id);
            System.out.println("Stopped " + job.word() + "; its last checkpoint stays where the cluster keeps them");
        } else {
            String kept = cluster.stopWithSavepoint(id, savepoint.isEmpty() ? null : savepoint);
            System.out.println("Stopped " + job.word() + "; to go on: quorate submit " + job.word()
                    + " --config quorate.yaml --from-savepoint " + kept);
            cluster.awaitEnd(id);
        }
    }
}
