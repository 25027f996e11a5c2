package io.quorate.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.quorate.desk.EtcdCluster;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.ingest.etcd.EtcdSource;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.ingest.prometheus.PrometheusSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both polling sources in a real Flink, against a real etcd and a real Prometheus. */
@Tag("slow")
class LiveSourcesTest {

    @TempDir
    Path folder;

    @Test
    void bringScrapesStatusesAndTheRoster() throws Exception {
        Home home = Home.current().withState(folder);
        try (EtcdCluster etcd = EtcdCluster.start(home, "etcd", "c1", 3);
                PrometheusServer prometheus = PrometheusServer.start(
                        home, "prometheus", Duration.ofSeconds(1), PrometheusServer.Target.membersOf(etcd))) {
            Configuration configuration = new Configuration();
            configuration.setString("pipeline.generic-types", "false");
            StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
            PrometheusSource scrapes =
                    new PrometheusSource(List.of(PrometheusSettings.of(prometheus.url(), Duration.ofSeconds(1))));
            EtcdSource statuses = new EtcdSource(List.of(EtcdSettings.of("c1", etcd.endpoints())));

            List<Observation> seen = new ArrayList<>();
            try (CloseableIterator<Observation> observations = env.fromSource(
                            scrapes, WatermarkStrategy.noWatermarks(), "prometheus")
                    .union(env.fromSource(statuses, WatermarkStrategy.noWatermarks(), "etcd"))
                    .executeAndCollect()) {
                while (observations.hasNext() && !enough(seen)) {
                    seen.add(observations.next());
                }
            }

            // A cold machine may need more than the second that a poll has; nothing else may go wrong.
            assertThat(seen)
                    .extracting(Observation::deadLetter)
                    .filteredOn(Objects::nonNull)
                    .extracting(DeadLetter::reason)
                    .allMatch("timeout"::equals);
            List<MemberScrape> answered = scrapes(seen);
            assertThat(answered)
                    .extracting(MemberScrape::member)
                    .contains("m1", "m2", "m3")
                    .doesNotContainNull();
            assertThat(answered)
                    .extracting(scrape -> scrape.member() + scrape.observedAt())
                    .doesNotHaveDuplicates();
            assertThat(answered).allSatisfy(scrape -> {
                assertThat(scrape.memberId()).isEqualTo(etcd.id(etcd.member(scrape.member())));
                assertThat(scrape.processStartSeconds()).isPositive();
                assertThat(scrape.histograms())
                        .extracting(Histogram::metric, Histogram::labels)
                        .contains(tuple("etcd_disk_wal_fsync_duration_seconds", ""));
                assertThat(scrape.gauges()).extracting(Sample::metric).contains("etcd_server_has_leader");
                assertThat(scrape.gauges()).hasSizeGreaterThan(30);
                assertThat(scrape.counters()).hasSizeGreaterThan(30);
            });
        }
    }

    private static boolean enough(List<Observation> seen) {
        return scrapes(seen).size() >= 9
                && seen.stream().anyMatch(it -> it.roster() != null)
                && seen.stream().filter(it -> it.status() != null).count() >= 9;
    }

    private static List<MemberScrape> scrapes(List<Observation> seen) {
        return seen.stream()
                .map(Observation::scrape)
                .filter(scrape -> scrape != null && scrape.answered())
                .toList();
    }
}
