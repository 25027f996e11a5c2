package io.quorate.cli.flink;

import io.quorate.cli.cluster.flink.KeptDesk;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.cli.stack.LastRun;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.Durations;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Jobs to a Flink cluster. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = {
            "Submit a job, or all, to a Flink cluster, and wait until it runs.",
            "A broker and a ClickHouse that the settings do not name are started on this machine and live on.",
            "What a job is made of is decided here: the settings are read on this machine, files they name (certificates) by the"
                    + " TaskManagers too."
        })
public final class SubmitCommand implements Callable<Integer> {

    @Mixin
    private WhichJobs which = new WhichJobs();

    @Mixin
    private WhichFlink where = new WhichFlink();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "1",
            description = "Subtasks per operator (default: 1).")
    private int parallelism;

    @Option(
            names = "--from-savepoint",
            paramLabel = "PATH",
            description = "Begin with this savepoint or retained checkpoint of the one job.")
    private @Nullable String savepoint;

    @Option(names = "--jar", paramLabel = "FILE", description = "The job jar (default: that of this build).")
    private @Nullable Path jar;

    @Option(
            names = "--within",
            paramLabel = "DURATION",
            defaultValue = "90s",
            description = "How long a job may take to run (default: 90s).")
    private String within = "90s";

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        Settings settings = SettingsReader.read(config);
        Duration patience = Durations.parse(within);
        if (savepoint != null && which.all()) {
            throw new IllegalArgumentException("--from-savepoint is of one job; expected its name instead of all");
        }
        List<QuorateJob> jobs = which.of(settings);
        try (FlinkCluster cluster = where.reached(home)) {
            for (QuorateJob job : jobs) {
                refuseTwin(cluster.rest(), job);
            }
            String url = cluster.rest().url().orElseThrow();
            if (elsewhere(url) && (settings.ownKafka() == null || settings.ownClickhouse() == null)) {
                throw new IllegalArgumentException(config + ": names no "
                        + (settings.ownKafka() == null ? "kafka.bootstrap" : "clickhouse.url") + ", expected one that "
                        + url + " reaches: what is started here listens to this machine alone");
            }
            KeptDesk desk = KeptDesk.of(home, settings);
            new LastRun(
                            config.toAbsolutePath().toString(),
                            desk.kafka() == null ? settings.kafka().bootstrap() : desk.kafka(),
                            desk.kafka() != null)
                    .remember(home);
            FlinkRun flink = FlinkRun.of(home);
            Map<Submission, String> ids = new LinkedHashMap<>();
            for (QuorateJob job : jobs) {
                Submission submission = new Submission(
                        job.word(),
                        (jar == null ? Submission.ownJar() : jar)
                                .toAbsolutePath()
                                .toString(),
                        arguments(config, desk),
                        parallelism);
                String id = flink.submit(url, submission, savepoint);
                submission.remember(home, id);
                ids.put(submission, id);
                System.out.println("Submitted: " + job.word() + ", " + id);
            }
            return await(cluster, ids, patience);
        }
    }

    private static int await(FlinkCluster cluster, Map<Submission, String> ids, Duration patience)
            throws InterruptedException {
        boolean all = true;
        for (Map.Entry<Submission, String> each : ids.entrySet()) {
            Optional<String> problem = cluster.awaitRunning(each.getValue(), patience);
            String job = each.getKey().job();
            if (problem.isPresent()) {
                System.err.println("quorate: " + job + " (" + each.getValue() + ") does not run: " + problem.get());
                all = false;
            } else {
                System.out.println("Runs: " + job + ", " + each.getValue() + ", parallelism "
                        + each.getKey().parallelism());
            }
        }
        cluster.rest().url().ifPresent(url -> System.out.println("Flink's page: " + url));
        return all ? 0 : 1;
    }

    /** Two of one job would read each half of every topic, and tell everything twice. */
    private static void refuseTwin(FlinkRest rest, QuorateJob job) throws InterruptedException {
        Optional<FlinkRest.Job> twin = rest.alive(job.nameInFlink());
        if (twin.isPresent()) {
            throw new IllegalArgumentException(
                    "job " + job.word() + " is there already (" + twin.get().id() + ", "
                            + twin.get().state() + "); expected it once; 'quorate upgrade " + job.word()
                            + "' replaces it, 'quorate stop " + job.word() + "' ends it");
        }
    }

    /** Whether the cluster at this address is on another machine. */
    static boolean elsewhere(String url) {
        try {
            return !InetAddress.getByName(URI.create(url).getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }

    private static List<String> arguments(Path config, KeptDesk desk) {
        List<String> arguments =
                new ArrayList<>(List.of("--config", config.toAbsolutePath().toString()));
        if (desk.kafka() != null) {
            arguments.addAll(List.of("--kafka", desk.kafka()));
        }
        if (desk.clickhouse() != null) {
            arguments.addAll(List.of("--clickhouse", desk.clickhouse()));
        }
        return arguments;
    }
}
