package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.discovery.PrometheusGroups;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real VictoriaMetrics beside a real Prometheus, both scraping the same etcd: what is read through the two is the same. */
@Tag("slow")
class VictoriaMetricsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String PEERS = """
            etcd_server_has_leader 1
            etcd_network_peer_round_trip_time_seconds_bucket{To="ab12",le="0.1"} 1
            etcd_network_peer_round_trip_time_seconds_bucket{To="ab12",le="+Inf"} 2
            etcd_network_peer_round_trip_time_seconds_sum{To="ab12"} 0.3
            etcd_network_peer_round_trip_time_seconds_count{To="ab12"} 2
            """;
    private static final String NO_PEERS = "etcd_server_has_leader 1\n";

    @TempDir
    Path folder;

    /** One of the two, and what is read through it. */
    private static final class Read implements AutoCloseable {

        private final FakePollContext context = new FakePollContext();
        private final PrometheusPoller poller;

        private Read(PrometheusSettings settings) {
            poller = new PrometheusPoller(settings, Map.of(), context);
            poller.start();
        }

        private static Read through(PrometheusServer server) {
            return new Read(PrometheusSettings.of(server.url(), SECOND));
        }

        private Stream<MemberScrape> scrapesOf(String member) {
            return context.scrapes().stream().filter(scrape -> scrape.member().equals(member));
        }

        /** The newest scrape of a member, by what it is of and which series it has; nothing before the first. */
        private SortedSet<String> last(String member) {
            return scrapesOf(member)
                    .reduce((earlier, later) -> later)
                    .map(Read::described)
                    .orElseGet(TreeSet::new);
        }

        private static SortedSet<String> described(MemberScrape scrape) {
            SortedSet<String> series = new TreeSet<>();
            series.add(scrape.cluster() + " " + scrape.member() + " " + scrape.memberId() + " " + scrape.failure() + " "
                    + scrape.processStartSeconds());
            scrape.counters().forEach(sample -> series.add("counter " + sample.metric() + " " + sample.labels()));
            scrape.gauges().forEach(sample -> series.add("gauge " + sample.metric() + " " + sample.labels()));
            scrape.histograms()
                    .forEach(histogram -> series.add("histogram " + histogram.metric() + " " + histogram.labels() + " "
                            + Arrays.toString(histogram.vector().edges())));
            return series;
        }

        private boolean saw(String member, long answered, Instant since) {
            return scrapesOf(member)
                            .filter(scrape ->
                                    scrape.answered() && scrape.observedAt().isAfter(since))
                            .count()
                    >= answered;
        }

        private void awaitLetter(String reason, String detail) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(context.letters()).anySatisfy(letter -> {
                        assertThat(letter.reason()).isEqualTo(reason);
                        assertThat(letter.detail()).contains(detail);
                    }));
        }

        @Override
        public void close() {
            poller.close();
            context.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.79", "1.112"})
    void isReadAsPrometheusIs(String line) throws Exception {
        Home home = Home.current().withState(folder);
        AtomicReference<String> page = new AtomicReference<>(PEERS);
        HttpServer member = serving(page);
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 3)) {
            List<PrometheusServer.Target> targets = new ArrayList<>(PrometheusServer.Target.membersOf(etcd));
            targets.add(new PrometheusServer.Target(
                    "etcd",
                    "127.0.0.1:" + member.getAddress().getPort(),
                    Map.of("cluster", "it's", "member", "changing")));
            try (PrometheusServer victoria = victoria(home, line, targets);
                    PrometheusServer prometheus = PrometheusServer.start(home, "prometheus", SECOND, targets);
                    Read throughVictoria = Read.through(victoria);
                    Read throughPrometheus = Read.through(prometheus)) {
                List<Read> both = List.of(throughVictoria, throughPrometheus);

                for (EtcdCluster.Member each : etcd.members()) {
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThat(throughVictoria.last(each.name()))
                                    .isEqualTo(throughPrometheus.last(each.name()))
                                    .hasSizeGreaterThan(80));
                    assertThat(throughVictoria.scrapesOf(each.name()).filter(MemberScrape::answered))
                            .extracting(MemberScrape::memberId)
                            .containsOnly(etcd.id(each));
                }

                awaitPeers(both, 1);
                page.set(NO_PEERS);
                awaitPeers(both, 0);

                EtcdCluster.Member gone = etcd.members().get(1);
                etcd.kill(gone);
                for (Read read : both) {
                    await().atMost(PATIENCE)
                            .until(() -> read.scrapesOf(gone.name())
                                            .filter(scrape -> !scrape.answered())
                                            .count()
                                    >= 3);
                }
                etcd.restart(gone);
                Instant restarted = Instant.now();
                await().atMost(PATIENCE)
                        .until(() -> both.stream().allMatch(read -> read.saw(gone.name(), 3, restarted)));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(throughVictoria.last(gone.name()))
                                .isEqualTo(throughPrometheus.last(gone.name())));

                for (Read read : both) {
                    assertThat(read.scrapesOf(gone.name()).filter(scrape -> !scrape.answered()))
                            .extracting(MemberScrape::failure)
                            .containsOnly("scrape failed: up == 0");
                    assertThat(read.context.letters())
                            .as(() -> String.valueOf(read.context.letters()))
                            .extracting(DeadLetter::reason)
                            .allMatch("timeout"::equals);
                    assertThat(read.scrapesOf(gone.name()))
                            .extracting(MemberScrape::observedAt)
                            .doesNotHaveDuplicates()
                            .isSorted();
                }
                assertThat(groups(victoria)).isEqualTo(groups(prometheus));
            }
        } finally {
            member.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.79", "1.112"})
    void failsAsPrometheusDoes(String line) throws Exception {
        Home home = Home.current().withState(folder);
        try (PrometheusServer victoria = victoria(home, line, List.of())) {
            PrometheusSettings settings = PrometheusSettings.of(victoria.url(), SECOND);
            String tooLong = "{job=~\"" + "a".repeat(17 << 10) + "\"}";
            try (Read read = new Read(asking(settings, victoria.url(), tooLong))) {
                read.awaitLetter("query-error", "; start VictoriaMetrics with a larger one");
            }
            try (Read read = new Read(asking(settings, victoria.url(), "{job=~\"(\"}"))) {
                read.awaitLetter("query-error", "missing closing )");
            }
            try (Read read = new Read(asking(settings, victoria.url() + "/nowhere", settings.selector()))) {
                read.awaitLetter("http-status", "HTTP 400; expected Prometheus' API below the url");
            }
            try (Read read = new Read(settings)) {
                await().atMost(PATIENCE).until(() -> read.context.answers.get() >= 2);
                victoria.stall();
                read.awaitLetter("timeout", "no whole answer within 1000ms");
                victoria.resume();
                int before = read.context.answers.get();
                await().atMost(PATIENCE).until(() -> read.context.answers.get() > before);
                victoria.kill();
                read.awaitLetter("refused", "nobody listens there");
            }
        }
    }

    private static PrometheusSettings asking(PrometheusSettings like, String url, String selector) {
        return new PrometheusSettings(
                url,
                selector,
                like.clusterLabel(),
                null,
                null,
                like.interval(),
                like.timeout(),
                like.transport(),
                List.of());
    }

    private static void awaitPeers(List<Read> both, int peers) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(both)
                        .allSatisfy(read -> assertThat(
                                        read.last("changing").stream().filter(series -> series.startsWith("histogram")))
                                .hasSize(peers)));
    }

    private static List<String> groups(PrometheusServer server) throws IOException {
        List<String> problems = new ArrayList<>();
        List<?> groups = new PrometheusGroups(server.url(), "etcd", Transport.PLAIN).find(problems);
        assertThat(problems).isEmpty();
        assertThat(groups).hasSize(4);
        return groups.stream().map(String::valueOf).sorted().toList();
    }

    private static PrometheusServer victoria(Home home, String line, List<PrometheusServer.Target> targets) {
        return PrometheusServer.ofVictoriaMetrics(home, line, "victoria", SECOND, targets);
    }

    private static HttpServer serving(AtomicReference<String> page) throws IOException {
        HttpServer member = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        member.createContext("/metrics", exchange -> {
            byte[] bytes = page.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        member.start();
        return member;
    }
}
