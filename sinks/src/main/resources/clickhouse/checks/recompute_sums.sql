-- Which cluster rows are not the sum of their members, which fleet rows not the sum of their clusters? An honest run has
-- none.
--
-- Edges and counts bit for bit; member rows are summed without the labels that tell peers apart (To, From, Local,
-- Remote), on different edges only the common ones remain. A sum that is missing counts once later windows are there.
SELECT
    scope,
    cluster,
    window_start,
    window_end,
    metric,
    labels,
    summands,
    edges,
    edges_expected,
    counts,
    counts_expected
FROM recomputed_sum
WHERE NOT agrees
ORDER BY window_start, scope, cluster, metric, labels
