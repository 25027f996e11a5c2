package io.quorate.jobs.percentiles;

import static io.quorate.jobs.percentiles.Scrapes.second;

import io.quorate.events.Measures;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.util.List;

/** Scrapes of a member whose backend file, log and machine tell enough to derive from. */
final class Derivable {

    private Derivable() {}

    static MemberScrape at(double second, double dbSize, double inUse) {
        return new MemberScrape(
                "c1",
                null,
                "m1",
                null,
                "test",
                second(second),
                second(second),
                100.0,
                null,
                List.of(),
                List.of(
                        new Sample("etcd_server_proposals_committed_total", "", 53),
                        new Sample("etcd_server_proposals_applied_total", "", 50)),
                List.of(
                        new Sample("etcd_mvcc_db_total_size_in_bytes", "", dbSize),
                        new Sample("etcd_mvcc_db_total_size_in_use_in_bytes", "", inUse),
                        new Sample("etcd_server_quota_backend_bytes", "", 2000),
                        new Sample("etcd_debugging_mvcc_current_revision", "", 900),
                        new Sample("etcd_debugging_mvcc_compact_revision", "", 250),
                        new Sample("process_open_fds", "", 16),
                        new Sample("process_max_fds", "", 64),
                        new Sample("node_memory_MemAvailable_bytes", "", 10),
                        new Sample("node_memory_MemTotal_bytes", "", 100)));
    }

    static double last(Measures measures, String gauge) {
        return measures.gauges().stream()
                .filter(range -> range.metric().equals(gauge))
                .findFirst()
                .orElseThrow()
                .last();
    }

    static double growth(Measures measures) {
        return measures.counters().stream()
                .filter(counter -> counter.metric().equals(Derived.DB_GROWTH))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
