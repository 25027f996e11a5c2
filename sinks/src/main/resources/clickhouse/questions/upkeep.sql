-- When did members compact, defragment or take snapshots, and for how long?
--
-- A row per member and window in which any of it ended; operations are observed when they end. Commits beside it tell
-- whether it was felt.
WITH windows AS
(
    SELECT
        cluster,
        member,
        window_start,
        window_end,
        sumIf(count, metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds')          AS compactions,
        sumIf(sum, metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds') / 1000     AS compacting,
        sumIf(increase, metric = 'etcd_debugging_mvcc_db_compaction_keys_total')                        AS keys,
        sumIf(count, metric = 'etcd_disk_backend_defrag_duration_seconds')                              AS defragmentations,
        sumIf(sum, metric = 'etcd_disk_backend_defrag_duration_seconds')                                AS defragmenting,
        sumIf(count, metric = 'etcd_disk_backend_snapshot_duration_seconds')                            AS snapshots,
        sumIf(sum, metric = 'etcd_disk_backend_snapshot_duration_seconds')                              AS snapshotting,
        maxIf(quorate_at_most((edges, counts), 0.99), metric = 'etcd_disk_backend_commit_duration_seconds') AS commit_p99
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND metric IN ('etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
            'etcd_debugging_mvcc_db_compaction_keys_total', 'etcd_disk_backend_defrag_duration_seconds',
            'etcd_disk_backend_snapshot_duration_seconds', 'etcd_disk_backend_commit_duration_seconds')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, window_start, window_end
)
SELECT
    window_start,
    window_end,
    cluster,
    member,
    compactions                AS compactions_count,
    round(compacting, 3)       AS compacting_seconds,
    keys                       AS compacted_keys_count,
    defragmentations           AS defragmentations_count,
    round(defragmenting, 3)    AS defragmenting_seconds,
    snapshots                  AS snapshots_count,
    round(snapshotting, 3)     AS snapshotting_seconds,
    quorate_ms(commit_p99)     AS commit_p99_at_most_ms
FROM windows
WHERE compactions + defragmentations + snapshots > 0
ORDER BY window_start DESC, cluster, member
LIMIT 200
