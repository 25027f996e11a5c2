-- Which written quantiles do not follow from their own buckets? An honest run has none.
--
-- Every histogram row of a closed window of every size at member, cluster, group and fleet scope: rank q * n, the first
-- bucket whose cumulative count reaches it, linear inside. Differs: the count or a bound at all, a value by more than 1e-12
-- of itself.
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
    count,
    count_expected,
    quantile_low,
    low_expected,
    quantile_value,
    value_expected,
    quantile_high,
    high_expected
FROM recomputed_quantile
WHERE NOT agrees
ORDER BY window_start, scope, size, cluster, group, member, metric, labels
