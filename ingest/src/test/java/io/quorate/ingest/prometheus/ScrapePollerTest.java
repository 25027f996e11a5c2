package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.discovery.FileGroups;
import io.quorate.ingest.discovery.Naming;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.poll.Target;
import io.quorate.ingest.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScrapePollerTest {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final String PAGE = """
            # TYPE etcd_server_has_leader gauge
            etcd_server_has_leader 1
            etcd_server_proposals_committed_total 42
            go_unknown_to_the_catalogue 7
            """;

    private static final String NODE_PAGE = """
            process_start_time_seconds 5
            node_cpu_seconds_total{cpu="0",mode="idle"} 10
            node_cpu_seconds_total{cpu="1",mode="idle"} 20
            node_cpu_seconds_total{cpu="0",mode="user"} 1
            node_disk_io_time_seconds_total{device="vda"} 1
            node_disk_io_time_seconds_total{device="vdb"} 2
            node_disk_io_time_seconds_total{device="loop0"} 3
            node_disk_io_time_seconds_total{device="zram0"} 4
            node_filesystem_size_bytes{device="/dev/vda1",fstype="ext4",mountpoint="/"} 6
            node_filesystem_size_bytes{device="/dev/vdb1",fstype="ext4",mountpoint="/var/lib/etcd"} 7
            node_filesystem_size_bytes{device="/dev/vdc1",fstype="ext4",mountpoint="/var/lib/etcd2"} 8
            node_filesystem_size_bytes{device="tmpfs",fstype="tmpfs",mountpoint="/run"} 8
            node_network_receive_bytes_total{device="eth0"} 9
            node_network_receive_bytes_total{device="lo"} 10
            node_network_receive_bytes_total{device="veth01ab"} 11
            """;

    private int asked;
    private FakePollContext context = new FakePollContext();
    private final OkHttpClient client =
            new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(2)).build();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    /** What the server does with a question. */
    interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        context.close();
        server.stop(0);
        client.dispatcher().executorService().shutdown();
    }

    @Test
    void takesThePageAtItsOwnTime() {
        MemberScrape scrape = first(exchange -> send(exchange, 200, PAGE.getBytes(StandardCharsets.UTF_8), false));

        assertThat(scrape.answered()).isTrue();
        assertThat(scrape.cluster() + "/" + scrape.member()).isEqualTo("c/m1");
        assertThat(scrape.gauges()).contains(new Sample("etcd_server_has_leader", "", 1));
        assertThat(scrape.counters()).contains(new Sample("etcd_server_proposals_committed_total", "", 42));
        assertThat(scrape.observedAt()).isBeforeOrEqualTo(scrape.ingestedAt());
        assertThat(context.samples.get()).isGreaterThanOrEqualTo(2);
        assertThat(context.answers.get()).isEqualTo(1);
    }

    @Test
    void takesAPackedPage() {
        assertThat(first(exchange -> send(exchange, 200, packed(PAGE.getBytes(StandardCharsets.UTF_8)), true))
                        .answered())
                .isTrue();
    }

    @Test
    void namesWhyThereIsNone() throws Exception {
        assertThat(failure(exchange -> send(exchange, 401, new byte[0], false)))
                .isEqualTo(
                        "auth: HTTP 401; expected one who may read metrics: set basic, bearer-token-file or tls.certificate");
        assertThat(failure(exchange -> send(exchange, 404, new byte[0], false))).contains("usually /metrics");
        assertThat(failure(exchange -> send(exchange, 200, "<html>".getBytes(StandardCharsets.UTF_8), false)))
                .startsWith("not-metrics: no metric of etcd on the page: <html>");
        byte[] bomb = packed(new byte[100 << 20]);
        assertThat(failure(exchange -> send(exchange, 200, bomb, true)))
                .isEqualTo(
                        "too-large: the answer is larger than 16777216 bytes unpacked; expected a page of etcd, far below"
                                + " 1 MiB: check what answers");
        assertThat(failure(
                        exchange -> send(exchange, 200, "\u001b[2J\u009b2J".getBytes(StandardCharsets.UTF_8), false)))
                .isEqualTo("not-metrics: no metric of etcd on the page:  [2J 2J");
        assertThat(failure(exchange -> over.await())).isEqualTo("timeout: no whole answer within 500ms");
        assertThat(failure(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream body = exchange.getResponseBody();
                    // A byte now and then, until the other side has had enough.
                    for (char c : PAGE.repeat(100).toCharArray()) {
                        body.write(c);
                        body.flush();
                        if (over.await(20, TimeUnit.MILLISECONDS)) {
                            return;
                        }
                    }
                }))
                .matches(
                        "slow: no whole answer within 500ms, only [0-9]+ bytes; check the member's load, and the way to it");
    }

    @Test
    void refusesAPageOfFarTooManySeries() {
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < 20_001; i++) {
            page.append("etcd_network_peer_sent_bytes_total{To=\"").append(i).append("\"} 1\n");
        }
        assertThat(failure(exchange -> send(exchange, 200, page.toString().getBytes(StandardCharsets.UTF_8), false)))
                .startsWith("too-many-series: 20001 series of the catalogue, expected at most 20000");
    }

    @Test
    void saysThatNobodyListens() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertThat(scrape("http://127.0.0.1:" + port + "/metrics").failure()).startsWith("refused: ");
    }

    @Test
    void asksAMemberThatKeepsFailingSeldomerAndSaysSo() {
        server.createContext("/", exchange -> {
            try (exchange) {
                send(exchange, 500, new byte[0], false);
            }
        });
        try (ScrapePoller poller = poller(url("/"), TIMEOUT)) {
            poller.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> failures().stream().anyMatch(failure -> failure.startsWith("not-asked: 6 failures")));
        }

        assertThat(failures().subList(0, 5)).containsOnly("http-status: HTTP 500");
        assertThat(failures().get(5))
                .startsWith("not-asked: 5 failures in a row, last: http-status: HTTP 500; next try at 20");
        assertThat(failures().stream()
                        .takeWhile(failure -> !failure.startsWith("not-asked: 6"))
                        .filter("http-status: HTTP 500"::equals))
                .hasSize(6);
        assertThat(context.leftOut.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void tellsTheLabelsOfItsClusterWhereItIsTheOneToTellThem() {
        serve("/etcd", exchange -> send(exchange, 200, PAGE.getBytes(StandardCharsets.UTF_8), false));
        Map<String, String> labels = Map.of("cluster", "c", "member", "m1", "env", "prod", "region", "eu-1");
        try (ScrapePoller poller = poller(url("/etcd"), TIMEOUT, null, labels)) {
            poller.start();
            Awaitility.await().until(() -> context.scrapes().size() >= 3);
        }

        assertThat(context.rosters())
                .singleElement()
                .satisfies(roster -> assertThat(roster.cluster()).isEqualTo("c"))
                .satisfies(roster -> assertThat(roster.labels())
                        .containsExactlyInAnyOrderEntriesOf(Map.of("env", "prod", "region", "eu-1")))
                .satisfies(roster -> assertThat(roster.tellsMembers()).isFalse());
    }

    @Test
    void joinsTheNodeExporterOfTheMembersHost() {
        serve("/metrics", exchange -> send(exchange, 200, NODE_PAGE.getBytes(StandardCharsets.UTF_8), false));
        serve("/etcd", exchange -> send(exchange, 200, PAGE.getBytes(StandardCharsets.UTF_8), false));
        int port = server.getAddress().getPort();

        MemberScrape scrape = joined(new NodePage(port, "/var/lib/etcd"));

        assertThat(scrape.gauges())
                .contains(
                        new Sample("etcd_server_has_leader", "", 1),
                        new Sample("quorate_node_up", "node=\"127.0.0.1:" + port + "\"", 1),
                        new Sample(
                                "node_filesystem_size_bytes",
                                "device=\"/dev/vdb1\",fstype=\"ext4\",mountpoint=\"/var/lib/etcd\"",
                                7))
                .extracting(Sample::metric)
                .doesNotContain("process_start_time_seconds");
        assertThat(scrape.counters())
                .filteredOn(counter -> counter.metric().startsWith("node_"))
                .containsExactly(
                        new Sample("node_cpu_seconds_total", "mode=\"idle\"", 30),
                        new Sample("node_cpu_seconds_total", "mode=\"user\"", 1),
                        new Sample("node_disk_io_time_seconds_total", "device=\"vdb\"", 2),
                        new Sample("node_network_receive_bytes_total", "device=\"eth0\"", 9));
    }

    @Test
    void saysWhyTheNodeExporterOfItsHostIsMissingAndScrapesOn() {
        serve("/etcd", exchange -> send(exchange, 200, PAGE.getBytes(StandardCharsets.UTF_8), false));
        serve("/metrics", exchange -> over.await());
        int port = server.getAddress().getPort();

        MemberScrape scrape = joined(new NodePage(port, null));

        assertThat(scrape.gauges())
                .contains(
                        new Sample("etcd_server_has_leader", "", 1),
                        new Sample(
                                "quorate_node_up",
                                "why=\"no node-exporter answers at 127.0.0.1:" + port
                                        + ": timeout: no whole answer within 500ms\"",
                                0));
        assertThat(failures()).as("scrapes of the member").containsOnly("null");
    }

    /** The first scrape that tells of its machine. */
    private MemberScrape joined(NodePage nodes) {
        try (ScrapePoller poller = poller(url("/etcd"), Duration.ofSeconds(1), nodes)) {
            poller.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> context.scrapes().stream().anyMatch(ScrapePollerTest::tellsOfItsNode));
            assertThat(context.mistakes).isEmpty();
            return context.scrapes().stream()
                    .filter(ScrapePollerTest::tellsOfItsNode)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean tellsOfItsNode(MemberScrape scrape) {
        return scrape.gauges().stream().anyMatch(gauge -> gauge.metric().equals("quorate_node_up"));
    }

    private List<String> failures() {
        return context.scrapes().stream()
                .map(scrape -> String.valueOf(scrape.failure()))
                .toList();
    }

    private String failure(Answer answer) {
        String failure = String.valueOf(first(answer).failure());
        assertThat(context.reasons).containsExactly(failure.substring(0, failure.indexOf(':')));
        return failure;
    }

    private MemberScrape first(Answer answer) {
        String path = "/page-" + asked++ + "/";
        serve(path, answer);
        return scrape(url(path));
    }

    private void serve(String path, Answer answer) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private ScrapePoller poller(String url, Duration interval) {
        return poller(url, interval, null);
    }

    private ScrapePoller poller(String url, Duration interval, @Nullable NodePage nodes) {
        return poller(url, interval, nodes, Map.of("cluster", "c", "member", "m1"));
    }

    private ScrapePoller poller(String url, Duration interval, @Nullable NodePage nodes, Map<String, String> labels) {
        ScrapeSettings settings = new ScrapeSettings(
                new DiscoverySettings(
                        new FileGroups(List.of("none")),
                        new Naming("cluster", null, null, "http", 0),
                        DiscoverySettings.INTERVAL),
                interval,
                interval.compareTo(TIMEOUT) < 0 ? interval : TIMEOUT,
                Transport.PLAIN,
                nodes);
        Target target = new Target("c/m1", "files none", List.of(url), labels);
        return new ScrapePoller(
                settings,
                target,
                client,
                new TextFormat(Catalogue.shipped(), Set.of()),
                NodeFetch.of(
                        settings,
                        target,
                        client,
                        new TextFormat((name, of) -> NodeSeries.of(Catalogue.shipped(), name, of)),
                        context),
                context);
    }

    private MemberScrape scrape(String url) {
        // A clock of its own, which ends with it.
        context.close();
        context = new FakePollContext();
        try (ScrapePoller poller = poller(url, Duration.ofSeconds(30))) {
            poller.start();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !context.parcels.isEmpty());
            return context.scrapes().get(0);
        }
    }

    private static void send(HttpExchange exchange, int code, byte[] body, boolean packed) throws IOException {
        if (packed) {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
