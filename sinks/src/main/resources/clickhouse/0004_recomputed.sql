-- Do the numbers that were written follow from the buckets that were written?
--
-- Two views put what the jobs wrote beside what SQL computes from the integer buckets alone; the files under checks/ ask
-- them for rows that differ.

CREATE OR REPLACE VIEW recomputed_quantile AS
WITH
    arrayCumSum(counts) AS cumulative,
    arraySum(counts) AS total,
    [0.5, 0.9, 0.95, 0.99, 0.999] AS levels,
    -- The first bucket whose cumulative count reaches the rank; beyond the last edge when none does.
    arrayMap(q -> arrayFirstIndex(c -> toFloat64(c) >= q * toFloat64(total), arraySlice(cumulative, 1, length(edges))),
        levels) AS firsts,
    arrayMap(first -> if(first > 0, first, length(edges) + 1), firsts) AS buckets,
    arrayMap(b -> (b > length(edges)), buckets) AS beyond,
    arrayMap(b -> (b = 1 AND edges[1] <= 0), buckets) AS below_zero
SELECT
    scope,
    cluster,
    group,
    member,
    window_start,
    window_end,
    metric,
    labels,
    count,
    total                                                                            AS count_expected,
    edges,
    counts,
    levels,
    quantile_low,
    quantile_value,
    quantile_high,
    if(total = 0, [], arrayMap((b, far, negative) -> multiIf(
        far, if(empty(edges), -inf, edges[length(edges)]),
        negative, -inf,
        b = 1, 0,
        edges[b - 1]), buckets, beyond, below_zero))                                 AS low_expected,
    if(total = 0, [], arrayMap((b, far, negative, low, q) -> multiIf(
        far, if(empty(edges), nan, low),
        negative, edges[b],
        low + (edges[b] - low) * ((q * toFloat64(total) - toFloat64(cumulative[b] - counts[b])) / toFloat64(counts[b]))),
        buckets, beyond, below_zero, low_expected, levels))                          AS value_expected,
    if(total = 0, [], arrayMap((b, far) -> if(far, inf, edges[b]), buckets, beyond)) AS high_expected,
    count = total
        AND length(counts) = length(edges) + 1
        AND quantile_low = low_expected
        AND quantile_high = high_expected
        AND length(quantile_value) = length(value_expected)
        AND arrayAll((written, expected) ->
                (isNaN(written) AND isNaN(expected))
                OR abs(written - expected) <= 1e-12 * greatest(abs(written), abs(expected)),
            if(length(quantile_value) = length(value_expected), quantile_value, value_expected), value_expected) AS agrees
FROM
(
    SELECT 'member' AS scope, cluster, '' AS group, member, window_start, window_end, metric, labels,
           count, edges, counts, quantile_low, quantile_value, quantile_high
    FROM member_window FINAL
    WHERE kind = 'histogram'
    UNION ALL
    SELECT toString(scope) AS scope, cluster, group, '' AS member, window_start, window_end, metric, labels,
           count, edges, counts, quantile_low, quantile_value, quantile_high
    FROM scope_window FINAL
    WHERE kind = 'histogram'
)
COMMENT 'Every histogram row with its quantiles as written and as recomputed from edges and counts; agrees: counts and bounds equal, values to 1e-12';

CREATE OR REPLACE VIEW recomputed_sum AS
WITH
    -- What tells peers apart means nothing beyond its member. A quote inside a value is escaped, so this finds names only.
    narrow AS
    (
        SELECT 'cluster' AS scope, cluster, window_start, window_end, metric,
               replaceRegexpOne(replaceRegexpAll(labels,
                   '(^|,)(To|From|Local|Remote)="(?:[^"\\\\]|\\\\.)*"', ''), '^,', '') AS labels,
               edges, counts
        FROM member_window FINAL
        WHERE kind = 'histogram'
        UNION ALL
        SELECT 'fleet' AS scope, '' AS cluster, window_start, window_end, metric, labels, edges, counts
        FROM scope_window AS level FINAL
        WHERE level.kind = 'histogram' AND level.scope = 'cluster'
    ),
    -- On different layouts only the common edges remain.
    summed AS
    (
        SELECT scope, cluster, window_start, window_end, metric, labels,
               arraySort(groupArrayIntersect(edges)) AS common,
               groupArray((edges, arrayCumSum(counts))) AS rows,
               arrayMap(edge -> arraySum(row -> row.2[indexOf(row.1, edge)], rows), common) AS reached,
               arrayPushBack(reached, arraySum(row -> row.2[length(row.2)], rows)) AS cumulative,
               arrayDifference(arrayPushFront(cumulative, 0)) AS steps,
               arrayMap(step -> toUInt64(step), arrayPopFront(steps)) AS summed_counts
        FROM narrow
        GROUP BY scope, cluster, window_start, window_end, metric, labels
    ),
    wide AS
    (
        SELECT toString(scope) AS scope, cluster, window_start, window_end, metric, labels, edges, counts
        FROM scope_window FINAL
        WHERE kind = 'histogram' AND scope IN ('cluster', 'fleet')
    ),
    newest AS
    (
        SELECT toString(scope) AS scope, max(window_end) AS until
        FROM scope_window
        GROUP BY scope
    )
SELECT
    if(wide.metric != '', wide.scope, summed.scope)               AS scope,
    if(wide.metric != '', wide.cluster, summed.cluster)           AS cluster,
    if(wide.metric != '', wide.window_start, summed.window_start) AS window_start,
    if(wide.metric != '', wide.window_end, summed.window_end)     AS window_end,
    if(wide.metric != '', wide.metric, summed.metric)             AS metric,
    if(wide.metric != '', wide.labels, summed.labels)             AS labels,
    wide.edges                                                    AS edges,
    wide.counts                                                   AS counts,
    summed.common                                                 AS edges_expected,
    summed.summed_counts                                          AS counts_expected,
    length(summed.rows)                                           AS summands,
    edges = edges_expected AND counts = counts_expected           AS agrees
FROM wide
FULL OUTER JOIN summed USING (scope, cluster, window_start, window_end, metric, labels)
LEFT JOIN newest ON newest.scope = if(wide.metric != '', wide.scope, summed.scope)
-- A sum that has not come yet is missing only once later windows have.
WHERE wide.metric != '' OR summed.window_end < newest.until
COMMENT 'Every histogram row at cluster and fleet scope beside the sum of the level below; agrees: edges and counts equal, bit for bit';
