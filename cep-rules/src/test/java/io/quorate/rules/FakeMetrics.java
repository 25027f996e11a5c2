package io.quorate.rules;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Some of etcd's metrics, one of each sort. */
public final class FakeMetrics implements KnownMetrics {

    private final Map<String, Known> known = new TreeMap<>();

    public FakeMetrics() {
        put("etcd_disk_wal_fsync_duration_seconds", Kind.HISTOGRAM, "seconds");
        put("etcd_disk_backend_commit_duration_seconds", Kind.HISTOGRAM, "seconds");
        put("etcd_network_peer_round_trip_time_seconds", Kind.HISTOGRAM, "seconds");
        put("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", Kind.HISTOGRAM, "milliseconds");
        put("etcd_server_has_leader", Kind.GAUGE, "bool");
        put("etcd_mvcc_db_total_size_in_bytes", Kind.GAUGE, "bytes");
        put("etcd_mvcc_db_total_size_in_use_in_bytes", Kind.GAUGE, "bytes");
        put("etcd_server_quota_backend_bytes", Kind.GAUGE, "bytes");
        put("etcd_server_proposals_pending", Kind.GAUGE, "proposals");
        put("etcd_server_proposals_committed_total", Kind.COUNTER, "proposals");
        put("process_open_fds", Kind.GAUGE, "descriptors");
        put("process_max_fds", Kind.GAUGE, "descriptors");
        put("node_memory_MemAvailable_bytes", Kind.GAUGE, "bytes");
        put("node_memory_MemTotal_bytes", Kind.GAUGE, "bytes");
        put("node_filesystem_avail_bytes", Kind.GAUGE, "bytes");
        put("node_filesystem_size_bytes", Kind.GAUGE, "bytes");
        put("node_cpu_seconds_total", Kind.COUNTER, "seconds");
        put("node_network_transmit_bytes_total", Kind.COUNTER, "bytes");
        put("node_network_receive_bytes_total", Kind.COUNTER, "bytes");
        put("etcd_server_leader_changes_seen_total", Kind.COUNTER, "changes");
        put("etcd_server_proposals_failed_total", Kind.COUNTER, "proposals");
        put("grpc_server_handled_total", Kind.COUNTER, "calls");
        put("process_cpu_seconds_total", Kind.COUNTER, "seconds");
        known.put("grpc_server_handling_seconds", new Known(Kind.HISTOGRAM, "seconds", true, null, false));
        known.put("etcd_disk_wal_write_duration_seconds", new Known(Kind.HISTOGRAM, "seconds", false, "3.6", false));
        known.put("node_network_speed_bytes", new Known(Kind.GAUGE, "bytes", false, null, true));
        known.put("etcd_network_peer_sent_failures_total", new Known(Kind.COUNTER, "failures", false, null, true));
    }

    private void put(String name, Kind kind, String unit) {
        known.put(name, new Known(kind, unit, false, null, false));
    }

    @Override
    public Optional<Known> of(String name) {
        return Optional.ofNullable(known.get(name));
    }

    @Override
    public Collection<String> names() {
        return known.keySet();
    }
}
