package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.jobs.kafka.ControlTopic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What fires, and who was told of it. */
@Command(
        name = "alerts",
        mixinStandardHelpOptions = true,
        description = {
            "Show what fires, the worst first: who was told of it and when, who was not and why, who has taken it on.",
            "Without --config: in the run from here, also when it has ended."
        })
public final class AlertsCommand implements Callable<Integer> {

    /** What was asked for did not hold. */
    static final int DID_NOT_HOLD = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--all", description = "Also what is over or pending, as far as the topic goes back.")
    private boolean all;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings that name a broker of one's own (kafka.bootstrap).")
    private @Nullable Path config;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object a line (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    private final Clock clock = Clock.systemUTC();

    AlertsCommand() {}

    @Override
    public Integer call() throws Exception {
        Standing standing;
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "alerts")) {
            standing = Standing.of(broker.kafka(), ControlTopic.said(broker.kafka()));
        }
        Instant now = clock.instant();
        List<ToldAlert> shown =
                standing.alerts().stream().filter(told -> all || told.isOpen()).toList();
        for (ToldAlert told : shown) {
            if (format == OutputFormat.JSON) {
                System.out.println(JSON.writeValueAsString(told.json()));
            } else {
                told.lines(now).forEach(System.out::println);
            }
        }
        if (shown.isEmpty() && format == OutputFormat.TEXT) {
            System.out.println(all ? "There was no alert" : "Nothing fires");
        }
        return 0;
    }
}
