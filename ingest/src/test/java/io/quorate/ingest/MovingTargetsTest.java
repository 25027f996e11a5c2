package io.quorate.ingest;

import com.sun.net.httpserver.HttpServer;
import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.discovery.FileGroups;
import io.quorate.ingest.discovery.Naming;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.ingest.prometheus.ScrapeSource;
import io.quorate.ingest.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Targets that come and go while a real Flink polls them, and that move over its subtasks. */
class MovingTargetsTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(3)
            .build());

    /** Fetches of each page, by its member. */
    private final Map<String, AtomicInteger> fetches = new ConcurrentHashMap<>();

    @TempDir
    Path folder;

    private HttpServer pages;

    @BeforeEach
    void serve() throws Exception {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/", exchange -> {
            fetches.computeIfAbsent(exchange.getRequestURI().getPath(), unseen -> new AtomicInteger())
                    .incrementAndGet();
            byte[] page = "etcd_server_has_leader 1\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        pages.start();
    }

    @AfterEach
    void stop() {
        pages.stop(0);
    }

    @Test
    void polledWhileTheyAreThereAndAfterRescalingFromASavepoint() throws Exception {
        name(0, 40);
        JobClient job = start(2, null);
        awaitPolled(0, 40);

        name(10, 70);
        awaitPolled(10, 70);
        awaitQuiet(0, 10);

        String savepoint = job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        name(20, 80);
        fetches.clear();
        JobClient rescaled = start(3, savepoint);
        awaitPolled(20, 80);
        awaitQuiet(0, 20);
        rescaled.cancel().get(60, TimeUnit.SECONDS);
    }

    @Test
    void polledOnFromASavepointWhenTheirDiscoveryCannotTell() throws Exception {
        name(0, 5);
        JobClient job = start(2, null);
        awaitPolled(0, 5);
        String savepoint = job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        Files.delete(folder.resolve("targets.json"));
        fetches.clear();

        JobClient again = start(3, savepoint);
        awaitPolled(0, 5);
        again.cancel().get(60, TimeUnit.SECONDS);
    }

    private JobClient start(int parallelism, @Nullable String savepoint) throws Exception {
        Configuration configuration = new Configuration();
        if (savepoint != null) {
            configuration.setString("execution.state-recovery.path", savepoint);
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(parallelism);
        ScrapeSource source = new ScrapeSource(List.of(new ScrapeSettings(
                new DiscoverySettings(
                        new FileGroups(List.of(folder.resolve("targets.json").toString())),
                        new Naming("cluster", null, null, "http", 0),
                        Duration.ofSeconds(1)),
                Duration.ofMillis(500),
                Duration.ofMillis(500),
                Transport.PLAIN)));
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "poll")
                .uid("poll")
                .sinkTo(new DiscardingSink<>())
                .uid("sink");
        return env.executeAsync();
    }

    /** Writes the file of targets, as whole as a rename makes it. */
    private void name(int from, int to) throws Exception {
        String address = "127.0.0.1:" + pages.getAddress().getPort();
        StringBuilder json = new StringBuilder("[");
        for (int i = from; i < to; i++) {
            json.append(i == from ? "" : ",")
                    .append(
                            "{\"targets\": [\"%s\"], \"labels\": {\"cluster\": \"c\", \"member\": \"m%d\", \"__metrics_path__\": \"/m%d\"}}"
                                    .formatted(address, i, i));
        }
        Path half = Files.writeString(folder.resolve("half"), json.append("]"));
        Files.move(half, folder.resolve("targets.json"), StandardCopyOption.REPLACE_EXISTING);
    }

    private void awaitPolled(int from, int to) {
        Set<String> wanted =
                Set.copyOf(IntStream.range(from, to).mapToObj(i -> "/m" + i).toList());
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            return fetches.keySet().containsAll(wanted);
        });
    }

    /** Nobody asks them any more: the others were asked three times more since, and they were not. */
    private void awaitQuiet(int from, int to) {
        List<String> gone = IntStream.range(from, to).mapToObj(i -> "/m" + i).toList();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            Map<String, Integer> before = counted(gone);
            int others = Objects.requireNonNull(fetches.get("/m" + to)).get();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Objects.requireNonNull(fetches.get("/m" + to)).get() >= others + 3);
            return counted(gone).equals(before);
        });
    }

    private Map<String, Integer> counted(List<String> paths) {
        Map<String, Integer> counts = new ConcurrentHashMap<>();
        paths.forEach(path ->
                counts.put(path, fetches.getOrDefault(path, new AtomicInteger()).get()));
        return counts;
    }
}
