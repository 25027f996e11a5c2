import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.Alert;
import io.quorate.events.LeaderChange;
import io.quorate.events.Symptom;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.detection.PatternsPipeline;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleReader;
import io.quorate.rules.StepPattern;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Runs five patterns at full speed on what a fleet at rest or in a storm would show, for so many seconds, and tells what a
 * symptom costs and what a cluster keeps.
 */
final class Patterns {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Instant BEGIN = Instant.parse("2026-03-02T10:00:00Z");
    private static final long WINDOW = 10_000;
    private static final AtomicLong SYMPTOMS = new AtomicLong();
    private static final AtomicLong ALERTS = new AtomicLong();

    private static final List<String> STEPS = List.of(
            """
              - { step: disk-is-slow, symptom: DiskSlow }
              - { step: heartbeats-fail, symptom: HeartbeatsFail, member: same }
              - { step: network-fails, symptom: SendsFail, absent: true }
              - { step: leader-moves, leader-change: { planned: [no, unknown] } }
            """,
            """
              - { step: sends-fail, symptom: SendsFail, times: { at-least: 3 } }
              - { step: leader-moves, leader-change: { planned: [no, unknown] } }
            """,
            """
              - { step: leader-moves, leader-change: { planned: [no, unknown] } }
              - { step: disk-is-slow, symptom: DiskSlow, absent: true }
            """,
            """
              - { step: sends-fail, symptom: SendsFail, times: { at-least: 4, or-members-plus: 2 } }
            """,
            """
              - { step: disk-is-slow, symptom: DiskSlow }
              - { step: heartbeats-fail, symptom: HeartbeatsFail, member: same }
            """);

    private Patterns() {}

    public static void main(String[] args) throws Exception {
        boolean storm = args[0].equals("storm");
        int clusters = Integer.parseInt(args[1]);
        int seconds = Integer.parseInt(args[2]);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Configuration configuration = JobEnvironment.configuration(
                new FlinkSettings(System.getenv().get("CHECKPOINTS"), Duration.ofSeconds(5)));
        configuration.set(RestOptions.PORT, port);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        // Time goes on window by window, as it does live.
        DataStream<Long> ticks = env.fromSequence(0, Long.MAX_VALUE / 2)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Long>forGenerator(context -> new AtEveryWindow())
                        .withTimestampAssigner((tick, time) -> end(tick / clusters)));
        DataStream<Symptom> symptoms = ticks.<Symptom>flatMap((tick, out) ->
                        symptoms(tick / clusters, (int) (tick % clusters), storm).forEach(symptom -> {
                            SYMPTOMS.incrementAndGet();
                            out.collect(symptom);
                        }))
                .returns(TypeInformation.of(Symptom.class));
        DataStream<LeaderChange> changes = ticks.<LeaderChange>flatMap((tick, out) -> {
                    // At rest each cluster changes its leader once in some hours.
                    long window = tick / clusters;
                    int cluster = (int) (tick % clusters);
                    if ((window + cluster) % (storm ? 3 : 3000) == 0) {
                        out.collect(change(window, cluster));
                    }
                })
                .returns(TypeInformation.of(LeaderChange.class));
        List<Rule> rules = rules();
        for (Rule rule : rules) {
            DataStream<Alert> alerts = PatternsPipeline.patterns(
                    symptoms, changes, rule, (StepPattern) rule.condition(), PatternsPipeline.ranks(rules), WINDOW);
            alerts.map(alert -> ALERTS.incrementAndGet()).sinkTo(new DiscardingSink<>());
        }
        JobClient job = env.executeAsync("patterns");
        String rest = "http://127.0.0.1:" + port + "/jobs/" + job.getJobID();

