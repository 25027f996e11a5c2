package io.quorate.cli;

import io.quorate.cli.stack.Stack;
import io.quorate.desk.Home;
import io.quorate.desk.Processes;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.rules.yaml.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The jobs on this machine, against one's own clusters. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Run the jobs on this machine against your own clusters, until Ctrl-C.")
final class RunCommand implements Callable<Integer> {

    private static final Duration IDLE_AFTER = Duration.ofSeconds(10);

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The settings: quorate.yaml.")
    private Path config = Path.of("quorate.yaml");

    @Option(names = "--for", paramLabel = "DURATION", description = "End by itself after this long, such as 60s.")
    private @Nullable String length;

    @Override
    public Integer call() throws Exception {
        SettingsReader.read(config);
        Duration limit = length == null ? null : Durations.parse(length);
        Home home = Home.current();
        Processes.stopOrphans(home);
        Processes.announce(home, "run");
        try (Stack stack = Stack.start(home, config, IDLE_AFTER, System.out::println)) {
            Processes.beforeStop(stack::close);
            stack.awaitRunning();
            System.out.println("Running. Look at:");
            System.out.println("  Flink       " + stack.flink().url());
            System.out.println("  ClickHouse  " + stack.clickhouse().url() + "/play  (database "
                    + stack.clickhouse().database() + ")");
            System.out.println("  logs        " + home.logs());
            System.out.println("The first windows stand in ClickHouse after about half a minute. Ctrl-C ends.");
            Instant until = limit == null ? Instant.MAX : Instant.now().plus(limit);
            while (Instant.now().isBefore(until)) {
                if (!stack.flink().alive()) {
                    System.err.println("quorate: Flink's process has ended; its log is "
                            + stack.flink().logFile());
                    return Quorate.OUT_OF_REACH;
                }
                Thread.sleep(200);
            }
        }
        return 0;
    }
}
