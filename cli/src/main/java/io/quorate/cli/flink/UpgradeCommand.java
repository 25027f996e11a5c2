package io.quorate.cli.flink;

import io.quorate.cli.stack.FlinkRest;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import io.quorate.desk.PartUnavailable;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One job by another build, other settings or another parallelism of itself. */
@Command(
        name = "upgrade",
        mixinStandardHelpOptions = true,
        description = {
            "Replace a job that was submitted from here: by another jar, other settings, another parallelism.",
            "The new one is made first; then the old one stops with a savepoint and the new one begins with it. If that does not"
                    + " run, the old one goes on from the same savepoint, and the exit code is 1.",
            "Without options: the jar of this build, everything else as before."
        })
public final class UpgradeCommand implements Callable<Integer> {

    @Mixin
    private WhichJobs which = new WhichJobs();

    @Mixin
    private WhichFlink where = new WhichFlink();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Other settings (default: the same file, read again).")
    private @Nullable Path config;

    @Option(names = "--parallelism", paramLabel = "N", description = "Subtasks per operator (default: as before).")
    private @Nullable Integer parallelism;

    @Option(names = "--jar", paramLabel = "FILE", description = "The job jar (default: that of this build).")
    private @Nullable Path jar;

    @Option(
            names = "--savepoint",
            paramLabel = "FOLDER",
            description = "Where to keep the state (default: the cluster's own folder).")
    private @Nullable String folder;

    @Option(
            names = "--within",
            paramLabel = "DURATION",
            defaultValue = "90s",
            description = "How long the new one may take to run (default: 90s).")
    private String within = "90s";

    /** A job, what it was made of and what it is to be made of. */
    private record Change(QuorateJob job, String id, Submission before, Submission after) {}

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        Duration patience = Durations.parse(within);
        if (config != null) {
            SettingsReader.read(config);
        }
        try (FlinkCluster cluster = where.reached(home)) {
            List<Change> changes = new ArrayList<>();
            for (QuorateJob job : which.toStop()) {
                Optional<FlinkRest.Job> running = cluster.rest().alive(job.nameInFlink());
                if (running.isPresent()) {
                    changes.add(change(home, job, running.get()));
                }
            }
            if (changes.isEmpty()) {
                System.err.println("quorate: nothing of that runs there; 'quorate jobs' shows what does");
                return 1;
            }
            for (Change change : changes) {
                if (!carriedOut(cluster, home, change, patience)) {
                    return 1;
                }
            }
            return 0;
        }
    }

    private Change change(Home home, QuorateJob job, FlinkRest.Job running) throws Exception {
        Submission before = Submission.of(home, job, running.id())
                .orElseThrow(() -> new IllegalArgumentException("nothing is known here of what " + job.word() + " ("
                        + running.id()
                        + ") was made of, so there is no way back; expected one that was submitted from this"
                        + " home; by hand: quorate stop " + job.word() + " --savepoint, then quorate submit "
                        + job.word()
                        + " --from-savepoint PATH"));
        Submission after = new Submission(
                job.word(),
                (jar == null ? Submission.ownJar() : jar).toAbsolutePath().toString(),
                config == null ? before.arguments() : withConfig(before.arguments(), config),
                parallelism == null ? before.parallelism() : parallelism);
        FlinkRun.of(home).check(after);
        return new Change(job, running.id(), before, after);
    }

    private static List<String> withConfig(List<String> arguments, Path config) {
        List<String> changed = new ArrayList<>(arguments);
        changed.set(changed.indexOf("--config") + 1, config.toAbsolutePath().toString());
        return changed;
    }

    /** Whether the new one runs. */
    private boolean carriedOut(FlinkCluster cluster, Home home, Change change, Duration patience) throws Exception {
        String job = change.job().word();
        String savepoint = cluster.stopWithSavepoint(change.id(), folder);
        System.out.println("Stopped " + job + ", its state: " + savepoint);
        cluster.awaitEnd(change.id());
        Attempt attempt = begun(home, cluster, change.after(), savepoint, patience);
        if (attempt.problem() == null) {
            change.after().remember(home, attempt.id());
            System.out.println(
                    "Runs: " + job + ", parallelism " + change.after().parallelism());
            return true;
        }
        System.err.println("quorate: the new " + job + " does not run: " + attempt.problem());
        Attempt back = begun(home, cluster, change.before(), savepoint, patience);
        if (back.problem() != null) {
            throw new PartUnavailable("the old " + job + " does not run either: " + back.problem()
                    + "; its state is safe: quorate submit " + job + " --config FILE --jar "
                    + change.before().jar() + " --from-savepoint " + savepoint);
        }
        change.before().remember(home, back.id());
        System.err.println("quorate: rolled back: the old " + job + " goes on from " + savepoint);
        return false;
    }

    /** By which id it runs; or why it does not, in which case nothing is left of it. */
    private record Attempt(String id, @Nullable String problem) {}

    private static Attempt begun(
            Home home, FlinkCluster cluster, Submission submission, String savepoint, Duration patience)
            throws Exception {
        String id;
        try {
            id = FlinkRun.of(home)
                    .submit(
                            cluster.rest()
                                    .url()
                                    .orElseThrow(() -> new PartUnavailable("no JobManager answers any more")),
                            submission,
                            savepoint);
        } catch (PartUnavailable | IllegalArgumentException e) {
            // Taken, perhaps, though its answer was lost: two of one job would tell everything twice.
            Optional<FlinkRest.Job> left =
                    cluster.rest().alive(QuorateJob.named(submission.job()).nameInFlink());
            if (left.isPresent()) {
                cluster.cancel(left.get().id());
            }
            return new Attempt("", e.getMessage());
        }
        Optional<String> problem = cluster.awaitRunning(id, patience);
        if (problem.isPresent()
                && cluster.rest().jobs().stream().anyMatch(each -> each.id().equals(id) && !each.ended())) {
            cluster.cancel(id);
        }
        return new Attempt(id, problem.orElse(null));
    }
}
