package io.quorate.cli.cluster.flink;

import io.quorate.cli.kept.Keeper;
import io.quorate.desk.FlinkSession;
import io.quorate.desk.Home;
import io.quorate.desk.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the session cluster. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = {
            "Start the cluster: ZooKeeper (it keeps which JobManager leads and which jobs there are), JobManagers, TaskManagers.",
            "Ports: the first JobManager's is --port, the second's the next one; metrics count on from --metrics-port, JobManagers"
                    + " first."
        })
final class FlinkStartCommand implements Callable<Integer> {

    private static final Duration START = Duration.ofMinutes(2);

    /** Where the launcher has laid Flink's jars. */
    private static final String LIB_PROPERTY = "quorate.flink.lib";

    @Option(names = "--job-managers", defaultValue = "1", description = "1, or 2: one leads, one waits (default: 1).")
    private int jobManagers;

    @Option(names = "--task-managers", defaultValue = "1", description = "How many (default: 1).")
    private int taskManagers;

    @Option(
            names = "--slots",
            defaultValue = "8",
            description = "Of each TaskManager; a job takes as many as its parallelism (default: 8).")
    private int slots;

    @Option(
            names = "--heap",
            paramLabel = "MIB",
            defaultValue = "1280",
            description = "Of each TaskManager (default: 1280).")
    private int heapMiB;

    @Option(
            names = "--port",
            defaultValue = "8081",
            description = "Of Flink's page and REST API; 0: any (default: 8081).")
    private int port;

    @Option(
            names = "--metrics-port",
            defaultValue = "9249",
            description = "Prometheus' format; 0: any (default: 9249).")
    private int metricsPort;

    @Option(names = "--lib", paramLabel = "DIR", hidden = true)
    private @Nullable Path lib;

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        Keeper keeper = KeptFlink.keeper(home);
        Optional<KeptFlink> running = keeper.tells(KeptFlink.class);
        if (running.isPresent()) {
            System.out.println(
                    "Flink runs already: " + String.join(", ", running.get().urls()));
            return 0;
        }
        Processes.stopOrphans(home);
        FlinkSession.Options options =
                new FlinkSession.Options(lib(), jobManagers, taskManagers, slots, port, metricsPort, heapMiB);
        // Jobs that go on with the cluster want their broker where it was.
        KeptDesk.again(home);
        keeper.begin(KeptFlink.class, KeptFlink.arguments(options), START);
        KeptFlink kept = keeper.tells(KeptFlink.class).orElseThrow();
        System.out.printf(
                "Flink runs: %d JobManager%s, %d TaskManager%s with %d slots each%n",
                jobManagers, jobManagers > 1 ? "s" : "", taskManagers, taskManagers > 1 ? "s" : "", slots);
        System.out.println("Its page:   " + String.join(" and ", kept.urls()));
        System.out.println("Metrics:    " + String.join(" ", kept.metrics().values()));
        System.out.println("Next:       quorate submit all --config quorate.yaml");
        return 0;
    }

    private Path lib() {
        if (lib != null) {
            return lib;
        }
        String built = System.getProperty(LIB_PROPERTY);
        if (built == null) {
            throw new IllegalArgumentException(
                    "no Flink to start; expected the jars that the launcher lays out; start the"
                            + " command by ./quorate");
        }
        return Path.of(built);
    }
}
