-- How long do members wait for their disk? WAL fsync of each member in its newest windows, milliseconds, with bounds.
--
-- The true quantile lies in (low, high]; a p99 of fewer than 100 fsyncs is their maximum.
SELECT
    window_end,
    cluster,
    member,
    count                                              AS fsyncs_count,
    quorate_ms(quorate_value((edges, counts), 0.5))    AS p50_ms,
    quorate_ms(quorate_value((edges, counts), 0.99))   AS p99_ms,
    quorate_ms(quorate_above((edges, counts), 0.99))   AS p99_above_ms,
    quorate_ms(quorate_at_most((edges, counts), 0.99)) AS p99_at_most_ms,
    quorate_ms(quorate_value((edges, counts), 0.999))  AS p999_ms,
    gap
FROM {member_windows:Identifier} FINAL
WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND NOT early
    AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
    AND ({cluster:String} = '' OR cluster = {cluster:String})
ORDER BY window_end DESC, cluster, member
LIMIT 60
