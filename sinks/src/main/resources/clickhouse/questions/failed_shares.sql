-- What share of proposals, requests, reads, peer messages and polls failed in each cluster?
--
-- Shares are of counts added over the span. Every member counts the same committed proposals, so the most that one of them
-- counted stands for all. A cut-off member fails reads and sends long before anything of it is in a quantile.
WITH
members AS
(
    SELECT
        cluster,
        member,
        sumIf(increase, metric = 'etcd_server_proposals_failed_total')         AS failed,
        sumIf(increase, metric = 'etcd_server_proposals_committed_total')      AS committed,
        sumIf(increase, metric = 'grpc_server_handled_total')                  AS requests,
        sumIf(increase, metric = 'grpc_server_handled_total' AND quorate_failed_call(labels)) AS requests_failed,
        sumIf(increase, metric = 'etcd_server_read_indexes_failed_total')      AS reads_failed,
        sumIf(increase, metric = 'etcd_server_heartbeat_send_failures_total')  AS heartbeats,
        sumIf(increase, metric = 'etcd_network_peer_sent_failures_total')      AS sends
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND metric IN ('etcd_server_proposals_failed_total', 'etcd_server_proposals_committed_total',
            'grpc_server_handled_total', 'etcd_server_read_indexes_failed_total', 'etcd_server_heartbeat_send_failures_total',
            'etcd_network_peer_sent_failures_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member
),
polls AS
(
    SELECT cluster, countIf(failure != '') AS failed, count() AS polls
    FROM member_status FINAL
    WHERE observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
    GROUP BY cluster
)
SELECT
    members.cluster                                             AS cluster,
    sum(members.failed)                                         AS proposals_failed_count,
    max(members.committed)                                      AS proposals_committed_count,
    quorate_percent(sum(members.failed), sum(members.failed) + max(members.committed)) AS proposals_failed_percent,
    sum(members.requests_failed)                                AS grpc_failed_count,
    sum(members.requests)                                       AS grpc_handled_count,
    quorate_percent(sum(members.requests_failed), sum(members.requests)) AS grpc_failed_percent,
    sum(members.reads_failed)                                   AS read_indexes_failed_count,
    sum(members.heartbeats)                                     AS heartbeat_failures_count,
    coalesce(sum(members.sends), 0)                             AS peer_send_failures_count,
    any(polls.failed)                                           AS polls_failed_count,
    quorate_percent(any(polls.failed), any(polls.polls))        AS polls_failed_percent
FROM members
LEFT JOIN polls ON polls.cluster = members.cluster
GROUP BY members.cluster
ORDER BY greatest(coalesce(proposals_failed_percent, 0), coalesce(grpc_failed_percent, 0), coalesce(polls_failed_percent, 0)) DESC, cluster
LIMIT 100
