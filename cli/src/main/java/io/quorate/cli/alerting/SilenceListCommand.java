package io.quorate.cli.alerting;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.jobs.alerting.Silence;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.jobs.kafka.ControlTopic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The silences that hold. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Show the silences that hold now, the one that ends first on top.",
            "Without --config: those of the last run from here, also when it has ended."
        })
final class SilenceListCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--all", description = "Also those that are over by themselves; not those that were ended.")
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

    @Override
    public Integer call() throws Exception {
        List<Silence> silences;
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "alerts")) {
            silences = Controls.silences(ControlTopic.said(broker.kafka()));
        }
        Instant now = clock.instant();
        List<Silence> shown = silences.stream()
                .filter(silence -> all || now.isBefore(silence.until()))
                .toList();
        for (Silence silence : shown) {
            System.out.println(
                    format == OutputFormat.JSON ? JSON.writeValueAsString(json(silence)) : text(silence, now));
        }
        if (shown.isEmpty() && format == OutputFormat.TEXT) {
            System.out.println("No silence holds: everybody is told of everything");
        }
        return 0;
    }

    private static String text(Silence silence, Instant now) {
        return silence.id() + "  " + (now.isBefore(silence.until()) ? "until " : "over since ") + silence.until() + "  "
                + LabelMatcher.text(silence.where())
                + (silence.by().isEmpty() ? "" : "  by " + silence.by())
                + (silence.comment().isEmpty() ? "" : ": " + silence.comment());
    }

    private static ObjectNode json(Silence silence) {
        return JSON.createObjectNode()
                .put("id", silence.id())
                .put("where", LabelMatcher.text(silence.where()))
                .put("from", silence.from().toString())
                .put("until", silence.until().toString())
                .put("by", silence.by())
                .put("comment", silence.comment());
    }
}
