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
                .startsWith("too-large: the answer is larger than 16777216 bytes");
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
                .isEqualTo("timeout: no whole answer within 500ms");
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
        server.createContext(path, exchange -> {
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return scrape(url(path));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private ScrapePoller poller(String url, Duration interval) {
        ScrapeSettings settings = new ScrapeSettings(
                new DiscoverySettings(
                        new FileGroups(List.of("none")),
                        new Naming("cluster", null, null, "http", 0),
                        DiscoverySettings.INTERVAL),
                interval,
                interval.compareTo(TIMEOUT) < 0 ? interval : TIMEOUT,
                Transport.PLAIN);
        Target target = new Target("c/m1", "files none", List.of(url), Map.of("cluster", "c", "member", "m1"));
        return new ScrapePoller(settings, target, client, new TextFormat(Catalogue.shipped(), Set.of()), context);
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
