package io.quorate.cli.cluster.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.desk.Home;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What runs of the session cluster. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Show the cluster's processes, slots and jobs; exit code 1 when it does not run.")
final class FlinkStatusCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text or json (default: text).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws Exception {
        Home home = Home.current();
        Optional<KeptFlink> kept = KeptFlink.keeper(home).tells(KeptFlink.class);
        if (kept.isEmpty()) {
            System.err.println("No Flink runs from " + home.root() + "; start one with 'quorate cluster flink start'");
            return 1;
        }
        FlinkRest rest = new FlinkRest(kept.get().urls());
        JsonNode overview = rest.answer("/overview");
        if (format == OutputFormat.JSON) {
            ObjectNode told = JSON.valueToTree(kept.get());
            told.set("overview", overview);
            KeptDesk.keeper(home).tells(KeptDesk.class).ifPresent(desk -> told.set("desk", JSON.valueToTree(desk)));
            System.out.println(JSON.writeValueAsString(told));
            return 0;
        }
        System.out.println("Flink " + overview.path("flink-version").asText() + " at "
                + String.join(" and ", kept.get().urls()));
        kept.get().pids().forEach((name, pid) -> {
            String metrics = kept.get().metrics().get(name);
            System.out.printf("  %-22s pid %-8d %s%n", name, pid, metrics == null ? "" : metrics);
        });
        System.out.printf(
                "Slots: %d, %d free; jobs: %d run, %d failed%n",
                overview.path("slots-total").asInt(),
                overview.path("slots-available").asInt(),
                overview.path("jobs-running").asInt(),
                overview.path("jobs-failed").asInt());
        KeptDesk.keeper(home)
                .tells(KeptDesk.class)
                .ifPresent(desk -> System.out.println("Beside it: " + desk.inWords()));
        return 0;
    }
}
