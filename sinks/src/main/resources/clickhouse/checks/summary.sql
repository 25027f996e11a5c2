-- How much was compared, and how much of it differs, per check, scope and size of window?
SELECT check, scope, size, rows, rows_with_observations, differing
FROM
(
    SELECT 'quantiles' AS check, scope, size, count() AS rows, countIf(count > 0) AS rows_with_observations, countIf(NOT agrees) AS differing
    FROM recomputed_quantile
    GROUP BY scope, size
    UNION ALL
    SELECT 'sums' AS check, scope, size, count() AS rows, countIf(arraySum(counts) > 0) AS rows_with_observations, countIf(NOT agrees) AS differing
    FROM recomputed_sum
    GROUP BY scope, size
    UNION ALL
    SELECT 'rollups' AS check, scope, size, count() AS rows, countIf(arraySum(counts) > 0) AS rows_with_observations, countIf(NOT agrees) AS differing
    FROM recomputed_rollup
    GROUP BY scope, size
)
ORDER BY
    indexOf(['quantiles', 'sums', 'rollups'], check),
    indexOf(['member', 'cluster', 'group', 'fleet'], scope),
    indexOf(['base', '1m', '5m', '1h', '1d'], size)
