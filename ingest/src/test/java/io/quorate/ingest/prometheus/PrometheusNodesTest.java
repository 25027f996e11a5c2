package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.poll.FakePollContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Members joined to node-exporters that the same Prometheus scrapes. */
class PrometheusNodesTest {

    private static final long NOON = Instant.parse("2026-11-20T12:00:00Z").toEpochMilli();
    private static final String POD = PolledPrometheus.POD;
    private static final Duration OFTEN = PolledPrometheus.OFTEN;

    @AutoClose
    private final PolledPrometheus polled = new PolledPrometheus();

    private final FakePrometheus prometheus = polled.prometheus;
    private final FakePollContext context = polled.context;

    @Test
    void joinsTheNodeExporterOfTheMembersHost() {
        polled.giveScrape("m1", NOON, 5);
        polled.giveScrape("m1", NOON + 10_000, 6);
        giveNode("10.0.0.1:9100", NOON - 4000, 1);
        giveNode("10.0.0.1:9100", NOON + 6000, 3);
        giveNode("10.0.0.1:9100", NOON + 16_000, 4);
        giveNode("10.0.0.2:9100", NOON + 6000, 9);

        List<MemberScrape> scrapes = polled.poll(joining(null, null), 2);

        assertThat(scrapes.get(0).counters())
                .as("the newest up to the scrape")
                .contains(new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", 1))
                .contains(new Sample("node_cpu_seconds_total", "mode=\"idle\"", 2));
        assertThat(scrapes.get(1).counters())
                .contains(new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", 3))
                .contains(new Sample("node_cpu_seconds_total", "mode=\"idle\"", 6))
                .contains(new Sample("etcd_mvcc_put_total", "", 6));
        assertThat(node(scrapes.get(1))).isEqualTo(new Sample("quorate_node_up", "node=\"10.0.0.1:9100\"", 1));
        assertThat(prometheus.questions.get(2))
                .startsWith("{__name__=~\"node_boot_time_seconds|")
                .contains("\",job=\"node\",instance=~\"(10\\\\.0\\\\.0\\\\.1)(:[0-9]+)?\",device!~\"(loop|")
                .endsWith("\"}[85400ms]");
    }

    @Test
    void joinsByLabelsWhereSettingsNameThem() {
        prometheus
                .sample("__name__=up,member=m1,node=master-0" + POD, NOON, "1")
                .sample("__name__=etcd_mvcc_put_total,member=m1,node=master-0" + POD, NOON, "5")
                .sample("__name__=node_load1,instance=1.2.3.4:9100,nodename=master-0", NOON, "0.5")
                .sample("__name__=node_load1,instance=1.2.3.5:9100,nodename=master-1", NOON, "0.7");

        MemberScrape scrape = polled.poll(joining("node", "nodename"), 1).get(0);

        assertThat(scrape.gauges()).contains(new Sample("node_load1", "", 0.5));
        assertThat(prometheus.questions.get(2)).contains(",nodename=~\"(master-0)\",");
    }

    @Test
    void saysSoWhereNoNodeExporterIsFound() {
        polled.giveScrape("m1", NOON, 5);
        giveNode("10.0.0.2:9100", NOON, 1);

        assertThat(node(polled.poll(joining(null, null), 1).get(0)).labels())
                .startsWith("why=\"no node-exporter found for host 10.0.0.1; let Prometheus scrape it");
        assertThat(node(context.scrapes().get(0)).value()).isZero();
    }

    @Test
    void choosesNoneOfTwoNodeExportersThatMatch() {
        polled.giveScrape("m1", NOON, 5);
        giveNode("10.0.0.1:9100", NOON, 1);
        giveNode("10.0.0.1:9200", NOON, 2);

        MemberScrape scrape = polled.poll(joining(null, null), 1).get(0);

        assertThat(Labels.parse(node(scrape).labels()).get("why"))
                .isEqualTo("2 node-exporters found for host 10.0.0.1, {instance=\"10.0.0.1:9100\"} and"
                        + " {instance=\"10.0.0.1:9200\"}, expected one; narrow node-exporter.selector, or name labels of"
                        + " replicas in drop-labels");
        assertThat(scrape.counters()).extracting(Sample::metric).containsExactly("etcd_mvcc_put_total");
    }

    @Test
    void tellsAnOldReadingOfANodeFromANewOne() {
        polled.giveScrape("m1", NOON, 5);
        giveNode("10.0.0.1:9100", NOON - 70_001, 1);

        assertThat(node(polled.poll(joining(null, null), 1).get(0)).labels())
                .contains("the node-exporter 10.0.0.1:9100 was not scraped in the 70s before the member");
    }

    @Test
    void handsScrapesOverWhenNodeExportersCannotBeAskedFor() {
        polled.giveScrape("m1", NOON, 5);
        prometheus.refuses("node_boot_time_seconds");
        try (PrometheusPoller poller = polled.poller(joining(null, null), Map.of())) {
            poller.start();
            await().until(() -> !context.scrapes().isEmpty() && !context.reasons.isEmpty());
        }

        assertThat(node(context.scrapes().get(0)).labels())
                .isEqualTo("why=\"node-exporters cannot be asked for: http-status: HTTP 500 oops\"");
        assertThat(context.scrapes().get(0).counters()).contains(new Sample("etcd_mvcc_put_total", "", 5));
        assertThat(context.letters().get(0).detail()).startsWith("node-exporters cannot be asked for");
        assertThat(context.reasons).contains("http-status");
    }

    private PrometheusSettings joining(@Nullable String memberLabel, @Nullable String nodeLabel) {
        return PrometheusSettings.of(prometheus.url(), OFTEN)
                .with(new NodeJoin(nodeLabel == null ? "{job=\"node\"}" : "{}", memberLabel, nodeLabel, null));
    }

    private static Sample node(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals("quorate_node_up"))
                .findFirst()
                .orElseThrow();
    }

    private void giveNode(String instance, long at, int busy) {
        String whose = ",instance=" + instance;
        prometheus
                .sample("__name__=node_disk_io_time_seconds_total,device=sda" + whose, at, String.valueOf(busy))
                .sample("__name__=node_disk_io_time_seconds_total,device=loop3" + whose, at, "77")
                .sample("__name__=node_cpu_seconds_total,cpu=0,mode=idle" + whose, at, String.valueOf(busy))
                .sample("__name__=node_cpu_seconds_total,cpu=1,mode=idle" + whose, at, String.valueOf(busy));
    }
}
