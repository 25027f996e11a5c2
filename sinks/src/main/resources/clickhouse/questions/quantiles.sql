-- How long did it take, at fleet, cluster and member scope: the quantiles of a histogram with their bounds?
--
-- Buckets are added over the span and over members, never quantiles: each lies in (above, at_most]. Read the count first:
-- a p99 of fewer than 100 observations is the largest of them. In the metric's own unit, which its name ends with.
WITH
layouts AS
(
    SELECT toString(scope) AS scope, cluster, '' AS member, labels, edges, sumForEach(counts) AS counts
    FROM {scope_windows:Identifier} FINAL
    WHERE scope IN ('cluster', 'fleet') AND NOT early AND metric = {metric:String}
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY scope, cluster, labels, edges
    UNION ALL
    SELECT 'member' AS scope, cluster, member, labels, edges, sumForEach(counts) AS counts
    FROM {member_windows:Identifier} FINAL
    WHERE kind = 'histogram' AND NOT early AND metric = {metric:String}
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, member, labels, edges
),
merged AS
(
    SELECT scope, cluster, member, labels, quorate_merge(groupArray((edges, counts))) AS buckets
    FROM layouts
    WHERE notEmpty(counts)
    GROUP BY scope, cluster, member, labels
    HAVING quorate_count(buckets) > 0
)
SELECT
    scope,
    cluster,
    member,
    labels,
    quorate_count(buckets)                AS observations_count,
    round(quorate_above(buckets, 0.5), 7)    AS p50_above,
    round(quorate_value(buckets, 0.5), 7)    AS p50,
    round(quorate_at_most(buckets, 0.5), 7)  AS p50_at_most,
    round(quorate_value(buckets, 0.9), 7)    AS p90,
    round(quorate_at_most(buckets, 0.9), 7)  AS p90_at_most,
    round(quorate_above(buckets, 0.99), 7)   AS p99_above,
    round(quorate_value(buckets, 0.99), 7)   AS p99,
    round(quorate_at_most(buckets, 0.99), 7) AS p99_at_most,
    round(quorate_at_most(buckets, 0.999), 7) AS p999_at_most,
    extract({metric:String}, '(seconds|milliseconds|bytes)$') AS unit
FROM merged
ORDER BY scope = 'member', scope = 'cluster', cluster, member, labels
