package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorate.events.MemberScrape;
import io.quorate.events.PollTally;
import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.discovery.FileGroups;
import io.quorate.ingest.discovery.Naming;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.ingest.prometheus.ScrapeSource;
import io.quorate.ingest.transport.Tls;
import io.quorate.ingest.transport.Transport;
import io.quorate.testkit.BadTargets;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty good members and one bad target of each kind, polled by the same two subtasks of a real Flink. When all have shown
 * what they do, all are taken out, so that the ledger tells of each from its first poll to its last.
 */
class BesideBadTargetsTest {

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(METRICS.addToConfiguration(new Configuration()))
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    /** Long, so that the good ones have polls to make while a bad one keeps somebody waiting. */
    private static final Duration INTERVAL_OF_BAD = Duration.ofSeconds(8);

    private static final List<String> GOOD =
            IntStream.range(0, 20).mapToObj(i -> "good-" + i).toList();
    private static final int MEBIBYTE = 1 << 20;

    /** How each is told of, from its reason on. */
    private static final Map<String, String> TOLD = Map.of(
            "hanging", "timeout: no whole answer within 8000ms",
            "large", "too-large: the answer is larger than 16777216 bytes; expected a page of etcd",
            "bomb", "too-large: the answer is larger than 16777216 bytes unpacked; expected a page of etcd",
            "garbage", "not-metrics: no metric of etcd on the page: ",
            "dripping", "slow: no whole answer within 8000ms, only ",
            "expired", "tls: certificate expired: ",
            "unauthorized", "auth: HTTP 401; expected one who may read metrics");

    /** Fetches of good pages, by cluster. */
    private static final Map<String, AtomicInteger> FETCHES = new ConcurrentHashMap<>();

    private static final List<Observation> SEEN = new CopyOnWriteArrayList<>();

    private static BadTargets bad;

    /** Whether every good one was fetched twice while the hanging one kept its reader waiting, as the servers saw it. */
    private static boolean polledMeanwhile;

