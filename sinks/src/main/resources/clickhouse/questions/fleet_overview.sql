-- How is each cluster, the worst first?
--
-- Quantiles are at most the figure shown, since a quantile lies in a bucket and this is its upper edge. Failed polls and
-- leader changes are counted in the span; who answers and leads is as it was last seen.
WITH
layouts AS
(
    SELECT cluster, metric, edges, sumForEach(counts) AS counts
    FROM {scope_windows:Identifier} FINAL
    WHERE scope = 'cluster' AND NOT early AND metric IN ('etcd_disk_wal_fsync_duration_seconds',
            'etcd_disk_backend_commit_duration_seconds')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, metric, edges
),
latencies AS
(
    SELECT cluster, metric, quorate_merge(groupArray((edges, counts))) AS buckets
    FROM layouts
    GROUP BY cluster, metric
),
disks AS
(
    SELECT
        cluster,
        sumIf(quorate_count(buckets), metric LIKE '%fsync%')                        AS fsyncs,
        maxIf(quorate_at_most(buckets, 0.5), metric LIKE '%fsync%')                 AS fsync_p50,
        maxIf(quorate_at_most(buckets, 0.99), metric LIKE '%fsync%')                AS fsync_p99,
        maxIf(quorate_at_most(buckets, 0.99), metric LIKE '%commit%')               AS commit_p99
    FROM latencies
    GROUP BY cluster
),
counters AS
(
    SELECT
        cluster,
        sumIf(increase, metric = 'etcd_server_proposals_failed_total')              AS proposals_failed,
        sumIf(increase, metric = 'etcd_mvcc_put_total')                             AS puts,
        sumIf(increase, metric = 'grpc_server_handled_total')                       AS requests,
        sumIf(increase, metric = 'grpc_server_handled_total' AND quorate_failed_call(labels)) AS requests_failed,
        maxIf(max, metric = 'etcd_mvcc_db_total_size_in_bytes')                     AS db_size,
        maxIf(max, metric = 'etcd_server_quota_backend_bytes')                      AS quota
    FROM {scope_windows:Identifier} FINAL
    WHERE scope = 'cluster' AND NOT early AND metric IN ('etcd_server_proposals_failed_total', 'etcd_mvcc_put_total',
            'grpc_server_handled_total', 'etcd_mvcc_db_total_size_in_bytes', 'etcd_server_quota_backend_bytes')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster
),
changes AS
(
    SELECT cluster, count() AS leader_changes
    FROM leader_change FINAL
    WHERE observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
    GROUP BY cluster
),
polls AS
(
    SELECT cluster, countIf(failure != '') AS failed, count() AS polls
    FROM member_status FINAL
    WHERE observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
    GROUP BY cluster
),
alerts AS
(
    SELECT cluster, arrayStringConcat(arraySort(groupUniqArray(concat(toString(severity), ' ', rule))), ', ') AS open
    FROM alert_episode
    WHERE started_at < {to:DateTime64(3, 'UTC')} AND last_status IN ('firing', 'updated')
    GROUP BY cluster
),
clusters AS
(
    SELECT cluster FROM disks
    UNION DISTINCT SELECT cluster FROM polls WHERE {cluster:String} = '' OR cluster = {cluster:String}
)
SELECT
    clusters.cluster                                        AS cluster,
    info.leader                                             AS leader,
    concat(toString(info.answering_members), '/', toString(info.members)) AS answering,
    changes.leader_changes                                  AS leader_changes_count,
    disks.fsyncs                                            AS fsyncs_count,
    quorate_ms(fsync_p50)                                   AS fsync_p50_at_most_ms,
    quorate_ms(fsync_p99)                                   AS fsync_p99_at_most_ms,
    quorate_ms(commit_p99)                                  AS commit_p99_at_most_ms,
    proposals_failed                                        AS proposals_failed_count,
    quorate_percent(requests_failed, requests)              AS grpc_failed_percent,
    quorate_percent(polls.failed, polls.polls)              AS polls_failed_percent,
    round(puts / (dateDiff('millisecond', {from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}) / 1000), 1) AS puts_per_second,
    round(db_size / 1048576, 1)                             AS largest_db_mib,
    quorate_percent(db_size, quota)                         AS db_of_quota_percent,
    arrayStringConcat(info.etcd_versions, ', ')             AS etcd_versions,
    alerts.open                                             AS open_alerts
FROM clusters
LEFT JOIN disks ON disks.cluster = clusters.cluster
LEFT JOIN counters ON counters.cluster = clusters.cluster
LEFT JOIN changes ON changes.cluster = clusters.cluster
LEFT JOIN polls ON polls.cluster = clusters.cluster
LEFT JOIN alerts ON alerts.cluster = clusters.cluster
LEFT JOIN cluster_info AS info ON info.cluster = clusters.cluster
ORDER BY open_alerts = '', leader_changes_count DESC, polls_failed_percent DESC, fsync_p99_at_most_ms DESC NULLS LAST, cluster
