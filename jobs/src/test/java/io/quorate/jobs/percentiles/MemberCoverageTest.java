package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberCoverageTest {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String HANDLING = "grpc_server_handling_seconds";

    private KeyedOneInputStreamOperatorTestHarness<String, Sighting, Coverage> coverage;

    @BeforeEach
    void open() throws Exception {
        coverage = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new MemberCoverage()), Sighting::cluster, Types.STRING);
        coverage.open();
    }

    @AfterEach
    void close() throws Exception {
        coverage.close();
    }

    @Test
    void turnsExactlyTheRowOfTheMetricThatIsRemoved() throws Exception {
        give(scrape("m1", 1, null), scrape("m2", 2, null));
        timeIs(31);
        assertThat(told()).hasSize(2).allSatisfy(member -> {
            assertThat(missing(member)).doesNotContainKeys(FSYNC, HANDLING);
            assertThat(member.present()).hasSizeGreaterThan(80);
        });
        Map<String, String> before = missing(told().get(0));
        coverage.getOutput().clear();

        give(scrape("m1", 31, FSYNC), scrape("m2", 32, null));
        timeIs(61);

        assertThat(told()).singleElement().satisfies(member -> {
            assertThat(member.member()).isEqualTo("m1");
            Map<String, String> after = missing(member);
            assertThat(after.remove(FSYNC)).isEqualTo("unknown");
            assertThat(after).isEqualTo(before);
            assertThat(member.missing())
                    .filteredOn(missing -> missing.metric().equals(FSYNC))
                    .allMatch(Coverage.Missing::required);
        });
    }

    @Test
    void tellsOfTheMachineWhatItsNodeExporterShowsAndWhyNotTheRest() throws Exception {
        give(withNode("m1", 1, new Sample("quorate_node_up", "node=\"h1:9100\"", 1), new Sample("node_load1", "", 1)));
        give(withNode(
                "m2", 1, new Sample("quorate_node_up", "why=\"no node-exporter found for host h2; let ...\"", 0)));
        timeIs(31);

        Coverage joined = told().get(0);
        assertThat(joined.present()).contains("node_load1").doesNotContain("quorate_node_up");
        assertThat(joined.missing())
                .filteredOn(missing -> missing.metric().equals("node_disk_io_time_seconds_total"))
                .singleElement()
                .satisfies(missing -> assertThat(missing.why()).isEqualTo("unknown"))
                .satisfies(missing -> assertThat(missing.detail()).startsWith("its node-exporter shows others"));
        assertThat(told().get(1).missing())
                .filteredOn(missing -> missing.metric().startsWith("node_"))
                .hasSizeGreaterThan(20)
                .allSatisfy(missing -> assertThat(missing.why()).isEqualTo("not-scraped"))
                .allSatisfy(missing -> assertThat(missing.detail()).startsWith("no node-exporter found for host h2"));
    }

    @Test
    void saysNothingOfMachinesThatNobodyAsksFor() throws Exception {
        give(scrape("m1", 1, null));
        timeIs(31);

        assertThat(missing(told().get(0)).keySet()).noneMatch(metric -> metric.startsWith("node_"));
    }

    @Test
    void namesBasicMetricsAndOlderVersions() throws Exception {
        give(scrape("m1", 1, HANDLING));
        timeIs(31);

        assertThat(missing(told().get(0)))
                .containsEntry(HANDLING, "basic-metrics")
                .containsEntry("etcd_server_range_duration_seconds", "version");
        assertThat(told().get(0).version()).isEqualTo("3.4.23");
    }

    @Test
    void saysNothingAgainForTenMinutesWhileNothingChanges() throws Exception {
        for (int second = 1; second < 1500; second += 10) {
            give(scrape("m1", second, null));
            timeIs(second);
        }

        assertThat(told())
                .extracting(member -> Scrapes.ZERO.until(member.observedAt(), java.time.temporal.ChronoUnit.SECONDS))
                .containsExactly(30L, 630L, 1230L);
    }

    @Test
    void tellsOfAMemberThatTheMemberListHasAndNobodyScrapes() throws Exception {
        give(
                Sighting.of(new ClusterRoster(
                        "c1",
                        "77",
                        Scrapes.second(1),
                        Scrapes.second(1),
                        List.of(
                                new ClusterRoster.Member("a1", "m1", false, List.of()),
                                new ClusterRoster.Member("b2", "m2", false, List.of("http://10.0.0.2:2379"))),
                        Map.of())),
                scrape("m1", 2, null));
        timeIs(31);

        assertThat(told()).extracting(Coverage::member).containsExactlyInAnyOrder("m1", "m2");
        assertThat(of("m2").missing()).extracting(Coverage.Missing::why).containsOnly("not-scraped");
        assertThat(of("m2").clusterId()).isEqualTo("77");
        assertThat(of("m1").memberId()).isEqualTo("a1");
    }

    @Test
    void doesNotTakeLabelsForAMemberListWithoutMembers() throws Exception {
        give(
                Sighting.of(new ClusterRoster(
                        "c1",
                        "77",
                        Scrapes.second(1),
                        Scrapes.second(1),
                        List.of(new ClusterRoster.Member("b2", "m2", false, List.of())),
                        Map.of())),
                Sighting.of(ClusterRoster.ofLabels("c1", Scrapes.second(2), Map.of("env", "prod"))));
        timeIs(31);

        assertThat(of("m2").clusterId()).isEqualTo("77");
    }

    @Test
    void tellsOfAMemberThatAnswersItsStatusAndNobodyScrapes() throws Exception {
        give(status("m1", "a1", 5));
        timeIs(31);

        assertThat(of("m1").missing()).extracting(Coverage.Missing::why).containsOnly("not-scraped");
    }

    @Test
    void tellsWhyAScrapeFailed() throws Exception {
        give(scrape("m1", 1, null));
        timeIs(31);
        coverage.getOutput().clear();
        give(Sighting.of(MemberScrape.failed(
                "c1", "m1", "test", Scrapes.second(32), Scrapes.second(32), "HTTP 401 Unauthorized")));
        timeIs(61);
        assertThat(of("m1").missing()).extracting(Coverage.Missing::why).containsOnly("auth");
        assertThat(of("m1").memberId()).as("its name had an id").isEqualTo("a1");
        coverage.getOutput().clear();

        give(Sighting.of(MemberScrape.failed(
                "c1", "m1", "test", Scrapes.second(62), Scrapes.second(62), "scrape failed: up == 0")));
        timeIs(91);
        assertThat(of("m1").missing()).extracting(Coverage.Missing::why).containsOnly("scrape-failed");
        assertThat(of("m1").present()).isEmpty();
    }

    @Test
    void turnsToNotScrapedWhenScrapesEnd() throws Exception {
        give(scrape("m1", 1, null));
        for (int second = 1; second < 300; second += 10) {
            give(status("m1", "a1", second));
            timeIs(second);
        }

        assertThat(told())
                .extracting(member -> member.missing().stream()
                        .anyMatch(missing -> missing.why().equals("not-scraped")))
                .containsExactly(false, true);
    }

    @Test
    void forgetsWhoIsGone() throws Exception {
        give(scrape("m1", 1, null));
        timeIs(2000);

        assertThat(coverage.numKeyedStateEntries()).isZero();
        assertThat(coverage.numEventTimeTimers()).isZero();
    }

    @Test
    void saysTheSameWhateverTheOrderOfArrival() throws Exception {
        List<Sighting> all = new ArrayList<>();
        for (int second = 0; second < 120; second += 5) {
            all.add(scrape("m1", second, second > 40 && second < 70 ? FSYNC : null));
            all.add(status("m1", "a1", second + 1));
            all.add(status("m2", "b2", second + 2));
        }
        give(all.toArray(Sighting[]::new));
        timeIs(150);
        List<Coverage> inOrder = told();
        assertThat(inOrder).hasSizeGreaterThanOrEqualTo(3);
        close();
        open();

        Collections.shuffle(all, new Random(3));
        give(all.toArray(Sighting[]::new));
        timeIs(150);

        assertThat(told()).isEqualTo(inOrder);
    }

    @Test
    void needsNoKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ClusterView.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Sighting.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Coverage.class);
    }

    private void give(Sighting... sightings) throws Exception {
        for (Sighting sighting : sightings) {
            coverage.processElement(sighting, sighting.observedAt().toEpochMilli());
        }
    }

    private void timeIs(double second) throws Exception {
        coverage.processWatermark(Scrapes.second(second).toEpochMilli());
    }

    private List<Coverage> told() {
        return coverage.extractOutputValues();
    }

    private Coverage of(String member) {
        return told().stream()
                .filter(one -> one.member().equals(member))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static Map<String, String> missing(Coverage coverage) {
        Map<String, String> missing = new java.util.TreeMap<>();
        coverage.missing().forEach(one -> missing.put(one.metric(), one.why()));
        return missing;
    }

    private static Sighting status(String member, String memberId, double second) {
        Instant at = Scrapes.second(second);
        return Sighting.of(new MemberStatus(
                "c1",
                "77",
                member,
                memberId,
                "http://" + member,
                at,
                at,
                "3.4.23",
                1,
                1,
                null,
                1,
                1,
                1,
                false,
                List.of(),
                3,
                null,
                null));
    }

    private static Sighting withNode(String member, double second, Sample... gauges) {
        Instant at = Scrapes.second(second);
        return Sighting.of(new MemberScrape(
                "c1", null, member, null, "test", at, at, 1.0, null, List.of(), List.of(), List.of(gauges)));
    }

    /** All that a member of 3.4 shows, but one. */
    private static Sighting scrape(String member, double second, String without) {
        List<Histogram> histograms = new ArrayList<>();
        List<Sample> counters = new ArrayList<>();
        List<Sample> gauges = new ArrayList<>();
        for (Metric metric : Catalogue.shipped().metrics()) {
            if (metric.origin() != Metric.Origin.MEMBER
                    || metric.since() != null
                    || metric.bornByUse()
                    || metric.name().equals(without)) {
                continue;
            }
            switch (metric.kind()) {
                case HISTOGRAM ->
                    histograms.add(new Histogram(metric.name(), "", BucketVector.empty(new double[] {0.001})));
                case COUNTER -> counters.add(new Sample(metric.name(), "", 1));
                default ->
                    gauges.add(new Sample(
                            metric.name(),
                            metric.name().equals("etcd_server_version") ? "server_version=\"3.4.23\"" : "",
                            1));
            }
        }
        Instant at = Scrapes.second(second);
        return Sighting.of(new MemberScrape(
                "c1",
                null,
                member,
                member.equals("m1") ? "a1" : "b2",
                "test",
                at,
                at,
                1.0,
                null,
                histograms,
                counters,
                gauges));
    }
}
