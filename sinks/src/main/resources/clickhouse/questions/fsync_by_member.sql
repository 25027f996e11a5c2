-- How long do members wait for their disk? WAL fsync of each member in its newest windows, milliseconds, with bounds.
--
-- The true quantile lies in (low, high]; a p99 of fewer than 100 fsyncs is their maximum.
SELECT
    window_end,
    cluster,
    member,
    count              AS fsyncs,
    round(p50 * 1000, 3)     AS p50_ms,
    round(p99 * 1000, 3)     AS p99_ms,
    round(p99_low * 1000, 3) AS p99_above_ms,
    round(p99_high * 1000, 3) AS p99_at_most_ms,
    round(p999 * 1000, 3)    AS p999_ms,
    gap
FROM member_quantile
WHERE metric = 'etcd_disk_wal_fsync_duration_seconds'
ORDER BY window_end DESC, cluster, member
LIMIT 60
