-- Is it one disk, one cluster or everywhere? p99 of WAL fsync at fleet, cluster and member scope, milliseconds, side by side.
--
-- Wider scopes are read from merged buckets: they are true quantiles, not means of quantiles.
WITH wider AS
(
    SELECT scope, cluster, window_start, window_end, edges, counts
    FROM {scope_windows:Identifier} FINAL
    WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND NOT early
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
)
SELECT
    own.window_end                                                 AS window_end,
    quorate_ms(quorate_value((fleet.edges, fleet.counts), 0.99))   AS fleet_p99_ms,
    own.cluster                                                    AS cluster,
    quorate_ms(quorate_value((whole.edges, whole.counts), 0.99))   AS cluster_p99_ms,
    own.member                                                     AS member,
    quorate_ms(quorate_value((own.edges, own.counts), 0.99))       AS member_p99_ms,
    own.count                                                      AS fsyncs_count
FROM {member_windows:Identifier} AS own FINAL
LEFT JOIN (SELECT * FROM wider WHERE scope = 'cluster') AS whole
    ON whole.cluster = own.cluster AND whole.window_start = own.window_start AND whole.window_end = own.window_end
LEFT JOIN (SELECT * FROM wider WHERE scope = 'fleet') AS fleet
    ON fleet.window_start = own.window_start AND fleet.window_end = own.window_end
WHERE own.metric = 'etcd_disk_wal_fsync_duration_seconds' AND NOT own.early
    AND own.window_start >= {from:DateTime64(3, 'UTC')} AND own.window_start < {to:DateTime64(3, 'UTC')}
    AND ({cluster:String} = '' OR own.cluster = {cluster:String})
ORDER BY window_end DESC, cluster, member
LIMIT 60
