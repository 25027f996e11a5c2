package io.quorate.jobs.percentiles;

import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one reading tells only when two of its metrics are put together. Shares of what happened, such as failed proposals
 * of all, are not among them: they are read from increases, which add up where shares do not.
 */
final class Derived {

    /** Bytes that the backend file grew, or shrank by a defragmentation: the one increase that may be negative. */
    static final String DB_GROWTH = "quorate_db_growth_bytes";

    private static final String DB_SIZE = "etcd_mvcc_db_total_size_in_bytes";

    private Derived() {}

    /** As gauges of the same moment. */
    static List<Sample> gauges(MemberScrape scrape) {
        Map<String, Double> read = new HashMap<>();
        scrape.counters().forEach(counter -> keep(read, counter));
        scrape.gauges().forEach(gauge -> keep(read, gauge));
        List<Sample> derived = new ArrayList<>();
        Double committed = read.get("etcd_server_proposals_committed_total");
        Double applied = read.get("etcd_server_proposals_applied_total");
        if (committed != null && applied != null) {
            derived.add(new Sample("quorate_commit_apply_lag_entries", Labels.NONE, committed - applied));
        }
        Double revision = read.get("etcd_debugging_mvcc_current_revision");
        Double compacted = read.get("etcd_debugging_mvcc_compact_revision");
        if (revision != null && compacted != null) {
            derived.add(new Sample("quorate_uncompacted_revisions", Labels.NONE, revision - compacted));
        }
        Double dbSize = read.get(DB_SIZE);
        add(
                derived,
                "quorate_db_fragmentation_ratio",
                rest(read.get("etcd_mvcc_db_total_size_in_use_in_bytes"), dbSize));
        add(derived, "quorate_db_quota_ratio", share(dbSize, read.get("etcd_server_quota_backend_bytes")));
        add(derived, "quorate_open_fds_ratio", share(read.get("process_open_fds"), read.get("process_max_fds")));
        add(
                derived,
                "quorate_memory_used_ratio",
                rest(read.get("node_memory_MemAvailable_bytes"), read.get("node_memory_MemTotal_bytes")));
        return derived;
    }

    /** The size of the backend file, bytes; null when the scrape does not tell. */
    static @Nullable Double dbSize(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals(DB_SIZE))
                .map(Sample::value)
                .findFirst()
                .orElse(null);
    }

    private static void keep(Map<String, Double> read, Sample sample) {
        if (sample.labels().isEmpty()) {
            read.put(sample.metric(), sample.value());
        }
    }

    private static void add(List<Sample> derived, String metric, @Nullable Double value) {
        if (value != null) {
            derived.add(new Sample(metric, Labels.NONE, value));
        }
    }

    private static @Nullable Double share(@Nullable Double part, @Nullable Double whole) {
        return part == null || whole == null || !(whole > 0) ? null : part / whole;
    }

    private static @Nullable Double rest(@Nullable Double part, @Nullable Double whole) {
        Double share = share(part, whole);
        return share == null ? null : 1 - share;
    }
}