        // The first third warms the JVM up.
        Thread.sleep(seconds * 1000L / 3);
        long symptomsBefore = SYMPTOMS.get();
        double cpuBefore = cpu();
        long largest = 0;
        for (int i = 0; i < seconds * 2 / 3; i++) {
            Thread.sleep(1000);
            largest = Math.max(largest, state(rest));
        }
        double cost = (cpu() - cpuBefore) / (SYMPTOMS.get() - symptomsBefore);
        double perSecond = clusters * (storm ? 9.0 : 0.02) / (WINDOW / 1000);
        System.out.printf(
                "%-6s %,12.0f symptoms per second and core; %d clusters show %,.0f a second: %.3f of a core; state %,d B per cluster; %,d alerts; by operator %s%n",
                args[0], 1 / cost, clusters, perSecond, perSecond * cost, largest / clusters, ALERTS.get(), parts(rest));
        job.cancel().get();
        System.exit(0);
    }

    private static long end(long window) {
        return BEGIN.toEpochMilli() + (window + 1) * WINDOW;
    }

    /** A window's end is reached when the next one's first event is there. */
    private static final class AtEveryWindow implements WatermarkGenerator<Long> {

        private long last = Long.MIN_VALUE;

        @Override
        public void onEvent(Long tick, long time, WatermarkOutput out) {
            if (time > last) {
                last = time;
                out.emitWatermark(new Watermark(time - 1));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput out) {}
    }

    private static List<Rule> rules() throws Exception {
        List<Rule> rules = new ArrayList<>();
        for (String steps : STEPS) {
            rules.add(RuleReader.parse("bench", """
                    # Why.
                    rule: Bench%d
                    schema: rules/v1
                    maturity: sandbox
                    reads: symptom
                    per: cluster
                    within: 2m
                    resolve-after: 5m
                    alert: { severity: warning, summary: "{cluster}: {steps}" }
                    pattern:
                    """.formatted(rules.size()) + steps));
        }
        return rules;
    }

    private static List<Symptom> symptoms(long window, int cluster, boolean storm) {
        List<Symptom> symptoms = new ArrayList<>();
        for (int member = 1; storm && member <= 3; member++) {
            for (String rule : List.of("DiskSlow", "HeartbeatsFail", "SendsFail")) {
                symptoms.add(symptom(window, cluster, "m" + member, rule));
            }
        }
        if (!storm && cluster % 50 == 0) {
            symptoms.add(symptom(window, cluster, "m1", "DiskSlow"));
        }
        return symptoms;
    }

    private static Symptom symptom(long window, int cluster, String member, String rule) {
        Instant from = BEGIN.plusMillis(window * WINDOW);
        return new Symptom(
                rule,
                "cluster-" + cluster,
                "c" + cluster,
                member,
                "id-" + member,
                Symptom.Kind.STILL,
                BEGIN,
                from,
                from.plusMillis(WINDOW),
                3,
                "p99 in (256 ms, 512 ms]");
    }

    private static LeaderChange change(long window, int cluster) {
        Instant at = BEGIN.plusMillis(window * WINDOW + 3000);
        return new LeaderChange(
                "cluster-" + cluster,
                "c" + cluster,
                "m1",
                "id-m1",
                "m2",
                "id-m2",
                window,
                at,
                at.plusMillis(300),
                LeaderChange.Planned.UNKNOWN,
                3);
    }

    private static double cpu() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                        .getProcessCpuTime()
                / 1e9;
    }

    private static JsonNode get(String url) throws Exception {
        return JSON.readTree(HTTP.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static long state(String job) throws Exception {
        return get(job + "/checkpoints").path("latest").path("completed").path("state_size").asLong();
    }

    private static Map<String, String> parts(String job) throws Exception {
        JsonNode latest = get(job + "/checkpoints").path("latest").path("completed");
        JsonNode tasks = get(job + "/checkpoints/details/" + latest.path("id").asText()).path("tasks");
        Map<String, String> sizes = new TreeMap<>();
        for (JsonNode vertex : get(job).path("vertices")) {
            long bytes = tasks.path(vertex.get("id").asText()).path("state_size").asLong();
            if (bytes > 1 << 16) {
                sizes.put(vertex.get("name").asText().replaceAll("[ (].*", ""), (bytes >> 10) + " KiB");
            }
        }
        return sizes;
    }
}
