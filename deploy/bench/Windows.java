import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.Migrations;
import io.quorate.sinks.clickhouse.Verification;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the percentiles job on what lies in the topics, and tells every five minutes of event time how many bytes a checkpoint
 * takes. With a second argument the history job beside it, and then SQL's own opinion of every row.
 */
final class Windows {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Windows() {}

    public static void main(String[] args) throws Exception {
        Settings settings = SettingsReader.read(Path.of(args[0]));
        Instant until = Instant.parse(args[1]);
        int members = Integer.parseInt(args[2]);
        boolean history = args.length > 3;
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        long begun = System.nanoTime();
        Configuration configuration = JobEnvironment.configuration(
                new FlinkSettings(System.getenv().get("CHECKPOINTS"), Duration.ofSeconds(10)));
        configuration.set(RestOptions.PORT, port);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        PercentilesJob.define(env, settings);
        JobClient percentiles = env.executeAsync("percentiles");
        JobClient saved = null;
        if (history) {
            Migrations.applyTo(settings.clickhouse());
            StreamExecutionEnvironment other = StreamExecutionEnvironment.createLocalEnvironment(
                    2, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(10))));
            HistoryJob.define(other, settings);
            saved = other.executeAsync("history");
        }
        String job = "http://127.0.0.1:" + port + "/jobs/" + percentiles.getJobID();
        Instant told = Instant.EPOCH;
        Instant time = Instant.EPOCH;
        System.out.printf("%-8s %12s %12s  %s%n", "event", "state MiB", "KiB/member", "of which MiB");
        while (time.isBefore(until.minusSeconds(20))) {
            Thread.sleep(500);
            time = watermark(job);
            if (!time.isBefore(told.plus(Duration.ofMinutes(5)))) {
                told = time;
                state(job, time, members);
            }
        }
        state(job, time, members);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double cpu = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
        System.out.printf("windows up to %s after %.0f s, %.0f CPU seconds%n", time, seconds, cpu);
        if (saved != null) {
            ClickHouseClient clickhouse = new ClickHouseClient(settings.clickhouse());
            String newest = "SELECT toInt64(toUnixTimestamp(max(window_end))) FROM scope_window WHERE scope = 'fleet'";
            long rows = -1;
            long now = 0;
            while (now != rows || Long.parseLong(clickhouse.execute(newest).strip()) < until.minusSeconds(30).getEpochSecond()) {
                Thread.sleep(5000);
                rows = now;
                now = Long.parseLong(
                        clickhouse.execute("SELECT sum(total_rows) FROM system.tables WHERE database = currentDatabase()").strip());
            }
            System.out.printf("%d rows in ClickHouse after %.0f s%n", now, (System.nanoTime() - begun) / 1e9);
            percentiles.cancel().get();
            saved.cancel().get();
            long asked = System.nanoTime();
            Verification verification = Verification.of(settings.clickhouse());
            verification.checks().forEach(System.out::println);
            System.out.printf("verified in %.0f s: %s%n", (System.nanoTime() - asked) / 1e9, verification.holds() ? "holds" : "DIFFERS");
        } else {
            percentiles.cancel().get();
        }
        System.exit(0);
    }

    private static JsonNode get(String url) throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** How far the sums of the whole fleet are. */
    private static Instant watermark(String job) throws Exception {
        for (JsonNode vertex : get(job).path("vertices")) {
            if (vertex.path("name").asText().contains("wide-sums")) {
                long least = Long.MAX_VALUE;
                for (JsonNode one : get(job + "/vertices/" + vertex.get("id").asText() + "/watermarks")) {
                    least = Math.min(least, one.get("value").asLong());
                }
                return least == Long.MAX_VALUE || least < 0 ? Instant.EPOCH : Instant.ofEpochMilli(least);
            }
        }
        return Instant.EPOCH;
    }

    private static void state(String job, Instant time, int members) throws Exception {
        JsonNode latest = get(job + "/checkpoints").path("latest").path("completed");
        if (!latest.has("id")) {
            return;
        }
        Map<String, Long> sizes = new TreeMap<>();
        JsonNode tasks = get(job + "/checkpoints/details/" + latest.get("id").asText()).path("tasks");
        for (JsonNode vertex : get(job).path("vertices")) {
            long bytes = tasks.path(vertex.get("id").asText()).path("state_size").asLong();
            if (bytes > 1 << 20) {
                sizes.put(vertex.get("name").asText().replaceAll("[ (].*", ""), bytes >> 20);
            }
        }
        double bytes = latest.get("state_size").asDouble();
        System.out.printf(
                "%-8s %12.1f %12.1f  %s%n",
                time.toString().substring(11, 19), bytes / (1 << 20), bytes / 1024 / members, sizes);
    }
}
