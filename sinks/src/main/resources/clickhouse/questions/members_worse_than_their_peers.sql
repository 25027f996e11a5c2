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
-- All of a cluster in one row, on the edges that its members share, so that they can be compared.
clusters AS
(
    SELECT cluster, arraySort(groupArrayIntersect(edges)) AS common, groupArray((member, edges, counts)) AS seen
    FROM layouts
    GROUP BY cluster
),
shared AS
(
    SELECT
        cluster,
        arrayFilter(one -> quorate_count(one.2) > 0, arrayMap(
            name -> (name, quorate_merge(arrayConcat(
                [(common, arrayResize([toUInt64(0)], length(common) + 1))],
                arrayMap(row -> (row.2, row.3), arrayFilter(row -> row.1 = name, seen))))),
            arrayDistinct(seen.1))) AS members
    FROM clusters
),
others AS
(
    SELECT
        cluster,
        arrayJoin(members) AS one,
        one.1 AS member,
        one.2 AS own,
        arrayMap(other -> other.2, arrayFilter(other -> other.1 != member, members)) AS each,
        quorate_merge(each) AS peers
    FROM shared
    WHERE length(members) > 1
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
        arrayReduce('medianExactLow', arrayMap(other -> arraySum(arraySlice(other.2, bucket + 1)) / arraySum(other.2), each)) AS median_share,
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
