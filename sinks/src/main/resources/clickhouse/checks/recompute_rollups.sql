-- Which longer windows are not the sum of the next shorter ones in them? An honest run has none.
--
-- 1m of the base windows, 5m of 1m, 1h of 5m, 1d of 1h, each at its own scope; edges and counts bit for bit, on different
-- edges only the common ones remain. Compared is what later windows of both sizes have left behind.
SELECT
    scope,
    size,
    cluster,
    group,
    member,
    window_start,
    window_end,
    metric,
    labels,
    summands,
    edges,
    edges_expected,
    counts,
    counts_expected
FROM recomputed_rollup
WHERE NOT agrees
ORDER BY window_start, scope, size, cluster, group, member, metric, labels
