package io.quorate.jobs.percentiles;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scrapes in the words of a test: at second 3, twelve fsyncs so far. */
final class Scrapes {

    static final Instant ZERO = Instant.parse("2026-01-01T00:00:00Z");
    static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    static final double[] EDGES = {0.001, 0.002};

    private Scrapes() {}

    static Instant second(double second) {
        return ZERO.plusMillis(Math.round(second * 1000));
    }

    /** All of them within the first bucket. */
    static MemberScrape at(double second, long fsyncs) {
        return at("m1", second, fsyncs, 100.0);
    }

    static MemberScrape at(String member, double second, long fsyncs, @Nullable Double startedAt) {
        return new MemberScrape(
                "c1",
                null,
                member,
                null,
                "test",
                second(second),
                second(second),
                startedAt,
                null,
                List.of(new Histogram(FSYNC, "", new BucketVector(EDGES, new long[] {fsyncs, 0, 0}, fsyncs * 0.0005))),
                List.of(
                        new Sample("etcd_server_leader_changes_seen_total", "", fsyncs),
                        new Sample("etcd_server_proposals_committed_total", "", fsyncs),
                        new Sample("etcd_network_peer_sent_bytes_total", "To=\"p" + member + "\"", fsyncs)),
                List.of(new Sample("etcd_server_proposals_pending", "", fsyncs % 7)));
    }

    /** The same, brought by another source. */
    static MemberScrape by(String source, MemberScrape scrape) {
        return new MemberScrape(
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                scrape.memberId(),
                source,
                scrape.observedAt(),
                scrape.ingestedAt(),
                scrape.processStartSeconds(),
                scrape.failure(),
                scrape.histograms(),
                scrape.counters(),
                scrape.gauges());
    }

    /** The same, told by the member of this id. */
    static MemberScrape of(String memberId, MemberScrape scrape) {
        return new MemberScrape(
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                memberId,
                scrape.source(),
                scrape.observedAt(),
                scrape.ingestedAt(),
                scrape.processStartSeconds(),
                scrape.failure(),
                scrape.histograms(),
                scrape.counters(),
                scrape.gauges());
    }

    static MemberScrape failedAt(double second) {
        return MemberScrape.failed("c1", "m1", "test", second(second), second(second), "timeout");
    }
}
