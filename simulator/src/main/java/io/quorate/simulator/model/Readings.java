package io.quorate.simulator.model;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which of etcd's metrics shows what of the model. What stands here is modelled; every other series of a page stands still. */
public final class Readings {

    /** One number of a member; {@code peer} counts only where the series names one. NaN is absent. */
    @FunctionalInterface
    public interface Value {
        double of(Cluster cluster, Member member, int peer);
    }

    /** One histogram of a member. */
    @FunctionalInterface
    public interface Histogram {
        Tally of(Cluster cluster, Member member, int peer);
    }

    private static final Map<String, Value> VALUES = values();
    private static final Map<String, Histogram> HISTOGRAMS = histograms();

    private Readings() {}

    /** What this metric shows, by {@code name} or {@code name{labels}}; null when it is not modelled. */
    public static @Nullable Value value(String series) {
        return VALUES.get(series);
    }

    public static @Nullable Histogram histogram(String series) {
        return HISTOGRAMS.get(series);
    }

    /** How many calls of this gRPC method the member has handled. */
    public static long handled(Member member, String method) {
        Counters counters = member.counters;
        return switch (method) {
            case "Put" -> counters.handledPut.total();
            case "Range" -> counters.handledRange.total();
            case "Alarm" -> counters.alarmCalls;
            case "Status" -> counters.statusCalls;
            case "MemberList" -> counters.memberListCalls;
            case "Defragment" -> counters.defragmentations;
            default -> 0;
        };
    }

    /** How long the calls of this gRPC method took; null when that is not modelled. */
    public static @Nullable Tally handling(Member member, String method) {
        return switch (method) {
            case "Put" -> member.counters.handledPut;
            case "Range" -> member.counters.handledRange;
            default -> null;
        };
    }

    private static Map<String, Value> values() {
        Map<String, Value> of = new HashMap<>();
        of.put("etcd_server_has_leader", (c, m, p) -> m.lead == Member.NONE ? 0 : 1);
        of.put("etcd_server_is_leader", (c, m, p) -> m.lead == m.index ? 1 : 0);
        of.put("etcd_server_leader_changes_seen_total", (c, m, p) -> m.counters.leaderChangesSeen);
        of.put("etcd_server_proposals_committed_total", (c, m, p) -> m.commitIndex);
        of.put("etcd_server_proposals_applied_total", (c, m, p) -> m.appliedIndex);
        of.put("etcd_server_proposals_pending", (c, m, p) -> m.pending);
        of.put("etcd_server_proposals_failed_total", (c, m, p) -> m.counters.proposalsFailed);
        of.put("etcd_server_heartbeat_send_failures_total", (c, m, p) -> m.counters.heartbeatSendFailures);
        of.put("etcd_server_slow_apply_total", (c, m, p) -> m.counters.slowApplies);
        of.put("etcd_server_slow_read_indexes_total", (c, m, p) -> m.counters.slowReadIndexes);
        of.put("etcd_server_read_indexes_failed_total", (c, m, p) -> m.counters.readIndexesFailed);
        of.put("etcd_server_health_success", (c, m, p) -> m.counters.healthSuccesses);
        of.put("etcd_server_health_failures", (c, m, p) -> m.counters.healthFailures);
        of.put("etcd_server_quota_backend_bytes", (c, m, p) -> c.shape().quotaBytes());
        of.put("etcd_debugging_server_alarms", (c, m, p) -> m.alarmed ? 1 : Double.NaN);
        of.put("etcd_network_known_peers", (c, m, p) -> 1);
        of.put("etcd_disk_wal_write_bytes_total", (c, m, p) -> m.counters.walBytes);
        of.put("etcd_disk_defrag_inflight", (c, m, p) -> m.defragmentingUntil > c.now() ? 1 : 0);
        of.put("etcd_mvcc_db_total_size_in_bytes", (c, m, p) -> m.dbBytes);
        of.put("etcd_debugging_mvcc_db_total_size_in_bytes", (c, m, p) -> m.dbBytes);
        of.put("etcd_mvcc_db_total_size_in_use_in_bytes", (c, m, p) -> m.usedBytes);
        of.put("etcd_mvcc_put_total", (c, m, p) -> m.counters.puts);
        of.put("etcd_debugging_mvcc_put_total", (c, m, p) -> m.counters.puts);
        of.put("etcd_mvcc_range_total", (c, m, p) -> m.counters.ranges);
        of.put("etcd_debugging_mvcc_range_total", (c, m, p) -> m.counters.ranges);
        of.put("etcd_debugging_mvcc_total_put_size_in_bytes", (c, m, p) -> m.counters.putBytes);
        of.put("etcd_debugging_mvcc_keys_total", (c, m, p) -> c.flow().keys());
        of.put("etcd_debugging_mvcc_current_revision", (c, m, p) -> c.flow().revision());
        of.put("etcd_debugging_mvcc_compact_revision", (c, m, p) -> c.flow().compactedRevision());
        of.put("etcd_debugging_mvcc_db_compaction_keys_total", (c, m, p) -> m.counters.compactedKeys);
        of.put("etcd_debugging_mvcc_events_total", (c, m, p) -> m.counters.events);
        of.put("etcd_debugging_mvcc_watcher_total", (c, m, p) -> c.load().watchers());
        of.put(
                "etcd_debugging_mvcc_watch_stream_total",
                (c, m, p) -> Math.min(1, c.load().watchers()));
        of.put("etcd_debugging_mvcc_slow_watcher_total", (c, m, p) -> m.slowWatchers);
        of.put("etcd_debugging_mvcc_pending_events_total", (c, m, p) -> m.pendingEvents);
        of.put("etcd_network_active_peers", (c, m, p) -> m.connected[p] ? 1 : 0);
        of.put("etcd_network_disconnected_peers_total", (c, m, p) -> sparse(m.counters.disconnections[p]));
        of.put("etcd_network_peer_sent_failures_total", (c, m, p) -> sparse(m.counters.peerSendFailures[p]));
        of.put("etcd_network_peer_sent_bytes_total", (c, m, p) -> m.counters.peerSentBytes[p]);
        of.put("etcd_network_peer_received_bytes_total{From=\"@peer\"}", (c, m, p) -> m.counters.peerReceivedBytes[p]);
        of.put("etcd_network_client_grpc_sent_bytes_total", (c, m, p) -> m.counters.clientSentBytes);
        of.put("etcd_network_client_grpc_received_bytes_total", (c, m, p) -> m.counters.clientReceivedBytes);
        of.put("etcd_server_client_requests_total{type=\"unary\"}", (c, m, p) -> calls(m));
        of.put("process_cpu_seconds_total", (c, m, p) -> Math.floor(m.counters.cpuSeconds * 100) / 100);
        of.put("process_resident_memory_bytes", (c, m, p) -> 4096 * Math.floor((38e6 + m.dbBytes * 0.9) / 4096));
        of.put("process_open_fds", (c, m, p) -> 20.0 + 6 * c.members().size());
        of.put(
                "go_goroutines",
                (c, m, p) -> 70.0 + 15 * c.members().size() + 2.0 * c.load().watchers());
        of.put("go_memstats_alloc_bytes_total", (c, m, p) -> 3e7 + m.counters.puts * 40_000.0);
        of.put("promhttp_metric_handler_requests_total{code=\"200\"}", (c, m, p) -> m.counters.scrapes);
        return of;
    }

