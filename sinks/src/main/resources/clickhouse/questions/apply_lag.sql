-- Which members are behind: their leader, or their own commits?
--
-- Members are not asked at one moment, so the leader's raft index is interpolated between its own answers before and after
-- the follower's. A lag that grows is a slow follower; one that comes and goes is a burst of writes. Few entries below zero
-- are what a straight line between two answers gets wrong. The lag to the leader is that of the last hour of the span.
WITH
lags AS
(
    SELECT cluster, member, count() AS answers, quantileExact(0.5)(lag_entries) AS median_lag, max(lag_entries) AS most_lag,
           argMax(lag_entries, observed_at) AS last_lag, max(observed_at) AS last_at
    FROM member_lag(
        cluster = {cluster:String},
        from = greatest({from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')} - INTERVAL 1 HOUR),
        to = {to:DateTime64(3, 'UTC')})
    GROUP BY cluster, member
),
applied AS
(
    SELECT cluster, member,
           maxIf(max, metric = 'quorate_commit_apply_lag_entries')               AS most_apply_lag,
           sumIf(increase, metric = 'etcd_server_slow_apply_total')              AS slow_applies,
           sumIf(increase, metric = 'etcd_server_slow_read_indexes_total')       AS slow_reads,
           maxIf(max, metric = 'etcd_server_proposals_pending')                  AS most_pending,
           sumIf(increase, metric = 'etcd_server_proposals_committed_total')     AS committed
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND metric IN ('quorate_commit_apply_lag_entries', 'etcd_server_slow_apply_total',
            'etcd_server_slow_read_indexes_total', 'etcd_server_proposals_pending', 'etcd_server_proposals_committed_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member
)
SELECT
    applied.cluster         AS cluster,
    applied.member          AS member,
    if(lags.answers > 0, median_lag, NULL) AS median_lag_to_leader_entries,
    if(lags.answers > 0, most_lag, NULL)   AS most_lag_to_leader_entries,
    if(lags.answers > 0, last_lag, NULL)   AS last_lag_to_leader_entries,
    lags.answers            AS answers_as_follower_count,
    most_apply_lag          AS most_commit_to_apply_entries,
    slow_applies            AS slow_applies_count,
    slow_reads              AS slow_read_indexes_count,
    most_pending            AS most_proposals_pending_count,
    committed               AS committed_entries
FROM applied
LEFT JOIN lags ON lags.cluster = applied.cluster AND lags.member = applied.member
ORDER BY greatest(toFloat64(coalesce(most_lag_to_leader_entries, 0)), coalesce(most_commit_to_apply_entries, 0)) DESC, cluster, member
LIMIT 100
