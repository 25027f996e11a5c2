-- Who reads, writes, watches and leases how much, and which watchers are left behind?
--
-- Clients cannot be counted from outside: open Watch streams are the nearest to it.
WITH counted AS
(
    SELECT
        cluster,
        member,
        metric,
        sum(increase)                                                  AS grown,
        sum(dateDiff('millisecond', window_start, window_end)) / 1000  AS counted_seconds,
        max(max)                                                       AS most,
        argMax(last, window_start)                                     AS latest
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND kind != 'histogram' AND metric IN ('etcd_mvcc_put_total', 'etcd_mvcc_range_total', 'etcd_mvcc_delete_total',
            'etcd_mvcc_txn_total', 'etcd_debugging_mvcc_watcher_total', 'etcd_debugging_mvcc_slow_watcher_total',
            'etcd_debugging_mvcc_watch_stream_total', 'etcd_debugging_mvcc_pending_events_total', 'etcd_debugging_mvcc_events_total',
            'etcd_debugging_lease_granted_total', 'etcd_debugging_lease_renewed_total', 'etcd_debugging_lease_revoked_total',
            'etcd_debugging_server_lease_expired_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, metric
)
SELECT
    cluster,
    member,
    round(anyIf(grown / counted_seconds, metric = 'etcd_mvcc_put_total'), 2)               AS puts_per_second,
    round(anyIf(grown / counted_seconds, metric = 'etcd_mvcc_range_total'), 2)             AS ranges_per_second,
    round(anyIf(grown / counted_seconds, metric = 'etcd_mvcc_delete_total'), 2)            AS deletes_per_second,
    round(anyIf(grown / counted_seconds, metric = 'etcd_mvcc_txn_total'), 2)               AS txns_per_second,
    anyIf(latest, metric = 'etcd_debugging_mvcc_watch_stream_total')                       AS watch_streams_count,
    anyIf(latest, metric = 'etcd_debugging_mvcc_watcher_total')                            AS watchers_count,
    anyIf(most, metric = 'etcd_debugging_mvcc_slow_watcher_total')                         AS most_slow_watchers_count,
    anyIf(most, metric = 'etcd_debugging_mvcc_pending_events_total')                       AS most_pending_events_count,
    round(anyIf(grown / counted_seconds, metric = 'etcd_debugging_mvcc_events_total'), 2)  AS events_per_second,
    anyIf(grown, metric = 'etcd_debugging_lease_granted_total')                            AS leases_granted_count,
    anyIf(grown, metric = 'etcd_debugging_lease_renewed_total')                            AS leases_renewed_count,
    anyIf(grown, metric = 'etcd_debugging_lease_revoked_total')                            AS leases_revoked_count,
    anyIf(grown, metric = 'etcd_debugging_server_lease_expired_total')                     AS leases_expired_count
FROM counted
GROUP BY cluster, member
ORDER BY most_slow_watchers_count DESC, most_pending_events_count DESC, puts_per_second DESC, cluster, member
LIMIT 100
