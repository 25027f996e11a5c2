-- How far are the members of a cluster from each other, in each direction?
--
-- etcd feeds this histogram with about two smoothed values per peer in 30 s: ask for 30 minutes or more, look at the median
-- rather than at the p99, and at the failed sends for what is happening now.
WITH
names AS
(
    SELECT cluster, member_id, any(member_window.member) AS name
    FROM {member_windows:Identifier} AS member_window
    WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND member_id != ''
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
    GROUP BY cluster, member_id
),
layouts AS
(
    SELECT cluster, member, label_map['To'] AS peer, edges, sumForEach(counts) AS counts,
           sumIf(increase, metric = 'etcd_network_peer_sent_failures_total') AS failures,
           sumIf(increase, metric = 'etcd_network_peer_sent_bytes_total') AS bytes
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND metric IN ('etcd_network_peer_round_trip_time_seconds', 'etcd_network_peer_sent_failures_total',
            'etcd_network_peer_sent_bytes_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, peer, edges
),
pairs AS
(
    SELECT cluster, member, peer, sum(layouts.failures) AS failures, sum(layouts.bytes) AS bytes,
           quorate_merge(groupArrayIf((edges, counts), notEmpty(counts))) AS buckets
    FROM layouts
    GROUP BY cluster, member, peer
)
SELECT
    pairs.cluster                                 AS cluster,
    member                                        AS from_member,
    if(names.name = '', peer, names.name)         AS to_member,
    quorate_count(buckets)                        AS round_trips_count,
    quorate_ms(quorate_above(buckets, 0.5))       AS p50_above_ms,
    quorate_ms(quorate_value(buckets, 0.5))       AS p50_ms,
    quorate_ms(quorate_at_most(buckets, 0.5))     AS p50_at_most_ms,
    quorate_ms(quorate_above(buckets, 0.99))      AS p99_above_ms,
    quorate_ms(quorate_at_most(buckets, 0.99))    AS p99_at_most_ms,
    coalesce(failures, 0)                         AS send_failures_count,
    round(bytes / 1048576, 3)                     AS sent_mib
FROM pairs
LEFT JOIN names ON names.cluster = pairs.cluster AND names.member_id = pairs.peer
ORDER BY cluster, from_member, to_member
