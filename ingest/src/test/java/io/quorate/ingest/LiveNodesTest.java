package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.NodeExporter;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.discovery.DiscoverySettings;
import io.quorate.ingest.discovery.ListedGroups;
import io.quorate.ingest.discovery.Naming;
import io.quorate.ingest.prometheus.NodeJoin;
import io.quorate.ingest.prometheus.NodePage;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.PrometheusSource;
import io.quorate.ingest.prometheus.ScrapeSettings;
import io.quorate.ingest.prometheus.ScrapeSource;
import io.quorate.ingest.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members joined to the machine that they run on: a real etcd, a real node-exporter, with and without a real Prometheus. */
@Tag("slow")
class LiveNodesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @Test
    void bringReadingsOfTheMachineWithThoseOfTheMember() throws Exception {
        Home home = Home.current().withState(folder);
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 1);
                NodeExporter node = NodeExporter.start(home, "node-exporter");
                PrometheusServer prometheus = PrometheusServer.start(
                        home,
                        "prometheus",
                        SECOND,
                        List.of(
                                new PrometheusServer.Target(
                                        "etcd",
                                        etcd.member("m1").address(),
                                        Map.of("cluster", "asked", "member", "m1")),
                                new PrometheusServer.Target("node", node.address(), Map.of())))) {
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
            PrometheusSource asked = new PrometheusSource(List.of(PrometheusSettings.of(prometheus.url(), SECOND)
                    .with(new NodeJoin("{job=\"node\"}", null, null, null))));
            ScrapeSource scraped = new ScrapeSource(List.of(new ScrapeSettings(
                    new DiscoverySettings(
                            new ListedGroups(List.of(etcd.member("m1").address())),
                            new Naming("cluster", "scraped", null, "http", 0),
                            DiscoverySettings.INTERVAL),
                    SECOND,
                    SECOND,
                    Transport.PLAIN,
                    new NodePage(node.port(), null))));

            List<MemberScrape> joined = new ArrayList<>();
            try (CloseableIterator<Observation> observations = env.fromSource(
                            asked, WatermarkStrategy.noWatermarks(), "asked")
                    .union(env.fromSource(scraped, WatermarkStrategy.noWatermarks(), "scraped"))
                    .executeAndCollect()) {
                while (observations.hasNext() && !(count(joined, "asked") >= 3 && count(joined, "scraped") >= 3)) {
                    MemberScrape scrape = observations.next().scrape();
                    if (scrape != null
                            && up(scrape).isPresent()
                            && up(scrape).get().value() > 0) {
                        joined.add(scrape);
                    }
                }
            }

            assertThat(joined).allSatisfy(scrape -> {
                assertThat(up(scrape)).hasValue(new Sample("quorate_node_up", "node=\"" + node.address() + "\"", 1));
                assertThat(scrape.gauges())
                        .extracting(Sample::metric)
                        .contains("etcd_server_has_leader", "node_memory_MemAvailable_bytes", "node_boot_time_seconds");
                assertThat(scrape.counters())
                        .filteredOn(counter -> counter.metric().equals("node_cpu_seconds_total"))
                        .extracting(Sample::labels)
                        .contains("mode=\"idle\"", "mode=\"user\"")
                        .doesNotHaveDuplicates();
                assertThat(devices(scrape)).noneMatch(device -> device.matches("(loop|zram|ram)\\d+|lo"));
            });
            assertThat(joined.stream().mapToDouble(LiveNodesTest::idle).max().orElseThrow())
                    .as("the machine's processors go on")
                    .isGreaterThan(joined.stream()
                            .mapToDouble(LiveNodesTest::idle)
                            .min()
                            .orElseThrow());
        }
    }

    private static long count(List<MemberScrape> scrapes, String cluster) {
        return scrapes.stream()
                .filter(scrape -> scrape.cluster().equals(cluster))
                .count();
    }

    private static Optional<Sample> up(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals("quorate_node_up"))
                .findFirst();
    }

    private static List<String> devices(MemberScrape scrape) {
        return scrape.counters().stream()
                .filter(counter -> counter.metric().startsWith("node_"))
                .map(counter -> Labels.parse(counter.labels()).getOrDefault("device", ""))
                .toList();
    }

    private static double idle(MemberScrape scrape) {
        return scrape.counters().stream()
                .filter(counter -> counter.metric().equals("node_cpu_seconds_total")
                        && counter.labels().equals("mode=\"idle\""))
                .mapToDouble(Sample::value)
                .sum();
    }
}
