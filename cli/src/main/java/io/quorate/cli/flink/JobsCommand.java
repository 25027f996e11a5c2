package io.quorate.cli.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.cli.output.OutputFormat;
import io.quorate.cli.stack.FlinkRest;
import io.quorate.cli.stack.QuorateJob;
import io.quorate.desk.Home;
import io.quorate.rules.yaml.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What runs on a Flink cluster. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        description = {
            "Show the jobs on a Flink cluster: state, tasks, restarts, last checkpoint.",
            "Exit code 1 when one that was submitted does not run."
        })
public final class JobsCommand implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private WhichFlink where = new WhichFlink();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "text; or json, one object a line (default: text).")
    private OutputFormat format = OutputFormat.TEXT;

    /** One line of the answer. */
    private record Line(
            QuorateJob job,
            FlinkRest.Job state,
            int restarts,
            long checkpoints,
            long failed,
            @Nullable Instant last,
            long bytes) {

        String text(Instant now) {
            String checkpoint = last == null
                    ? "none yet"
                    : Durations.text(Duration.ofSeconds(
                                    Math.max(0, Duration.between(last, now).toSeconds())))
                            + " ago, " + (bytes + 1023) / 1024 + " KiB";
            return "%-12s %-11s %3d/%-3d %8d  %-22s %6d  %s"
                    .formatted(
                            job.word(),
                            state.state(),
                            state.running(),
                            state.tasks(),
                            restarts,
                            checkpoint,
                            failed,
                            state.id());
        }

        String json() throws Exception {
            ObjectNode told = JSON.createObjectNode()
                    .put("job", job.word())
                    .put("id", state.id())
                    .put("state", state.state())
                    .put("runs", state.runs())
                    .put("startedAt", state.startedAt().toString())
                    .put("tasksRunning", state.running())
                    .put("tasks", state.tasks())
                    .put("restarts", restarts)
                    .put("checkpoints", checkpoints)
                    .put("checkpointsFailed", failed)
                    .put("checkpointBytes", bytes);
            return JSON.writeValueAsString(told.put("checkpointAt", last == null ? null : last.toString()));
        }
    }

    @Override
    public Integer call() throws Exception {
        FlinkRest rest = where.rest(Home.current());
        List<Line> lines = new ArrayList<>();
        for (QuorateJob job : QuorateJob.values()) {
            Optional<FlinkRest.Job> newest = rest.jobs().stream()
                    .filter(each -> each.name().equals(job.nameInFlink()))
                    .max(Comparator.comparing(FlinkRest.Job::startedAt));
            if (newest.isPresent()) {
                lines.add(line(rest, job, newest.get()));
            }
        }
        if (format == OutputFormat.TEXT) {
            System.out.println(
                    lines.isEmpty()
                            ? "No job of Quorate's is there; 'quorate submit all --config quorate.yaml'"
                            : "job          state         tasks restarts  checkpoint             failed  id");
        }
        Instant now = Instant.now();
        for (Line line : lines) {
            System.out.println(format == OutputFormat.JSON ? line.json() : line.text(now));
        }
        return lines.stream().allMatch(line -> line.state().runs() || stopped(line.state())) ? 0 : 1;
    }

    /** As somebody wished. */
    private static boolean stopped(FlinkRest.Job job) {
        return job.state().equals("CANCELED") || job.state().equals("FINISHED");
    }

    private static Line line(FlinkRest rest, QuorateJob job, FlinkRest.Job state) throws InterruptedException {
        JsonNode checkpoints = rest.answer("/jobs/" + state.id() + "/checkpoints");
        JsonNode last = checkpoints.path("latest").path("completed");
        JsonNode restarts = rest.answer("/jobs/" + state.id() + "/metrics?get=numRestarts")
                .path(0)
                .path("value");
        return new Line(
                job,
                state,
                restarts.asInt(),
                checkpoints.path("counts").path("completed").asLong(),
                checkpoints.path("counts").path("failed").asLong(),
                last.has("latest_ack_timestamp")
                        ? Instant.ofEpochMilli(last.path("latest_ack_timestamp").asLong())
                        : null,
                last.path("state_size").asLong());
    }
}
