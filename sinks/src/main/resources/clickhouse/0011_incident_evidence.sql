-- What happened, in one list, and what did every part of every member show meanwhile?

CREATE OR REPLACE VIEW event AS
SELECT at, cluster, cluster_id, member, member_id, toString(kind) AS kind, before, after, detail
FROM cluster_event FINAL
UNION ALL
SELECT
    observed_at                                     AS at,
    cluster,
    cluster_id,
    to_member                                       AS member,
    to_id                                           AS member_id,
    'leader-changed'                                AS kind,
    from_member                                     AS before,
    to_member                                       AS after,
    concat('term ', toString(raft_term), if(from_member = to_member, ', the same member again', ''),
        multiIf(planned = 'yes', ', planned', planned = 'no', ', not planned', '')) AS detail
FROM leader_change FINAL
UNION ALL
SELECT
    at,
    cluster,
    cluster_id,
    member,
    member_id,
    concat('alert-', toString(status))              AS kind,
    ''                                              AS before,
    toString(severity)                              AS after,
    concat(rule, ': ', summary, if(cause = '', '', concat('; cause: ', cause))) AS detail
FROM alert FINAL
COMMENT 'What happened to clusters and members, as far as known: members, versions, alarms, restarts, leader changes, transitions of alerts; at is UTC, milliseconds';

