-- Which members are worse than the others of their own cluster?
--
-- Each is measured at the edge in whose bucket the p99 of the others together lies: its share of operations slower than
-- that, beside the median of the others' shares. Worse is a share of at least 3 times that median and above 1 %, with at
-- least 10 slow operations; or a median whose bucket lies more than one above that of the others. All of it is counts of
-- buckets: no quantile is averaged.
WITH
layouts AS
(
    SELECT cluster, member, edges, sumForEach(counts) AS counts
    FROM {member_windows:Identifier} FINAL
    WHERE kind = 'histogram' AND NOT early AND metric = {metric:String}
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, edges
),
-- On the edges that all members of the cluster share, so that they can be compared.
shared AS
(
    SELECT cluster, groupArrayIntersect(edges) AS common
    FROM layouts
    GROUP BY cluster
),
members AS
(
    SELECT
        cluster,
        member,
        quorate_merge(arrayConcat([(arraySort(any(common)), arrayResize([toUInt64(0)], length(any(common)) + 1))],
            groupArray((edges, counts)))) AS buckets
    FROM layouts
    INNER JOIN shared ON shared.cluster = layouts.cluster
    GROUP BY cluster, member
    HAVING quorate_count(buckets) > 0
),
others AS
(
    SELECT
        one.cluster AS cluster,
        one.member AS member,
        any(one.buckets) AS own,
        groupArray(other.buckets) AS each,
        quorate_merge(groupArray(other.buckets)) AS peers
    FROM members AS one
    INNER JOIN members AS other ON other.cluster = one.cluster
    WHERE other.member != one.member
    GROUP BY one.cluster, one.member
),
measured AS
(
    SELECT
        *,
        least(quorate_bucket(peers, 0.99), length(peers.1)) AS bucket,
        peers.1[bucket] AS edge,
        quorate_count(own) AS operations,
        quorate_slower(own, edge) AS slow,
        slow / operations AS share,
        arrayReduce('medianExactLow', arrayMap(one -> arraySum(arraySlice(one.2, bucket + 1)) / arraySum(one.2), each)) AS median_share,
        quorate_bucket(own, 0.5) - quorate_bucket(peers, 0.5) AS buckets_above
    FROM others
)
SELECT
    cluster,
    member,
    operations                                             AS operations_count,
    round(edge, 7)                                         AS edge,
    extract({metric:String}, '(seconds|milliseconds|bytes)$') AS unit,
    slow                                                   AS slower_count,
    round(100 * share, 3)                                  AS slower_percent,
    round(100 * median_share, 3)                           AS peers_median_slower_percent,
    if(median_share > 0, round(share / median_share, 1), NULL) AS times_the_peers,
    round(quorate_at_most(own, 0.5), 7)                    AS p50_at_most,
    round(quorate_at_most(peers, 0.5), 7)                  AS peers_p50_at_most,
    round(quorate_above(own, 0.99), 7)                     AS p99_above,
    round(quorate_at_most(own, 0.99), 7)                   AS p99_at_most,
    round(quorate_at_most(peers, 0.99), 7)                 AS peers_p99_at_most
FROM measured
WHERE (slow >= 10 AND share > 0.01 AND share >= 3 * median_share) OR (operations >= 10 AND buckets_above > 1)
ORDER BY share DESC, cluster, member
LIMIT 100