    private static Map<String, Histogram> histograms() {
        Map<String, Histogram> of = new HashMap<>();
        of.put("etcd_disk_wal_fsync_duration_seconds", (c, m, p) -> m.counters.walFsync);
        of.put("etcd_disk_wal_write_duration_seconds", (c, m, p) -> m.counters.walWrite);
        of.put("etcd_disk_backend_commit_duration_seconds", (c, m, p) -> m.counters.commit);
        of.put(
                "etcd_debugging_disk_backend_commit_rebalance_duration_seconds",
                (c, m, p) -> m.counters.commitRebalance);
        of.put("etcd_debugging_disk_backend_commit_spill_duration_seconds", (c, m, p) -> m.counters.commitSpill);
        of.put("etcd_debugging_disk_backend_commit_write_duration_seconds", (c, m, p) -> m.counters.commitWrite);
        of.put("etcd_disk_backend_defrag_duration_seconds", (c, m, p) -> m.counters.defragmentation);
        of.put(
                "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
                (c, m, p) -> m.counters.compactionMillis);
        of.put(
                "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
                (c, m, p) -> m.counters.compactionPauseMillis);
        of.put("etcd_network_peer_round_trip_time_seconds", (c, m, p) -> m.counters.peerRoundTrip[p]);
        of.put("etcd_server_apply_duration_seconds{op=\"Put\"}", (c, m, p) -> m.counters.applyPut);
        of.put("etcd_server_range_duration_seconds", (c, m, p) -> m.counters.rangeTime);
        return of;
    }

    /** Such series are born with their first event. */
    private static double sparse(long count) {
        return count == 0 ? Double.NaN : count;
    }

    private static double calls(Member member) {
        Counters counters = member.counters;
        return (double) counters.handledPut.total()
                + counters.handledRange.total()
                + counters.alarmCalls
                + counters.statusCalls
                + counters.memberListCalls;
    }
}