    @BeforeAll
    static void pollUntilAllHaveShownWhatTheyDo(@TempDir Path folder, @InjectMiniCluster MiniCluster flink)
            throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer pages = serve(threads);
        bad = BadTargets.start(folder);
        Path goodOnes = folder.resolve("good.json");
        Path badOnes = folder.resolve("bad.json");
        String address = "127.0.0.1:" + pages.getAddress().getPort();
        name(goodOnes, GOOD.stream().map(cluster -> group(cluster, "http", address)));
        name(
                badOnes,
                bad.byName().entrySet().stream()
                        .map(one -> group(
                                one.getKey(),
                                one.getValue().url().replaceFirst(":.*", ""),
                                one.getValue().address())));
        StreamExecutionEnvironment env = new TestStreamEnvironment(flink, new Configuration(), 2, List.of(), List.of());
        ScrapeSource source = new ScrapeSource(List.of(
                entry(goodOnes, INTERVAL, Transport.PLAIN),
                entry(badOnes, INTERVAL_OF_BAD, Transport.of(new Tls(bad.ca().toString(), null, null, null, false)))));
        try (CloseableIterator<Observation> observations =
                env.fromSource(source, WatermarkStrategy.noWatermarks(), "poll").executeAndCollect()) {
            threads.execute(() -> collect(observations));
            polledMeanwhile = polledWhileOneHangs();
            await().atMost(PATIENCE)
                    .until(() -> bad.byName().keySet().stream()
                                    .noneMatch(one -> scrapes(one).isEmpty())
                            && GOOD.stream().allMatch(one -> scrapes(one).size() >= 4));
            name(goodOnes, Stream.of());
            name(badOnes, Stream.of());
            await().atMost(PATIENCE).until(() -> all().allMatch(BesideBadTargetsTest::isTold));
        } finally {
            bad.close();
            pages.stop(0);
            threads.shutdownNow();
        }
    }

    @AfterAll
    static void forget() {
        SEEN.clear();
    }

    @Test
    void everyGoodOneIsPolledWhileABadOneHangs() {
        assertThat(polledMeanwhile).isTrue();
    }

    @Test
    void everyGoodOneHasEachOfItsPollsAndNoneFails() {
        assertThat(GOOD).allSatisfy(one -> {
            PollTally tally = tally(one);
            assertThat(tally.failed()).isEmpty();
            assertThat(tally.leftOut()).isZero();
            // The last one may have been under way when its target was taken out.
            assertThat(tally.answered()).isBetween(tally.expected() - 1, tally.expected());
            assertThat(tally.expected())
                    .isGreaterThanOrEqualTo((long) tally.countedSeconds() / INTERVAL.toSeconds() - 1);
            assertThat(scrapes(one)).hasSizeBetween((int) tally.answered() - 1, (int) tally.answered());
            assertThat(scrapes(one)).allSatisfy(scrape -> {
                assertThat(scrape.failure()).isNull();
                assertThat(scrape.histograms()).isNotEmpty();
            });
        });
    }

    @Test
    void everyBadOneIsAFailedScrapeThatSaysWhy() {
        assertThat(TOLD)
                .allSatisfy((one, told) -> assertThat(scrapes(one))
                        .isNotEmpty()
                        .extracting(MemberScrape::failure)
                        .allSatisfy(failure -> assertThat(failure).startsWith(told)));
    }

    @Test
    void everyBadOneHasItsReasonInTheLedger() {
        assertThat(TOLD).allSatisfy((one, told) -> {
            PollTally tally = tally(one);
            assertThat(tally.answered()).isZero();
            assertThat(tally.failed()).extracting(PollTally.Failed::reason).containsExactly(reason(told));
            assertThat(tally.failed().get(0).count())
                    .isBetween((long) scrapes(one).size(), scrapes(one).size() + 1L);
        });
    }

    @Test
    void everyBadOneHasItsReasonInItsMetricAndNoGoodOneHasAny() {
        Map<String, String> counted = new TreeMap<>();
        METRICS.getMetricsByGroup().forEach((group, metrics) -> {
            Metric failures = metrics.get("failuresByTarget");
            if (failures != null) {
                assertThat(((Counter) failures).getCount()).isPositive();
                Map<String, String> labels = group.getAllVariables();
                assertThat(labels.get("<target>")).isEqualTo(labels.get("<cluster>") + "/m1");
                counted.merge(labels.get("<cluster>"), labels.get("<reason>"), (some, other) -> some + "," + other);
            }
        });

        Map<String, String> told = new TreeMap<>();
        TOLD.forEach((one, failure) -> told.put(one, reason(failure)));
        assertThat(counted).isEqualTo(told);
    }

    @Test
    void bothSubtasksPollSomeOfThem() {
        List<String> subtasks = METRICS.getMetricsByGroup().entrySet().stream()
                .filter(group -> group.getValue().get("polls") instanceof Counter polls && polls.getCount() > 0)
                .map(group -> group.getKey().getAllVariables().get("<subtask_index>"))
                .toList();
        assertThat(subtasks).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void ofWhatIsTooLargeNoMoreIsTakenThanTheCapAndWhatBuffersHold() {
        assertThat(bad.large().mostSent()).isBetween(16L * MEBIBYTE, 50L * MEBIBYTE);
        // Packed to a thousandth: the cap is reached within a few KiB.
        assertThat(bad.bomb().mostSent()).isBetween(16L << 10, 2L * MEBIBYTE);
    }

    /** Tries again where this machine was too busy; with a reader that waits for the hanging one it cannot be. */
    private static boolean polledWhileOneHangs() {
        for (int tries = 0; tries < 5; tries++) {
            await().atMost(PATIENCE).until(() -> bad.hanging().waiting() > 0);
            int asked = bad.hanging().asked();
            Map<String, Integer> before = new TreeMap<>();
            GOOD.forEach(one -> before.put(one, fetches(one)));
            await().atMost(PATIENCE).until(() -> GOOD.stream().allMatch(one -> fetches(one) >= before.get(one) + 2));
            if (bad.hanging().waiting() > 0 && bad.hanging().asked() == asked) {
                return true;
            }
        }
        return false;
    }

    private static int fetches(String cluster) {
        return FETCHES.getOrDefault(cluster, new AtomicInteger()).get();
    }

    private static List<MemberScrape> scrapes(String cluster) {
        return SEEN.stream()
                .map(Observation::scrape)
                .filter(scrape -> scrape != null && scrape.cluster().equals(cluster))
                .toList();
    }

    /** Of all its minutes. */
    private static PollTally tally(String cluster) {
        return tallies(cluster).reduce(BesideBadTargetsTest::sum).orElseThrow();
    }

    /** Whether it has been let go: its last minute was told at once, and not when it was over. */
    private static boolean isTold(String cluster) {
        return tallies(cluster)
                .anyMatch(tally -> tally.countedAt().isBefore(tally.minute().plusSeconds(62)));
    }

    private static Stream<PollTally> tallies(String cluster) {
        return SEEN.stream().map(Observation::tally).filter(tally -> tally != null && cluster.equals(tally.cluster()));
    }

    private static PollTally sum(PollTally some, PollTally more) {
        Map<String, Long> failed = new TreeMap<>();
        Stream.of(some, more)
                .flatMap(tally -> tally.failed().stream())
                .forEach(one -> failed.merge(one.reason(), one.count(), Long::sum));
        return new PollTally(
                some.source(),
                some.target(),
                some.cluster(),
                some.minute(),
                some.countedFrom(),
                some.countedAt(),
                some.countedSeconds() + more.countedSeconds(),
                some.expected() + more.expected(),
                some.answered() + more.answered(),
                some.leftOut() + more.leftOut(),
                failed.entrySet().stream()
                        .map(one -> new PollTally.Failed(one.getKey(), one.getValue()))
                        .toList());
    }

    private static Stream<String> all() {
        return Stream.concat(GOOD.stream(), TOLD.keySet().stream());
    }

    private static String reason(String told) {
        return told.substring(0, told.indexOf(':'));
    }

    private static void collect(CloseableIterator<Observation> observations) {
        try {
            observations.forEachRemaining(SEEN::add);
        } catch (RuntimeException closed) {
            // The end of the test.
        }
    }

    private static ScrapeSettings entry(Path targets, Duration interval, Transport transport) {
        return new ScrapeSettings(
                new DiscoverySettings(
                        new FileGroups(List.of(targets.toString())),
                        new Naming("cluster", null, null, "http", 0),
                        Duration.ofSeconds(1)),
                interval,
                interval,
                transport);
    }

    private static String group(String cluster, String scheme, String address) {
        return """
                {"targets": ["%s"], "labels": {"cluster": "%s", "member": "m1", "__scheme__": "%s", \
                "__metrics_path__": "/%s"}}""".formatted(address, cluster, scheme, cluster);
    }

    /** Writes a file of targets, as whole as a rename makes it. */
    private static void name(Path file, Stream<String> groups) throws IOException {
        Path half = Files.writeString(file.resolveSibling("half"), "[" + String.join(",", groups.toList()) + "]");
        Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static HttpServer serve(ExecutorService threads) throws IOException {
        byte[] page = packedPage();
        HttpServer pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.setExecutor(threads);
        pages.createContext("/", exchange -> answer(exchange, page));
        pages.start();
        return pages;
    }

    private static void answer(HttpExchange exchange, byte[] page) throws IOException {
        try (exchange) {
            FETCHES.computeIfAbsent(exchange.getRequestURI().getPath().substring(1), unseen -> new AtomicInteger())
                    .incrementAndGet();
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        }
    }

    /** What a real etcd showed. */
    private static byte[] packedPage() throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(BesideBadTargetsTest.class.getResourceAsStream("/recordings/healthy.jsonl.gz")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode recorded = json.readTree(line);
                if (recorded.path("kind").asText().equals("metrics") && recorded.has("body")) {
                    ByteArrayOutputStream packed = new ByteArrayOutputStream();
                    try (OutputStream gzip = new GZIPOutputStream(packed)) {
                        gzip.write(recorded.path("body").asText().getBytes(StandardCharsets.UTF_8));
                    }
                    return packed.toByteArray();
                }
            }
        }
        throw new IllegalStateException("no page in the recording");
    }
}
