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
public final class Derived {

    /** Bytes that the backend file grew, or shrank by a defragmentation: the one increase that may be negative. */
    static final String DB_GROWTH = "quorate_db_growth_bytes";

    private static final String DB_SIZE = "etcd_mvcc_db_total_size_in_bytes";

    private static final String COMMITTED = "etcd_server_proposals_committed_total";
    private static final String APPLIED = "etcd_server_proposals_applied_total";
    private static final String REVISION = "etcd_debugging_mvcc_current_revision";
    private static final String COMPACTED = "etcd_debugging_mvcc_compact_revision";
    private static final String IN_USE = "etcd_mvcc_db_total_size_in_use_in_bytes";
    private static final String QUOTA = "etcd_server_quota_backend_bytes";
    private static final String OPEN_FDS = "process_open_fds";
    private static final String MAX_FDS = "process_max_fds";
    private static final String AVAILABLE = "node_memory_MemAvailable_bytes";
    private static final String MEMORY = "node_memory_MemTotal_bytes";

    private static final String LAG = "quorate_commit_apply_lag_entries";
    private static final String UNCOMPACTED = "quorate_uncompacted_revisions";
    private static final String FRAGMENTATION = "quorate_db_fragmentation_ratio";
    private static final String QUOTA_RATIO = "quorate_db_quota_ratio";
    private static final String FDS_RATIO = "quorate_open_fds_ratio";
    private static final String MEMORY_RATIO = "quorate_memory_used_ratio";

    private static final Map<String, List<String>> PARTS = Map.of(
            LAG, List.of(COMMITTED, APPLIED),
            UNCOMPACTED, List.of(REVISION, COMPACTED),
            FRAGMENTATION, List.of(IN_USE, DB_SIZE),
            QUOTA_RATIO, List.of(DB_SIZE, QUOTA),
            DB_GROWTH, List.of(DB_SIZE),
            FDS_RATIO, List.of(OPEN_FDS, MAX_FDS),
            MEMORY_RATIO, List.of(AVAILABLE, MEMORY));

    private Derived() {}

    /** What this metric is made of; nothing when a member shows it itself. */
    public static List<String> partsOf(String metric) {
        return PARTS.getOrDefault(metric, List.of());
    }

    /** As gauges of the same moment. */
    static List<Sample> gauges(MemberScrape scrape) {
        Map<String, Double> read = new HashMap<>();
        scrape.counters().forEach(counter -> keep(read, counter));
        scrape.gauges().forEach(gauge -> keep(read, gauge));
        List<Sample> derived = new ArrayList<>();
        Double committed = read.get(COMMITTED);
        Double applied = read.get(APPLIED);
        if (committed != null && applied != null) {
            derived.add(new Sample(LAG, Labels.NONE, committed - applied));
        }
        Double revision = read.get(REVISION);
        Double compacted = read.get(COMPACTED);
        if (revision != null && compacted != null) {
            derived.add(new Sample(UNCOMPACTED, Labels.NONE, revision - compacted));
        }
        Double dbSize = read.get(DB_SIZE);
        add(derived, FRAGMENTATION, rest(read.get(IN_USE), dbSize));
        add(derived, QUOTA_RATIO, share(dbSize, read.get(QUOTA)));
        add(derived, FDS_RATIO, share(read.get(OPEN_FDS), read.get(MAX_FDS)));
        add(derived, MEMORY_RATIO, rest(read.get(AVAILABLE), read.get(MEMORY)));
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
