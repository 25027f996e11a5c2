-- Which members wait for their disk, the slowest first?
--
-- How many fsyncs took longer than an edge is exact, so is "more than 1 % of them did", which is what p99 > edge means. The
-- level is that of the ladder: information above 8 ms, warning above 32, critical above 128, page above 512; from 10 slow
-- fsyncs on, as fewer prove nothing. A null is an edge that this member's buckets do not have.
WITH
layouts AS
(
    SELECT cluster, member, metric, edges, sumForEach(counts) AS counts
    FROM {member_windows:Identifier} FINAL
    WHERE NOT early AND metric IN ('etcd_disk_wal_fsync_duration_seconds', 'etcd_disk_backend_commit_duration_seconds')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, metric, edges
),
merged AS
(
    SELECT
        cluster,
        member,
        quorate_merge(groupArrayIf((edges, counts), metric LIKE '%fsync%'))  AS fsync,
        quorate_merge(groupArrayIf((edges, counts), metric LIKE '%commit%')) AS commit
    FROM layouts
    GROUP BY cluster, member
),
slow AS
(
    SELECT
        *,
        quorate_count(fsync) AS fsyncs,
        quorate_slower(fsync, 0.008) AS over_8,
        quorate_slower(fsync, 0.032) AS over_32,
        quorate_slower(fsync, 0.128) AS over_128,
        quorate_slower(fsync, 0.512) AS over_512
    FROM merged
    WHERE fsyncs > 0
)
SELECT
    cluster,
    member,
    multiIf(over_512 >= 10 AND over_512 * 100 > fsyncs, 'page',
            over_128 >= 10 AND over_128 * 100 > fsyncs, 'critical',
            over_32 >= 10 AND over_32 * 100 > fsyncs, 'warning',
            over_8 >= 10 AND over_8 * 100 > fsyncs, 'information', '') AS level,
    fsyncs                                              AS fsyncs_count,
    over_8                                              AS slower_than_8_ms_count,
    over_32                                             AS slower_than_32_ms_count,
    over_128                                            AS slower_than_128_ms_count,
    over_512                                            AS slower_than_512_ms_count,
    quorate_percent(over_32, fsyncs)                    AS slower_than_32_ms_percent,
    quorate_ms(quorate_at_most(fsync, 0.5))             AS fsync_p50_at_most_ms,
    quorate_ms(quorate_above(fsync, 0.99))              AS fsync_p99_above_ms,
    quorate_ms(quorate_value(fsync, 0.99))              AS fsync_p99_ms,
    quorate_ms(quorate_at_most(fsync, 0.99))            AS fsync_p99_at_most_ms,
    quorate_count(commit)                               AS commits_count,
    quorate_ms(quorate_above(commit, 0.99))             AS commit_p99_above_ms,
    quorate_ms(quorate_at_most(commit, 0.99))           AS commit_p99_at_most_ms
FROM slow
ORDER BY indexOf(['page', 'critical', 'warning', 'information', ''], level), over_128 / fsyncs DESC, over_32 / fsyncs DESC, over_8 / fsyncs DESC, cluster, member
LIMIT 100
