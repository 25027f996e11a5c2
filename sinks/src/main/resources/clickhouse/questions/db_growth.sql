-- How large are the backends, how fast do they grow, and when is the quota reached?
--
-- Growth is that of the bytes in use between the ends of the first and the last window, since the file itself only shrinks by
-- defragmentation. The hours to the quota count from the file's size; null where nothing grows.
WITH sizes AS
(
    SELECT
        cluster,
        member,
        min(window_end)                                                                            AS first_at,
        max(window_end)                                                                            AS last_at,
        argMinIf(last, window_start, metric = 'etcd_mvcc_db_total_size_in_use_in_bytes')           AS first_in_use,
        argMaxIf(last, window_start, metric = 'etcd_mvcc_db_total_size_in_use_in_bytes')           AS in_use,
        argMaxIf(last, window_start, metric = 'etcd_mvcc_db_total_size_in_bytes')                  AS size,
        argMaxIf(last, window_start, metric = 'etcd_server_quota_backend_bytes')                   AS quota,
        argMaxIf(last, window_start, metric = 'etcd_debugging_mvcc_keys_total')                    AS keys
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND last IS NOT NULL AND metric IN ('etcd_mvcc_db_total_size_in_use_in_bytes',
            'etcd_mvcc_db_total_size_in_bytes', 'etcd_server_quota_backend_bytes', 'etcd_debugging_mvcc_keys_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member
),
grown AS
(
    SELECT *, (in_use - first_in_use) / nullIf(dateDiff('millisecond', first_at, last_at), 0) * 3600000 AS per_hour
    FROM sizes
)
SELECT
    cluster,
    member,
    round(size / 1048576, 1)                               AS size_mib,
    round(in_use / 1048576, 1)                             AS in_use_mib,
    round(quota / 1048576)                                 AS quota_mib,
    quorate_percent(size, quota)                           AS of_quota_percent,
    quorate_percent(size - in_use, size)                   AS reclaimable_percent,
    round((in_use - first_in_use) / 1048576, 3)            AS grown_mib,
    round(per_hour / 1048576, 3)                           AS growth_mib_per_hour,
    if(per_hour > 0, round((quota - size) / per_hour, 1), NULL) AS quota_reached_in_hours,
    keys                                                   AS keys_count
FROM grown
ORDER BY quota_reached_in_hours NULLS LAST, of_quota_percent DESC, cluster, member
LIMIT 100
