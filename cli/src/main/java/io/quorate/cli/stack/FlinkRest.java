package io.quorate.cli.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.PartUnavailable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a Flink cluster tells of itself over its REST API. */
public final class FlinkRest {

    /** One job as it is now; {@code tasks} counts subtasks, {@code running} those of them that run. */
    public record Job(String id, String name, String state, Instant startedAt, int running, int tasks) {

        /** Whether it and all its tasks run. */
        public boolean runs() {
            return state.equals("RUNNING") && tasks > 0 && running == tasks;
        }

        /** Whether it will never run again by itself. */
        public boolean ended() {
            return state.equals("FAILED") || state.equals("CANCELED") || state.equals("FINISHED");
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final List<String> urls;

    /** @param urls one per JobManager; any of them answers for all */
    public FlinkRest(List<String> urls) {
        this.urls = urls.stream().map(url -> url.replaceFirst("/+$", "")).toList();
    }

    /** The first address that answers. */
    public Optional<String> url() throws InterruptedException {
        for (String url : urls) {
            if (get(url + "/config").isPresent()) {
                return Optional.of(url);
            }
        }
        return Optional.empty();
    }

    /**
     * All jobs that the cluster remembers, those that have ended too.
     *
     * @throws PartUnavailable when no JobManager answers
     */
    public List<Job> jobs() throws InterruptedException {
        List<Job> jobs = new ArrayList<>();
        for (JsonNode job : answer("/jobs/overview").path("jobs")) {
            jobs.add(new Job(
                    job.path("jid").asText(),
                    job.path("name").asText(),
                    job.path("state").asText(),
                    Instant.ofEpochMilli(job.path("start-time").asLong()),
                    job.path("tasks").path("running").asInt(),
                    job.path("tasks").path("total").asInt()));
        }
        return jobs;
    }

    /** The job of that name that has not ended; the newest where there are several. */
    public Optional<Job> alive(String name) throws InterruptedException {
        return jobs().stream()
                .filter(job -> job.name().equals(name) && !job.ended())
                .max(Comparator.comparing(Job::startedAt));
    }

    /**
     * Whatever stands at that path.
     *
     * @throws PartUnavailable when no JobManager answers
     */
    public JsonNode answer(String path) throws InterruptedException {
        return ask(path)
                .orElseThrow(() -> new PartUnavailable("no Flink answers at " + String.join(" or ", urls)
                        + "; start one with 'quorate cluster flink start', or name yours with --flink URL"));
    }

    /** The same; empty where nobody answers. */
    public Optional<JsonNode> ask(String path) throws InterruptedException {
        for (String url : urls) {
            Optional<JsonNode> answer = get(url + path);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private Optional<JsonNode> get(String url) throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            // Not up yet, or not any more.
            return Optional.empty();
        }
    }
}
