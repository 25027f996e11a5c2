package io.quorate.ingest.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.events.BucketVector;
import io.quorate.events.DeadLetter;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TextFormatTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of("cluster", "member"));
    private final ScrapeAssembler assembler = new ScrapeAssembler();

    @Test
    void readsCountersGaugesAndWhoItIs() {
        MemberScrape scrape = read("""
                # HELP etcd_server_has_leader Whether or not a leader exists.
                # TYPE etcd_server_has_leader gauge
                etcd_server_has_leader{instance="x:1",job="etcd",cluster="c1",member="m1"} 1
                etcd_server_id{server_id="D53AAEB2E1BF5D2D"} 1
                process_start_time_seconds 1.79520013712e+09
                # TYPE etcd_server_proposals_committed_total gauge
                etcd_server_proposals_committed_total 39 1795200146617
                etcd_server_version{server_version="3.4.23"} 1
                etcd_unheard_of_total 7
                """);

        assertThat(scrape.counters()).containsExactly(new Sample("etcd_server_proposals_committed_total", "", 39));
        assertThat(scrape.gauges())
                .containsExactly(
                        new Sample("etcd_server_has_leader", "", 1),
                        new Sample("etcd_server_version", "server_version=\"3.4.23\"", 1),
                        new Sample("process_start_time_seconds", "", 1795200137.12));
        assertThat(scrape.memberId()).isEqualTo("d53aaeb2e1bf5d2d");
        assertThat(scrape.processStartSeconds()).isEqualTo(1795200137.12);
        assertThat(refused()).isNull();
    }

    @Test
    void readsCountsOfAnyLength() {
        for (String number : List.of("0", "007", "999999999999999999", "9007199254740993", "98765432109876543210")) {
            assertThat(read("etcd_server_proposals_pending " + number, new ScrapeAssembler())
                            .gauges())
                    .containsExactly(new Sample("etcd_server_proposals_pending", "", Double.parseDouble(number)));
        }
    }

    @Test
    void groupsBucketsInWhateverOrderTheyCome() {
        MemberScrape scrape = read("""
                etcd_network_peer_round_trip_time_seconds_bucket{To="ab",le="+Inf"} 9
                etcd_network_peer_round_trip_time_seconds_bucket{To="ab",le="0.0002"} 5
                etcd_network_peer_round_trip_time_seconds_bucket{To="ab",le="1e-04"} 2
                etcd_network_peer_round_trip_time_seconds_sum{To="ab"} 0.5
                etcd_network_peer_round_trip_time_seconds_count{To="ab"} 9
                """);

        assertThat(scrape.histograms())
                .containsExactly(new Histogram(
                        "etcd_network_peer_round_trip_time_seconds",
                        "To=\"ab\"",
                        new BucketVector(new double[] {0.0001, 0.0002}, new long[] {2, 3, 4}, 0.5)));
    }

    @Test
    void keepsAHistogramWithoutObservations() {
        MemberScrape scrape = read("""
                etcd_disk_backend_defrag_duration_seconds_bucket{le="0.1"} 0
                etcd_disk_backend_defrag_duration_seconds_bucket{le="+Inf"} 0
                etcd_disk_backend_defrag_duration_seconds_sum 0
                """);

        assertThat(scrape.histograms())
                .singleElement()
                .satisfies(it -> assertThat(it.vector().total()).isZero());
    }

    @Test
    void readsEscapesBlanksCarriageReturnsAndLastCommas() {
        MemberScrape scrape = read(
                "etcd_server_client_requests_total { type = \"a\\\"}\\\\ \\n\" , client_api_version=\"3.4\",}\t2.5e+1 \r\n"
                        + "\r\n   # a comment\r\n\tetcd_server_is_leader 0\r\n"
                        + "etcd_server_proposals_pending 3");

        assertThat(scrape.counters())
                .containsExactly(new Sample(
                        "etcd_server_client_requests_total", "client_api_version=\"3.4\",type=\"a\\\"}\\\\ \\n\"", 25));
        assertThat(scrape.gauges())
                .containsExactly(
                        new Sample("etcd_server_is_leader", "", 0), new Sample("etcd_server_proposals_pending", "", 3));
        assertThat(refused()).isNull();
    }

    @Test
    void readsASeriesThatItKnowsAsItReadTheFirst() {
        for (String page : List.of(
                "etcd_server_client_requests_total{type=\"a}b\",client_api_version=\"3.4\"} 7\n",
                "etcd_server_client_requests_total{type=\"x\"} 7 # {trace_id=\"a\"} 0.5\n",
                "etcd_server_client_requests_total{type=\"x\"} 7 1795200146617\r\n",
                "etcd_server_client_requests_total{type=\"x\"}7\netcd_server_client_requests_total 8",
                "etcd_server_client_requests_total{type=\"x\"}\n",
                "etcd_server_client_requests_total{type=\"x\"} \r\netcd_server_is_leader 1\r\n",
                "etcd_server_client_requests_total{type=\"x\" 7\n}\netcd_server_is_leader 1\n")) {
            MemberScrape first = read(page, new ScrapeAssembler());
            MemberScrape again = read(page, new ScrapeAssembler());

            assertThat(again).as(page).isEqualTo(first);
        }
        assertThat(read("etcd_server_client_requests_total{type=\"x\"} 9\n", new ScrapeAssembler())
                        .counters())
                .containsExactly(new Sample("etcd_server_client_requests_total", "type=\"x\"", 9));
    }

    @Test
    void readsAPageAfterAnyOtherAsIfItWereTheFirst() {
        List<String> pages = List.of(
                "etcd_server_is_leader 1\netcd_server_client_requests_total{type=\"x\"} 7\netcd_mvcc_put_total 8\n",
                "etcd_server_is_leader 0\netcd_server_client_requests_total{type=\"x\"}9\netcd_mvcc_put_total 9",
                "etcd_server_client_requests_total{type=\"x\"} 10\netcd_mvcc_put_total 1.5e+1 1795200146617\n",
                "etcd_server_is_leader 1\netcd_server_client_requests_total{type=\"xy\"} 7\netcd_mvcc_put_total_more 8\n",
                "etcd_server_is_leader\netcd_server_client_requests_total{type=\"x\" 7\netcd_mvcc_put_total \r\n",
                "etcd_server_is_leader {of=\"a\"} 1\netcd_server_client_requests_total {type=\"x\"} 3\n",
                "# nothing\n",
                "etcd_unheard_of 1\r\n\tetcd_server_is_leader\t1\r\n",
                "etcd_server_is_leader 98765432109876543210\netcd_server_proposals_pending NaN\n",
                "etcd_server_is_leader +Inf\netcd_server_proposals_pending -3\n");
        for (String before : pages) {
            for (String page : pages) {
                TextFormat used = new TextFormat(Catalogue.shipped(), Set.of());
                TextFormat.LastPage last = new TextFormat.LastPage();
                used.read(before, last, new ScrapeAssembler());
                ScrapeAssembler again = new ScrapeAssembler();
                used.read(page, last, again);
                ScrapeAssembler first = new ScrapeAssembler();
                new TextFormat(Catalogue.shipped(), Set.of()).read(page, first);

                assertThat(again.scrape("c1", "m1", "s", NOON, NOON))
                        .as("%s after %s", page, before)
                        .isEqualTo(first.scrape("c1", "m1", "s", NOON, NOON));
                assertThat(again.deadLetter("c1", "m1", "s", NOON)).isEqualTo(first.deadLetter("c1", "m1", "s", NOON));
            }
        }
    }

    private MemberScrape read(String page, ScrapeAssembler into) {
        format.read(page, into);
        return into.scrape("c1", "m1", "s", NOON, NOON);
    }

    @Test
    void leavesSparseSeriesAtZeroOut() {
        MemberScrape scrape = read("""
                grpc_server_handled_total{grpc_method="Put",grpc_code="OK"} 4
                grpc_server_handled_total{grpc_method="Put",grpc_code="Aborted"} 0
                etcd_server_slow_apply_total 0
                """);

        assertThat(scrape.counters())
                .containsExactly(
                        new Sample("etcd_server_slow_apply_total", "", 0),
                        new Sample("grpc_server_handled_total", "grpc_code=\"OK\",grpc_method=\"Put\"", 4));
    }

    @Test
    void leavesOutWhatMakesNoSenseAndNamesIt() {
        MemberScrape scrape = read("""
                etcd_mvcc_put_total NaN
                etcd_mvcc_delete_total -1
                etcd_mvcc_range_total twelve
                etcd_server_proposals_pending +Inf
                etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 5
                etcd_disk_wal_fsync_duration_seconds_bucket{le="0.002"} 4
                etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 6
                etcd_disk_wal_fsync_duration_seconds_sum 1
                etcd_disk_backend_commit_duration_seconds_bucket{le="0.001"} 5
                etcd_disk_backend_commit_duration_seconds_sum 1
                etcd_snap_fsync_duration_seconds_bucket{le="+Inf"} 0.5
                etcd_snap_fsync_duration_seconds_sum 1
                etcd_mvcc_hash_duration_seconds_bucket{le="+Inf"} 1
                etcd_server_is_leader
                etcd_server_is_learner{broken 1
                etcd_mvcc_txn_total{a=b} 1
                etcd_server_has_leader 1
                etcd_server_has_leader 0
                """);

        assertThat(scrape.gauges()).containsExactly(new Sample("etcd_server_has_leader", "", 1));
        assertThat(scrape.counters()).isEmpty();
        assertThat(scrape.histograms()).isEmpty();
        DeadLetter letter = Objects.requireNonNull(refused());
        assertThat(letter.reason()).isEqualTo("malformed");
        assertThat(letter.detail()).startsWith("12 series of m1 left out: ").endsWith("; ...");
        assertThat(letter.record().lines())
                .containsExactlyInAnyOrder(
                        "etcd_mvcc_put_total: a counter cannot be NaN",
                        "etcd_mvcc_delete_total: a counter cannot be -1.0",
                        "etcd_mvcc_range_total: a counter cannot be NaN",
                        "etcd_server_proposals_pending: a gauge cannot be Infinity",
                        "etcd_disk_wal_fsync_duration_seconds: bucket 0.002 holds 4, less than the 5 of the smaller one",
                        "etcd_disk_backend_commit_duration_seconds: no bucket +Inf, expected one as the last",
                        "etcd_snap_fsync_duration_seconds: a bucket cannot hold 0.5 observations",
                        "etcd_mvcc_hash_duration_seconds: no finite _sum",
                        "line 14: no value, expected name{labels} value",
                        "line 15: no value, expected name{labels} value",
                        "line 16: labels are not name=\"value\" in etcd_mvcc_txn_total{a=b}",
                        "etcd_server_has_leader: twice in one scrape, the first one counts");
    }

    /** Which of the two counts cannot be told, nor what lies between edges that are none. */
    @Test
    void leavesOutHistogramsWhoseBucketsCannotBeToldApart() {
        MemberScrape scrape = read("""
                etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 5
                etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 5
                etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 6
                etcd_disk_wal_fsync_duration_seconds_sum 1
                etcd_disk_backend_commit_duration_seconds_bucket{le="+Inf"} 6
                etcd_disk_backend_commit_duration_seconds_sum 1
                etcd_disk_backend_commit_duration_seconds_sum 2
                etcd_snap_fsync_duration_seconds_bucket{le="soon"} 6
                etcd_snap_fsync_duration_seconds_bucket{le="+Inf"} 6
                etcd_snap_fsync_duration_seconds_sum 1
                etcd_mvcc_hash_duration_seconds_bucket{le="-Inf"} 1
                etcd_mvcc_hash_duration_seconds_bucket{le="+Inf"} 1
                etcd_mvcc_hash_duration_seconds_sum -Inf
                etcd_server_has_leader 1
                """);

        assertThat(scrape.gauges()).as("nothing else is lost").hasSize(1);
        assertThat(scrape.histograms()).isEmpty();
        assertThat(Objects.requireNonNull(refused()).record().lines())
                .containsExactlyInAnyOrder(
                        "etcd_disk_wal_fsync_duration_seconds: edges must be finite and increase: [0.001, 0.001]",
                        "etcd_disk_backend_commit_duration_seconds: _sum is there twice",
                        "etcd_snap_fsync_duration_seconds: le is no number",
                        "etcd_mvcc_hash_duration_seconds: no finite _sum");
    }

    private MemberScrape read(String page) {
        format.read(page, assembler);
        return assembler.scrape("c1", "m1", "here", NOON, NOON);
    }

    private DeadLetter refused() {
        return assembler.deadLetter("c1", "m1", "here", NOON);
    }
}
