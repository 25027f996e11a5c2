package io.quorate.cli.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.RunsBroker;
import io.quorate.desk.Home;
import io.quorate.events.Control;
import io.quorate.jobs.kafka.ControlTopic;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What people have changed while the jobs ran, and what of it counts now. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = {
            "Show the rules and overrides that were applied while the jobs ran and count now.",
            "Without --config: those of the last run from here, also when it has ended."
        })
final class ListCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings that name a broker of one's own (kafka.bootstrap).")
    private @Nullable Path config;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description =
                    "text; or json, one object a line, with the text that was applied (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        List<Control> all;
        try (RunsBroker broker = RunsBroker.open(Home.current(), config, "rules")) {
            all = ControlTopic.inForce(ControlTopic.said(broker.kafka())).stream()
                    .filter(control -> List.of(Control.RULE, Control.OVERRIDE).contains(control.kind()))
                    .toList();
        }
        for (Control control : all) {
            System.out.println(format == OutputFormat.JSON ? json(control) : text(control));
        }
        if (all.isEmpty() && format == OutputFormat.TEXT) {
            System.out.println("Nothing was applied: the rules are those that the jobs began with");
        }
        return 0;
    }

    private static String text(Control control) {
        return "%-8s  %-6s  %s  %s by %s"
                .formatted(control.kind(), control.mode(), control.id(), control.at(), control.by());
    }

    private static String json(Control control) throws JsonProcessingException {
        Map<String, @Nullable String> fields = new LinkedHashMap<>();
        fields.put("kind", control.kind());
        fields.put("id", control.id());
        fields.put("mode", control.mode());
        fields.put("at", control.at().toString());
        fields.put("by", control.by());
        fields.put("text", control.text());
        return JSON.writeValueAsString(fields);
    }
}