-- A row per member and window, and a row per event where it happened, in the order of time. Base windows while they are
-- kept, before them those of a minute. An empty cluster asks for all.
CREATE OR REPLACE VIEW incident_evidence AS
WITH
    (
        SELECT minOrNull(window_start)
        FROM member_window
        WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND window_start >= {from:DateTime64(3, 'UTC')}
            AND window_start < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
    ) AS base_from,
    ['etcd_disk_wal_fsync_duration_seconds', 'etcd_disk_backend_commit_duration_seconds',
     'etcd_network_peer_round_trip_time_seconds', 'etcd_server_heartbeat_send_failures_total', 'etcd_server_slow_apply_total',
     'etcd_server_proposals_failed_total', 'etcd_server_proposals_pending', 'etcd_server_has_leader', 'etcd_server_is_leader',
     'etcd_network_peer_sent_failures_total', 'grpc_server_handled_total', 'etcd_mvcc_put_total', 'process_cpu_seconds_total',
     'process_resident_memory_bytes', 'node_cpu_seconds_total', 'node_disk_io_time_seconds_total',
     'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds', 'etcd_disk_backend_defrag_duration_seconds',
     'etcd_mvcc_db_total_size_in_bytes', 'quorate_commit_apply_lag_entries'] AS asked_metrics,
    series AS
    (
        SELECT cluster, member, window_start, window_end, metric, labels, count, sum, edges, counts, increase, min, max, last, gap
        FROM member_window FINAL
        WHERE NOT early AND has(asked_metrics, metric) AND window_start >= {from:DateTime64(3, 'UTC')}
            AND window_start < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
        UNION ALL
        SELECT cluster, member, window_start, window_end, metric, labels, count, sum, edges, counts, increase, min, max, last, gap
        FROM member_window_1m FINAL
        WHERE NOT early AND (base_from IS NULL OR window_end <= base_from) AND has(asked_metrics, metric) AND window_start >= {from:DateTime64(3, 'UTC')}
            AND window_start < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
    ),
    windows AS
    (
        SELECT
            cluster,
            member,
            window_start,
            window_end,
            dateDiff('millisecond', window_start, window_end) / 1000 AS seconds,
            sumIf(count, metric = 'etcd_disk_wal_fsync_duration_seconds') AS fsyncs,
            maxIf(quorate_at_most((edges, counts), 0.5), metric = 'etcd_disk_wal_fsync_duration_seconds') AS fsync_p50,
            maxIf(quorate_at_most((edges, counts), 0.99), metric = 'etcd_disk_wal_fsync_duration_seconds') AS fsync_p99,
            maxIf(quorate_at_most((edges, counts), 0.99), metric = 'etcd_disk_backend_commit_duration_seconds') AS commit_p99,
            maxIf(quorate_at_most((edges, counts), 0.5), metric = 'etcd_network_peer_round_trip_time_seconds') AS round_trip_p50,
            sumIf(increase, metric = 'etcd_server_heartbeat_send_failures_total') AS heartbeat_failures,
            sumIf(increase, metric = 'etcd_server_slow_apply_total') AS slow_applies,
            sumIf(increase, metric = 'etcd_server_proposals_failed_total') AS proposals_failed,
            maxIf(max, metric = 'etcd_server_proposals_pending') AS proposals_pending,
            maxIf(max, metric = 'quorate_commit_apply_lag_entries') AS apply_lag,
            minIf(min, metric = 'etcd_server_has_leader') AS has_leader,
            maxIf(max, metric = 'etcd_server_is_leader') AS is_leader,
            sumIf(increase, metric = 'etcd_network_peer_sent_failures_total') AS send_failures,
            sumIf(increase, metric = 'grpc_server_handled_total') AS requests,
            sumIf(increase, metric = 'grpc_server_handled_total' AND quorate_failed_call(labels)) AS requests_failed,
            sumIf(increase, metric = 'etcd_mvcc_put_total') AS puts,
            sumIf(increase, metric = 'process_cpu_seconds_total') AS cpu,
            maxIf(max, metric = 'process_resident_memory_bytes') AS memory,
            sumIf(increase, metric = 'node_cpu_seconds_total' AND match(labels, 'mode="iowait"')) AS iowait,
            sumIf(increase, metric = 'node_cpu_seconds_total') AS cpu_of_machine,
            maxIf(increase, metric = 'node_disk_io_time_seconds_total') AS disk_busy,
            sumIf(count, metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds') AS compactions,
            sumIf(count, metric = 'etcd_disk_backend_defrag_duration_seconds') AS defragmentations,
            maxIf(last, metric = 'etcd_mvcc_db_total_size_in_bytes') AS db_size,
            max(gap) AS gap
        FROM series
        GROUP BY cluster, member, window_start, window_end
    ),
    asked AS
    (
        SELECT windows.cluster AS cluster, windows.member AS member, windows.window_start AS window_start,
               countIf(status.failure != '') AS unanswered
        FROM windows
        INNER JOIN
        (
            SELECT cluster, member, observed_at, failure
            FROM member_status FINAL
            WHERE observed_at >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR AND observed_at < {to:DateTime64(3, 'UTC')} + INTERVAL 1 HOUR
                AND failure != '' AND ({cluster:String} = '' OR cluster = {cluster:String})
        ) AS status ON status.cluster = windows.cluster AND status.member = windows.member
        WHERE status.observed_at >= windows.window_start AND status.observed_at < windows.window_end
        GROUP BY ALL
    )
SELECT
    windows.window_start                                         AS at,
    cluster,
    member,
    multiIf(is_leader = 1, 'leader', has_leader = 0, 'no leader', '') AS role,
    ''                                                           AS event,
    toNullable(fsyncs)                                           AS fsyncs_count,
    quorate_ms(fsync_p50)                                        AS fsync_p50_at_most_ms,
    quorate_ms(fsync_p99)                                        AS fsync_p99_at_most_ms,
    quorate_ms(commit_p99)                                       AS commit_p99_at_most_ms,
    quorate_ms(round_trip_p50)                                   AS worst_peer_round_trip_p50_at_most_ms,
    heartbeat_failures                                           AS heartbeat_failures_count,
    send_failures                                                AS peer_send_failures_count,
    slow_applies                                                 AS slow_applies_count,
    apply_lag                                                    AS most_apply_lag_entries,
    proposals_pending                                            AS most_proposals_pending_count,
    proposals_failed                                             AS proposals_failed_count,
    quorate_percent(requests_failed, requests)                   AS grpc_failed_percent,
    round(puts / seconds, 1)                                     AS puts_per_second,
    round(cpu / seconds, 2)                                      AS cpu_cores,
    round(memory / 1048576)                                      AS memory_mib,
    quorate_percent(iowait, cpu_of_machine)                      AS iowait_percent,
    quorate_percent(disk_busy, seconds)                          AS busiest_disk_percent,
    toNullable(compactions)                                      AS compactions_count,
    toNullable(defragmentations)                                 AS defragmentations_count,
    round(db_size / 1048576, 1)                                  AS db_size_mib,
    toNullable(asked.unanswered)                                 AS unanswered_polls_count,
    toNullable(gap)                                              AS gap,
    toNullable(windows.window_end)                               AS until,
    ''                                                           AS detail
FROM windows
LEFT JOIN asked ON asked.cluster = windows.cluster AND asked.member = windows.member AND asked.window_start = windows.window_start
UNION ALL
SELECT
    at,
    cluster,
    member,
    ''                                                           AS role,
    concat(kind, if(before = '' AND after = '', '', concat(': ', if(before = '', '', concat(before, ' -> ')), after))) AS event,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    detail
FROM event
WHERE at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
COMMENT 'All of an incident side by side: a row per member and window, a row per event; incident_evidence(cluster = ..., from = ..., to = ...), an empty cluster for all';
