package io.quorate.rules;

import java.util.stream.IntStream;

/**
 * The edges of etcd's histograms, as its source sets them: what a threshold can be decided at. They are for judging rules
 * before any reading is there; readings bring their own.
 */
public final class Buckets {

    private static final double[] NONE = {};

    private Buckets() {}

    /** Finite upper edges in the metric's own unit, increasing; empty for a metric of which they are not known. */
    public static double[] edges(String metric) {
        return switch (metric) {
            case "etcd_disk_wal_fsync_duration_seconds",
                    "etcd_disk_wal_write_duration_seconds",
                    "etcd_disk_backend_commit_duration_seconds",
                    "etcd_debugging_disk_backend_commit_rebalance_duration_seconds",
                    "etcd_debugging_disk_backend_commit_spill_duration_seconds",
                    "etcd_debugging_disk_backend_commit_write_duration_seconds",
                    "etcd_debugging_snap_save_total_duration_seconds",
                    "etcd_snap_fsync_duration_seconds",
                    "etcd_snap_db_fsync_duration_seconds" -> doubling(0.001, 14);
            case "etcd_network_peer_round_trip_time_seconds" -> doubling(0.0001, 16);
            case "etcd_server_apply_duration_seconds", "etcd_server_range_duration_seconds" -> doubling(0.0001, 20);
            case "etcd_disk_backend_snapshot_duration_seconds" -> doubling(0.01, 17);
            case "etcd_mvcc_hash_duration_seconds", "etcd_mvcc_hash_rev_duration_seconds" -> doubling(0.01, 15);
            case "etcd_snap_db_save_total_duration_seconds" -> doubling(0.1, 10);
            case "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds" -> doubling(100, 14);
            case "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds" -> doubling(1, 13);
            case "etcd_debugging_lease_ttl_total" -> doubling(1, 24);
            case "etcd_disk_backend_defrag_duration_seconds" -> doubling(0.1, 13);
            case "grpc_server_handling_seconds" ->
                new double[] {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
            default -> NONE;
        };
    }

    private static double[] doubling(double first, int edges) {
        return IntStream.range(0, edges).mapToDouble(i -> first * (1L << i)).toArray();
    }
}
