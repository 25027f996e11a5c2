package io.quorate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.jobs.alerting.AlertingJob;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.ingest.IngestJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operators of every job by their uids, which savepoints know them by: none may change by accident. */
class JobUidsTest {

    @Test
    void areTheOnesThatSavepointsKnow(@TempDir Path folder) throws Exception {
        Settings settings = settings(folder);
        StringBuilder told = new StringBuilder();
        jobs().forEach((name, job) ->
                told.append(name).append('\n').append(uids(job, settings)).append('\n'));

        try (InputStream golden = JobUidsTest.class.getResourceAsStream("/golden/uids.txt")) {
            assertThat(golden).isNotNull();
            assertThat(told.toString()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void haveTheMaintenanceOnlyWhereThereIsACalendar(@TempDir Path folder) throws Exception {
        assertThat(uids(DetectionJob::define, settings(folder))).doesNotContain("maintenance-of");
        Settings calendar = settings(
                folder,
                "rules: { maintenance: [ { maintenance: nights, where: { env: dev }, every: 'sat 02:00..04:00' } ] }");
        assertThat(uids(DetectionJob::define, calendar))
                .contains("  maintenance-of-statuses\n", "  maintenance-of-windows\n");
    }

    /** Whoever writes to a topic must take back what no record can hold. */
    @Test
    void noJobDropsAnEventThatIsTooLargeToBeWritten(@TempDir Path folder) throws Exception {
        Settings settings = settings(folder);
        jobs().forEach((name, job) -> assertThat(graph(job, settings).getStreamNodes())
                .as(name)
                .filteredOn(node -> encodesEvents(node.getTransformationUID()))
                .allSatisfy(node -> assertThat(node.getOutEdges())
                        .as(node.getOperatorName())
                        .anyMatch(edge -> edge.getOutputTag() != null)));
    }

    /** What is chained at one parallelism and not at another would have two maxima: no savepoint could be rescaled. */
    @Test
    void noOperatorHasAMaximumParallelismOfItsOwn(@TempDir Path folder) throws Exception {
        Settings settings = settings(folder);
        jobs().forEach((name, job) -> assertThat(graph(job, settings).getStreamNodes())
                .as(name)
                .allSatisfy(node -> assertThat(node.getMaxParallelism())
                        .as(node.getOperatorName())
                        .isEqualTo(-1)));
    }

    private static boolean encodesEvents(String uid) {
        return uid != null && uid.startsWith("encode-") && !uid.equals("encode-dead-letter");
    }

    private static Settings settings(Path folder) throws Exception {
        return settings(folder, "");
    }

    private static Settings settings(Path folder, String more) throws Exception {
        Path file = folder.resolve("quorate.yaml");
        Files.writeString(file, """
                ingest:
                  prometheus: [ { url: "http://127.0.0.1:9090" } ]
                  etcd: [ { cluster: c1, endpoints: ["http://127.0.0.1:2379"] } ]
                alerting: { receivers: [ { webhook: { url: "http://127.0.0.1:9099/hook" } } ] }
                """ + more);
        return SettingsReader.read(file)
                .orEmbedded(
                        KafkaSettings.single("127.0.0.1:9092", 1, Duration.ofSeconds(1)),
                        ClickHouseSettings.at("http://127.0.0.1:8123"),
                        "file:///checkpoints");
    }

    private static Map<String, BiConsumer<StreamExecutionEnvironment, Settings>> jobs() {
        Map<String, BiConsumer<StreamExecutionEnvironment, Settings>> jobs = new LinkedHashMap<>();
        jobs.put("ingest", IngestJob::define);
        jobs.put("percentiles", PercentilesJob::define);
        jobs.put("detection", DetectionJob::define);
        jobs.put("alerting", AlertingJob::define);
        jobs.put("history", HistoryJob::define);
        return jobs;
    }

    private static StreamGraph graph(BiConsumer<StreamExecutionEnvironment, Settings> job, Settings settings) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        job.accept(env, settings);
        return env.getStreamGraph();
    }

    private static String uids(BiConsumer<StreamExecutionEnvironment, Settings> job, Settings settings) {
        return graph(job, settings).getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                // What Flink adds by itself has a name of Flink's.
                .filter(uid -> uid != null && !uid.contains(" "))
                .sorted()
                .map(uid -> "  " + uid + "\n")
                .collect(Collectors.joining());
    }
}
