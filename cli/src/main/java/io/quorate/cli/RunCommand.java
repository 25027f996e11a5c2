package io.quorate.cli;

import io.quorate.cli.stack.Beginning;
import io.quorate.cli.stack.LastRun;
import io.quorate.cli.stack.RunLock;
import io.quorate.cli.stack.Stack;
import io.quorate.cli.stack.TopicFollower;
import io.quorate.desk.Home;
import io.quorate.desk.Processes;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.Durations;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The jobs on this machine, against one's own clusters. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Run the jobs on this machine against your own clusters, until Ctrl-C.",
            "After a crash: run --resume goes on from the newest checkpoint of each job."
        })
final class RunCommand implements Callable<Integer> {

    private static final Duration IDLE_AFTER = Duration.ofSeconds(10);

    /** A run that has lost its Flink process still closes its parts. */
    private static final Duration ENDING = Duration.ofSeconds(20);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings: quorate.yaml. With --resume: those of the last run unless given.")
    private @Nullable Path config;

    @Option(names = "--resume", description = "Go on with the state that the last run left, also after a crash.")
    private boolean resume;

    @Option(names = "--for", paramLabel = "DURATION", description = "End by itself after this long, such as 60s.")
    private @Nullable String length;

    @Option(names = "--print-config", description = "Only print the effective settings, secrets masked.")
    private boolean printConfig;

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        Path settings = config == null ? lastConfig(home) : config;
        if (printConfig) {
            System.out.print(SettingsReader.print(settings));
            return 0;
        }
        SettingsReader.read(settings);
        Duration limit = length == null ? null : Durations.parse(length);
        Beginning beginning = resume ? Beginning.RESUMED : Beginning.ANEW;
        try (RunLock lock = RunLock.take(home, resume ? ENDING : Duration.ZERO)) {
            return run(home, settings, beginning, limit);
        }
    }

    private Path lastConfig(Home home) {
        if (!resume) {
            throw new IllegalArgumentException("run needs its settings; expected --config quorate.yaml, or --resume");
        }
        return LastRun.of(home)
                .map(last -> Path.of(last.config()))
                .orElseThrow(() -> new IllegalArgumentException("--resume finds no earlier run under " + home.data()
                        + "; expected --config quorate.yaml beside it"));
    }

    private static int run(Home home, Path settings, Beginning beginning, @Nullable Duration limit) throws Exception {
        Instant startedAt = Instant.now();
        Processes.stopOrphans(home);
        Processes.announce(home, "run");
        try (Stack stack = Stack.start(home, settings, IDLE_AFTER, beginning, System.out::println)) {
            AtomicBoolean stopping = new AtomicBoolean();
            Processes.beforeStop(() -> stop(stack, stopping));
            stack.asLastRun(settings).remember(home);
            stack.awaitRunning();
            lookAt(stack, home).forEach(System.out::println);
            News news = new News(System.out::println, Clock.systemUTC());
            Instant until = limit == null ? Instant.MAX : Instant.now().plus(limit);
            try (TopicFollower follower = news.follow(stack.kafka(), startedAt)) {
                return watch(stack, news, stopping, until);
            }
        }
    }

    private static int watch(Stack stack, News news, AtomicBoolean stopping, Instant until)
            throws InterruptedException {
        while (Instant.now().isBefore(until)) {
            news.tick();
            Optional<String> ended = stack.ended();
            // The end that was asked for is the end of all of them.
            if (ended.isPresent() && !stopping.get()) {
                System.err.println("quorate: " + ended.get() + "; go on where it was with: quorate run --resume");
                return Quorate.OUT_OF_REACH;
            }
            Thread.sleep(200);
        }
        return 0;
    }

    /** On Ctrl-C and the like. */
    private static void stop(Stack stack, AtomicBoolean stopping) {
        if (stopping.compareAndSet(false, true)) {
            stack.close();
            System.out.println("Stopped. To go on from here: quorate run --resume");
        }
    }

    private static List<String> lookAt(Stack stack, Home home) {
        String newest =
                "SELECT * FROM " + stack.clickhouse().database() + ".member_quantile ORDER BY window_end DESC LIMIT 50";
        String query = Base64.getEncoder().encodeToString(newest.getBytes(StandardCharsets.UTF_8));
        return List.of(
                "Running. Look at:",
                "  Flink            " + stack.flink().url(),
                "  own metrics      " + stack.flink().metricsUrl() + "  (for a Prometheus)",
                "  ClickHouse       " + stack.clickhouse().url() + "/play  (database "
                        + stack.clickhouse().database() + ")",
                "  newest windows   " + stack.clickhouse().url() + "/play?run=1#" + query,
                "  or by hand       " + newest,
                "  logs             " + home.logs(),
                "The first windows stand in ClickHouse after about half a minute. Ctrl-C ends.");
    }
}
