-- Is it one disk, one cluster or everywhere? p99 of WAL fsync at fleet, cluster and member scope, milliseconds, side by side.
--
-- Wider scopes are read from merged buckets: they are true quantiles, not means of quantiles.
SELECT
    member.window_end                AS window_end,
    round(fleet.p99 * 1000, 3)       AS fleet_p99_ms,
    member.cluster                   AS cluster,
    round(cluster.p99 * 1000, 3)     AS cluster_p99_ms,
    member.member                    AS member,
    round(member.p99 * 1000, 3)      AS member_p99_ms,
    member.count                     AS fsyncs
FROM member_quantile AS member
LEFT JOIN (SELECT * FROM scope_quantile WHERE scope = 'cluster') AS cluster
    ON cluster.metric = member.metric AND cluster.labels = member.labels AND cluster.cluster = member.cluster
    AND cluster.window_start = member.window_start AND cluster.window_end = member.window_end
LEFT JOIN (SELECT * FROM scope_quantile WHERE scope = 'fleet') AS fleet
    ON fleet.metric = member.metric AND fleet.labels = member.labels
    AND fleet.window_start = member.window_start AND fleet.window_end = member.window_end
WHERE member.metric = 'etcd_disk_wal_fsync_duration_seconds'
ORDER BY window_end DESC, cluster, member
LIMIT 60
