-- Which cluster rows are not the sum of their members, which group and fleet rows not the sum of their clusters? An honest
-- run has none.
--
-- Closed windows of every size, edges and counts bit for bit; member rows are summed without the labels that tell peers
-- apart (To, From, Local, Remote), on different edges only the common ones remain. A group is the clusters whose newest
-- roster before the end of the window had its labels. A sum that is missing counts once later windows are there.
SELECT
    scope,
    size,
    cluster,
    group,
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
ORDER BY window_start, scope, size, cluster, group, metric, labels
