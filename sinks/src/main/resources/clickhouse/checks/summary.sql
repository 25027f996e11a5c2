-- How much was compared, and how much of it differs, per check and scope?
SELECT 'quantiles' AS check, scope, count() AS rows, countIf(count > 0) AS rows_with_observations, countIf(NOT agrees) AS differing
FROM recomputed_quantile
GROUP BY scope
UNION ALL
SELECT 'sums' AS check, scope, count() AS rows, countIf(arraySum(counts) > 0) AS rows_with_observations, countIf(NOT agrees) AS differing
FROM recomputed_sum
GROUP BY scope
ORDER BY check, scope
