package io.quorate.ingest.prometheus;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.poll.FakePollContext;
import io.quorate.ingest.prometheus.PrometheusHistory.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real servers of every line, and pages that are known: what is read of the past is what was shown then. */
@Tag("slow")
class RealHistoryTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Limits QUICK =
            new Limits(Duration.ofMinutes(10), 16 << 20, Duration.ofSeconds(60), 3, Duration.ofMillis(50));
    private static final Pattern SAMPLE = Pattern.compile("\\[([0-9.]+),\"([0-9]+)\"]");

    /** Each page counts those before it, and each seventh is none. */
    private static final String PAGE = """
            etcd_server_has_leader 1
            etcd_mvcc_put_total %1$d
            etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} %1$d
            etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} %2$d
            etcd_disk_wal_fsync_duration_seconds_sum %1$d.5
            etcd_disk_wal_fsync_duration_seconds_count %2$d
            process_start_time_seconds 1.7e9
            """;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"prometheus 2.42", "prometheus 3.5", "victoria 1.79", "victoria 1.112"})
    void bringsWhatWasShownAndWhatLiveIngestBrought(String server) throws Exception {
        Home home = Home.current().withState(folder);
        AtomicInteger pages = new AtomicInteger();
        HttpServer counting = serving(pages);
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 1)) {
            List<PrometheusServer.Target> targets = new ArrayList<>(PrometheusServer.Target.membersOf(etcd));
            targets.add(counted(counting));
            try (PrometheusServer prometheus = server(home, server, targets)) {
                PrometheusSettings settings = PrometheusSettings.of(prometheus.url(), SECOND);
                List<MemberScrape> live = live(settings);
                // Within this live ingest had all of both: of the one member a scrape may show later than of the other.
                Map<String, List<Instant>> seen = live.stream()
                        .collect(Collectors.groupingBy(
                                MemberScrape::cluster,
                                Collectors.mapping(MemberScrape::observedAt, Collectors.toList())));
                Instant since = seen.values().stream()
                        .map(Collections::min)
                        .max(naturalOrder())
                        .orElseThrow();
                Instant until = seen.values().stream()
                        .map(Collections::max)
                        .min(naturalOrder())
                        .orElseThrow();
                assertThat(seen).hasSize(2);

                List<MemberScrape> past = between(settings, since, until, QUICK);

                assertThat(past).isEqualTo(ofThen(live, since, until));
                assertThat(past).anyMatch(scrape -> scrape.memberId() != null);

                List<MemberScrape> known = past.stream()
                        .filter(scrape -> scrape.cluster().equals("known"))
                        .toList();
                assertThat(times(known)).isEqualTo(ups(prometheus.url(), since, until));
                assertThat(known).filteredOn(MemberScrape::answered).hasSizeGreaterThan(3);
                assertThat(known).filteredOn(scrape -> !scrape.answered()).isNotEmpty();
                assertShown(known);
                assertBorders(settings, known, since, until);
            }
        } finally {
            counting.stop(0);
        }
    }

    /** With spans of a second the borders lie on the samples, as Prometheus scrapes each second to the millisecond. */
    private static void assertBorders(
            PrometheusSettings settings, List<MemberScrape> known, Instant since, Instant until) throws IOException {
        Instant border = known.get(known.size() / 2).observedAt();
        List<MemberScrape> whole = between(settings, since, until, QUICK);
        List<MemberScrape> halves = new ArrayList<>(between(settings, since, border, QUICK));
        halves.addAll(between(settings, border, until, QUICK));
        assertThat(halves).isEqualTo(whole);
        assertThat(between(settings, border, border.plusMillis(1), QUICK))
                .extracting(MemberScrape::observedAt)
                .containsOnly(border);
        assertThat(between(settings, border.plusMillis(1), until, QUICK))
                .isEqualTo(whole.stream()
                        .filter(scrape -> scrape.observedAt().isAfter(border))
                        .toList());

        Limits seconds = new Limits(SECOND, 16 << 20, Duration.ofSeconds(60), 3, Duration.ofMillis(50));
        assertThat(between(settings, known.get(0).observedAt(), until, seconds))
                .isEqualTo(between(settings, known.get(0).observedAt(), until, QUICK));
    }

    /** Page by page, without one twice or left out. */
    private static void assertShown(List<MemberScrape> known) {
        long last = -1;
        for (MemberScrape scrape : known) {
            long page = last + 1;
            if (last >= 0 && page % 7 == 0) {
                assertThat(scrape.failure()).isEqualTo("scrape failed: up == 0");
            } else if (scrape.answered()) {
                Sample puts = scrape.counters().get(0);
                page = last < 0 ? (long) puts.value() : page;
                assertThat(scrape.counters()).containsExactly(new Sample("etcd_mvcc_put_total", "", page));
                assertThat(scrape.histograms())
                        .containsExactly(new Histogram(
                                "etcd_disk_wal_fsync_duration_seconds",
                                "",
                                new BucketVector(new double[] {0.001}, new long[] {page, page}, page + 0.5)));
                assertThat(scrape.processStartSeconds()).isEqualTo(1.7e9);
            }
            last = last < 0 && !scrape.answered() ? -1 : page;
        }
    }

    @Test
    void asksForLessWherePrometheusLoadsNoMore() throws Exception {
        Home home = Home.current().withState(folder);
        HttpServer counting = serving(new AtomicInteger());
        try (PrometheusServer prometheus = PrometheusServer.startWith(
                home, "prometheus", SECOND, List.of(counted(counting)), List.of("--query.max-samples=30"))) {
            PrometheusSettings settings = PrometheusSettings.of(prometheus.url(), SECOND);
            Instant since = Instant.now().minusSeconds(5);
            await().atMost(PATIENCE)
                    .until(() -> ups(prometheus.url(), since, Instant.now()).size() >= 10);
            Instant until = Instant.now();

            List<MemberScrape> past = between(settings, since, until, QUICK);

            assertThat(times(past)).isEqualTo(ups(prometheus.url(), since, until));
            assertShown(past);
        } finally {
            counting.stop(0);
        }
    }

    @Test
    void saysSoWherePrometheusHasNoTime() {
        Home home = Home.current().withState(folder);
        try (PrometheusServer prometheus =
                PrometheusServer.startWith(home, "prometheus", SECOND, List.of(), List.of("--query.timeout=0s"))) {
            PrometheusSettings settings = PrometheusSettings.of(prometheus.url(), SECOND);

            assertThatThrownBy(() -> between(settings, Instant.now().minusSeconds(5), Instant.now(), QUICK))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            prometheus.url() + " does not tell its history: busy: HTTP 503, timeout: query timed out")
                    .hasMessageEndingWith(", 3 times");
        }
    }

    /** What live ingest makes of the same scrapes, until some came behind the second page that was none. */
    private static List<MemberScrape> live(PrometheusSettings settings) {
        try (FakePollContext context = new FakePollContext();
                PrometheusPoller poller = new PrometheusPoller(settings, Map.of(), context)) {
            poller.start();
            await().atMost(PATIENCE)
                    .until(() -> context.scrapes().stream()
                                    .filter(scrape -> scrape.cluster().equals("known"))
                                    .dropWhile(scrape -> !scrape.answered())
                                    .dropWhile(MemberScrape::answered)
                                    .count()
                            >= 4);
            return context.scrapes().stream()
                    .sorted((one, other) -> one.observedAt().compareTo(other.observedAt()))
                    .toList();
        }
    }

    private static List<MemberScrape> ofThen(List<MemberScrape> live, Instant since, Instant until) {
        return live.stream()
                .filter(scrape -> !scrape.observedAt().isBefore(since)
                        && scrape.observedAt().isBefore(until))
                .map(scrape -> new MemberScrape(
                        scrape.cluster(),
                        scrape.clusterId(),
                        scrape.member(),
                        scrape.memberId(),
                        scrape.source(),
                        scrape.observedAt(),
                        scrape.observedAt(),
                        scrape.processStartSeconds(),
                        scrape.failure(),
                        scrape.histograms(),
                        scrape.counters(),
                        scrape.gauges()))
                .sorted((one, other) -> one.observedAt().equals(other.observedAt())
                        ? one.cluster().compareTo(other.cluster())
                        : one.observedAt().compareTo(other.observedAt()))
                .toList();
    }

    private static List<MemberScrape> between(PrometheusSettings settings, Instant since, Instant until, Limits limits)
            throws IOException {
        try (PrometheusHistory history = new PrometheusHistory(settings, Set.of(), limits)) {
            PrometheusHistory.Told told = history.between(since, until);
            assertThat(told.leftOut()).isEmpty();
            return told.scrapes();
        }
    }

    private static Map<Long, Boolean> times(List<MemberScrape> scrapes) {
        Map<Long, Boolean> times = new TreeMap<>();
        scrapes.forEach(scrape -> times.put(scrape.observedAt().toEpochMilli(), scrape.answered()));
        return times;
    }

    /** When the known member was scraped and whether it answered, asked for in a way of the test's own. */
    private static Map<Long, Boolean> ups(String url, Instant since, Instant until) throws Exception {
        Map<Long, Boolean> times = new TreeMap<>();
        HttpRequest question = HttpRequest.newBuilder(
                        URI.create(url + "/api/v1/query?query=up%7Bcluster%3D%22known%22%7D%5B10m%5D"))
                .build();
        String answer = HttpClient.newHttpClient()
                .send(question, HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher samples = SAMPLE.matcher(answer);
        while (samples.find()) {
            long at = Math.round(Double.parseDouble(samples.group(1)) * 1000);
            if (at >= since.toEpochMilli() && at < until.toEpochMilli()) {
                times.put(at, samples.group(2).equals("1"));
            }
        }
        return times;
    }

    private static PrometheusServer server(Home home, String server, List<PrometheusServer.Target> targets) {
        String line = server.replaceFirst(".* ", "");
        return server.startsWith("victoria")
                ? PrometheusServer.ofVictoriaMetrics(home, line, "victoria", SECOND, targets)
                : PrometheusServer.ofLine(home, line, "prometheus", SECOND, targets);
    }

    private static PrometheusServer.Target counted(HttpServer counting) {
        return new PrometheusServer.Target(
                "etcd", "127.0.0.1:" + counting.getAddress().getPort(), Map.of("cluster", "known", "member", "m1"));
    }

    private static HttpServer serving(AtomicInteger pages) throws IOException {
        HttpServer member = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        member.createContext("/metrics", exchange -> {
            int page = pages.getAndIncrement();
            boolean fails = page % 7 == 0;
            byte[] bytes = PAGE.formatted(page, page * 2).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(fails ? 500 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        member.start();
        return member;
    }
}
