package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Measures;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import io.quorate.events.ScopeWindow;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

class PercentilesPipelineTest {

    private final StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
            2, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofDays(1))));

    @Test
    void sumsMembersToTheirClusterAndClustersToTheFleet() throws Exception {
        List<MemberScrape> scrapes = new ArrayList<>();
        for (int second = 1; second < 10; second += 2) {
            for (int member = 1; member <= 3; member++) {
                scrapes.add(at("m" + member, second, (long) second * member, 100.0));
                scrapes.add(inCluster("c2", at("m" + member, second, 10L * second * member, 100.0)));
            }
        }

        List<ScopeWindow> scopes = collect(PercentilesPipeline.of(timed(scrapes), null, WindowSettings.DEFAULT)
                .scopes());

        // From second 1 to 9 the counts grow by 8 x (1 + 2 + 3), in c2 ten times as much.
        assertThat(total(scopes, ScopeWindow.Scope.CLUSTER, "c1")).isEqualTo(48);
        assertThat(total(scopes, ScopeWindow.Scope.CLUSTER, "c2")).isEqualTo(480);
        assertThat(total(scopes, ScopeWindow.Scope.FLEET, null)).isEqualTo(528);
        assertThat(find(scopes, ScopeWindow.Scope.FLEET, null).members()).isEqualTo(6);
    }

    @Test
    void endsLabelsThatNameAPeerAtTheMemberAndCountsAnEventOfTheClusterOnce() throws Exception {
        List<MemberScrape> scrapes =
                List.of(at("m1", 1, 0, 100.0), at("m2", 1, 0, 100.0), at("m1", 9, 3, 100.0), at("m2", 9, 2, 100.0));

        ScopeWindow cluster = find(
                collect(PercentilesPipeline.of(timed(scrapes), null, WindowSettings.DEFAULT)
                        .scopes()),
                ScopeWindow.Scope.CLUSTER,
                "c1");

        assertThat(cluster.measures().counters())
                .containsExactly(
                        new Sample("etcd_network_peer_sent_bytes_total", "", 5),
                        new Sample("etcd_server_leader_changes_seen_total", "", 3),
                        new Sample("etcd_server_proposals_committed_total", "", 5));
        Measures.GaugeRange pending = cluster.measures().gauges().get(0);
        assertThat(pending.mean()).as("pooled over 4 samples: 0, 0, 3, 2").isEqualTo(1.25);
        assertThat(pending.last()).isNaN();
    }

    @Test
    void keepsReadingsOfAMachineAtItsMemberAndOverTheMembersRestart() throws Exception {
        List<MemberScrape> scrapes =
                List.of(onBusyMachine(at("m1", 1, 0, 100.0), 5), onBusyMachine(at("m1", 9, 3, 105.0), 7));

        PercentilesPipeline pipeline = PercentilesPipeline.of(timed(scrapes), null, WindowSettings.DEFAULT);

        Sample busy = new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", 2);
        assertThat(collect(pipeline.windows()).get(0).measures().counters()).contains(busy);
        Measures ofCluster = find(
                        collect(PercentilesPipeline.of(timed(scrapes), null, WindowSettings.DEFAULT)
                                .scopes()),
                        ScopeWindow.Scope.CLUSTER,
                        "c1")
                .measures();
        assertThat(ofCluster.counters()).extracting(Sample::metric).noneMatch(metric -> metric.startsWith("node_"));
        assertThat(ofCluster.gauges())
                .extracting(Measures.GaugeRange::metric)
                .containsExactly("etcd_server_proposals_pending");
    }

    @Test
    void keepsTheNamesOfARosterWhenOnlyLabelsComeAfterIt() throws Exception {
        KeyedTwoInputStreamOperatorTestHarness<String, MemberWindow, ClusterRoster, MemberWindow> naming =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new KeyedCoProcessOperator<>(new NamedByRoster()),
                        MemberWindow::cluster,
                        ClusterRoster::cluster,
                        Types.STRING);
        naming.open();
        naming.processElement2(
                new ClusterRoster(
                        "c1",
                        "77",
                        Scrapes.ZERO,
                        Scrapes.ZERO,
                        List.of(new ClusterRoster.Member("ab12", "m1", false, List.of())),
                        Map.of()),
                0);
        naming.processElement2(ClusterRoster.ofLabels("c1", Scrapes.ZERO, Map.of("env", "prod")), 1);
        naming.processElement1(
                new MemberWindow(
                        "c1",
                        null,
                        "10.0.0.1:2379",
                        "ab12",
                        Scrapes.ZERO,
                        Scrapes.second(10),
                        false,
                        1,
                        new Measures(List.of(), List.of(), List.of())),
                2);

        assertThat(naming.extractOutputValues())
                .singleElement()
                .satisfies(window -> assertThat(window.member()).isEqualTo("m1"))
                .satisfies(window -> assertThat(window.clusterId()).isEqualTo("77"));
        naming.close();
    }

    private static MemberScrape onBusyMachine(MemberScrape scrape, double busySeconds) {
        List<Sample> counters = new ArrayList<>(scrape.counters());
        counters.add(new Sample("node_disk_io_time_seconds_total", "device=\"sda\"", busySeconds));
        List<Sample> gauges = new ArrayList<>(scrape.gauges());
        gauges.add(new Sample("quorate_node_up", "node=\"h1:9100\"", 1));
        return new MemberScrape(
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                scrape.memberId(),
                scrape.source(),
                scrape.observedAt(),
                scrape.ingestedAt(),
                scrape.processStartSeconds(),
                scrape.failure(),
                scrape.histograms(),
                counters,
                gauges);
    }

    @Test
    void namesMembersAsTheirClusterDoesOnceItsRosterIsKnown() throws Exception {
        MemberScrape byAddress = withId(at("10.0.0.1:2379", 1, 0, 100.0), "ab12");
        DataStream<ClusterRoster> rosters = env.fromData(new ClusterRoster(
                "c1",
                "77",
                Scrapes.ZERO,
                Scrapes.ZERO,
                List.of(new ClusterRoster.Member("ab12", "m1", false, List.of())),
                Map.of()));

        List<MemberWindow> windows =
                collect(PercentilesPipeline.of(timed(List.of(byAddress)), rosters, WindowSettings.DEFAULT)
                        .windows());

        // The roster may come after the only window; the name is decoration, the id is the key.
        assertThat(windows).isNotEmpty().allSatisfy(window -> {
            assertThat(window.memberId()).isEqualTo("ab12");
            assertThat(window.member()).isIn("m1", "10.0.0.1:2379");
        });
    }

    private DataStream<MemberScrape> timed(List<MemberScrape> scrapes) {
        return env.fromData(scrapes.stream()
                        .sorted(Comparator.comparing(MemberScrape::observedAt))
                        .toList())
                .assignTimestampsAndWatermarks(WatermarkStrategy.<MemberScrape>forMonotonousTimestamps()
                        .withTimestampAssigner(
                                (scrape, time) -> scrape.observedAt().toEpochMilli()));
    }

    private static <T> List<T> collect(DataStream<T> stream) throws Exception {
        List<T> all = new ArrayList<>();
        try (CloseableIterator<T> iterator = stream.executeAndCollect()) {
            iterator.forEachRemaining(all::add);
        }
        return all;
    }

    private static ScopeWindow find(List<ScopeWindow> scopes, ScopeWindow.Scope scope, String cluster) {
        return scopes.stream()
                .filter(window -> window.scope() == scope && java.util.Objects.equals(window.cluster(), cluster))
                .filter(window -> WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd()))
                .max(Comparator.comparing(ScopeWindow::version))
                .orElseThrow();
    }

    private static long total(List<ScopeWindow> scopes, ScopeWindow.Scope scope, String cluster) {
        return find(scopes, scope, cluster)
                .measures()
                .histograms()
                .get(0)
                .vector()
                .total();
    }

    private static MemberScrape inCluster(String cluster, MemberScrape scrape) {
        return copy(cluster, scrape.memberId(), scrape);
    }

    private static MemberScrape withId(MemberScrape scrape, String memberId) {
        return copy(scrape.cluster(), memberId, scrape);
    }

    private static MemberScrape copy(String cluster, String memberId, MemberScrape scrape) {
        return new MemberScrape(
                cluster,
                null,
                scrape.member(),
                memberId,
                scrape.source(),
                scrape.observedAt(),
                scrape.ingestedAt(),
                scrape.processStartSeconds(),
                null,
                scrape.histograms(),
                scrape.counters(),
                scrape.gauges());
    }
}
