-- Do the numbers that were written follow from the buckets that were written, at every scope and every size of window?
--
-- Two views put the rows of all sizes together, early ones left out. Three put what the jobs wrote beside what SQL computes
-- from the integer buckets alone; the files under checks/ ask them for rows that differ. Sums go by without a join: what
-- was written and what it is made of meet in one GROUP BY, which holds a few numbers per row and spills to disk when they
-- are many.

CREATE OR REPLACE VIEW closed_member_window AS
SELECT 'base' AS size, * FROM member_window FINAL WHERE version > 0
UNION ALL
SELECT '1m' AS size, * FROM member_window_1m FINAL WHERE version > 0
UNION ALL
SELECT '5m' AS size, * FROM member_window_5m FINAL WHERE version > 0
UNION ALL
SELECT '1h' AS size, * FROM member_window_1h FINAL WHERE version > 0
UNION ALL
SELECT '1d' AS size, * FROM member_window_1d FINAL WHERE version > 0
COMMENT 'Every closed window of every member in every size: base, 1m, 5m, 1h, 1d; units as in member_window';

CREATE OR REPLACE VIEW closed_scope_window AS
SELECT 'base' AS size, * FROM scope_window FINAL WHERE version > 0
UNION ALL
SELECT '1m' AS size, * FROM scope_window_1m FINAL WHERE version > 0
UNION ALL
SELECT '5m' AS size, * FROM scope_window_5m FINAL WHERE version > 0
UNION ALL
SELECT '1h' AS size, * FROM scope_window_1h FINAL WHERE version > 0
UNION ALL
SELECT '1d' AS size, * FROM scope_window_1d FINAL WHERE version > 0
COMMENT 'Every closed window of every cluster, group and the fleet in every size: base, 1m, 5m, 1h, 1d; units as in scope_window';

-- When which clusters were in a group, as their labels tell. A cluster's labels are those of its newest roster that has any;
-- before its first one they are the same, as its first windows wait for it. Labels that came back after others had been in
-- their place count from when they first stood there.
CREATE OR REPLACE VIEW group_cluster AS
WITH
    labelled AS
    (
        SELECT
            cluster,
            any(label_map)    AS labels_then,
            min(observed_at)  AS told,
            row_number() OVER by_time = 1 AS first,
            if(first, toDateTime64('1970-01-01', 3, 'UTC'), told) AS since,
            leadInFrame(told, 1, toDateTime64('2200-01-01', 3, 'UTC')) OVER by_time AS until
        FROM cluster_roster
        WHERE notEmpty(label_map)
        GROUP BY cluster, toString(mapSort(label_map))
        WINDOW by_time AS (PARTITION BY cluster ORDER BY min(observed_at) ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    ),
    named AS
    (
        SELECT DISTINCT group, extractKeyValuePairsWithEscaping(group, '=', ',', '"') AS wanted
        FROM closed_scope_window
        WHERE scope = 'group'
    )
SELECT group, cluster, told, since, until
FROM named CROSS JOIN labelled
WHERE arrayAll((name, value) -> labels_then[name] = value, mapKeys(wanted), mapValues(wanted))
COMMENT 'Which cluster had the labels of which group, when a roster first told them, and from when until when they count, event time, UTC, milliseconds';

CREATE OR REPLACE VIEW newest_window AS
SELECT mapFromArrays(groupArray(concat(scope, ' ', size)), groupArray(latest)) AS newest
FROM
(
    SELECT 'member' AS scope, size, max(window_end) AS latest FROM closed_member_window GROUP BY size
    UNION ALL
    SELECT toString(wide.scope) AS scope, size, max(window_end) AS latest FROM closed_scope_window AS wide GROUP BY scope, size
)
COMMENT 'The end of the newest closed window by scope and size, in one row';

-- What may have gone is not missed.
CREATE OR REPLACE VIEW kept_window AS
SELECT mapFromArrays(groupArray(size), groupArray(seconds)) AS kept
FROM
(
    SELECT
        if(position(name, '_window_') > 0, splitByChar('_', name)[3], 'base') AS size,
        min(toUInt64OrZero(extract(engine_full, 'toIntervalDay.([0-9]+)')) * 86400
            + toUInt64OrZero(extract(engine_full, 'toIntervalSecond.([0-9]+)'))) AS seconds
    FROM system.tables
    WHERE database = currentDatabase() AND match(name, '^(member|scope)_window(_[0-9]+[mhd])?$')
    GROUP BY size
)
COMMENT 'How long rows of each size are kept after they were written, seconds, 0 for ever, in one row';

-- Of such metrics only the common edges remain in a sum, which takes more to hold.
CREATE OR REPLACE VIEW mixed_layout AS
SELECT groupArray(metric) AS mixed
FROM
(
    SELECT metric
    FROM
    (
        SELECT metric, edges FROM closed_member_window WHERE kind = 'histogram'
        UNION ALL
        SELECT metric, edges FROM closed_scope_window WHERE kind = 'histogram'
    )
    GROUP BY metric
    HAVING min(cityHash64(edges)) != max(cityHash64(edges))
)
COMMENT 'The metrics whose histograms come in several layouts of buckets, in one row';

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
    size,
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
    SELECT 'member' AS scope, size, cluster, '' AS group, member, window_start, window_end, metric, labels,
           count, edges, counts, quantile_low, quantile_value, quantile_high
    FROM closed_member_window
    WHERE kind = 'histogram'
    UNION ALL
    SELECT toString(wide.scope) AS scope, size, cluster, group, '' AS member, window_start, window_end, metric, labels,
           count, edges, counts, quantile_low, quantile_value, quantile_high
    FROM closed_scope_window AS wide
    WHERE kind = 'histogram'
)
COMMENT 'Every histogram row of every scope and size with its quantiles as written and as recomputed from edges and counts; agrees: counts and bounds equal, values to 1e-12';

CREATE OR REPLACE VIEW recomputed_sum AS
WITH
    (SELECT newest FROM newest_window) AS newest,
    (SELECT kept FROM kept_window) AS kept,
    (SELECT mixed FROM mixed_layout) AS mixed,
    -- What was written (own) and what it is the sum of, under one key.
    sides AS
    (
        SELECT true AS own, toString(wide.scope) AS scope, size, cluster, group, window_start, window_end, metric, labels,
               edges, counts, written_at, false AS doubtful
        FROM closed_scope_window AS wide
        WHERE kind = 'histogram'
        UNION ALL
        -- What tells peers apart means nothing beyond its member. A quote inside a value is escaped, so this finds names only.
        SELECT false AS own, 'cluster' AS scope, size, cluster, '' AS group, window_start, window_end, metric,
               replaceRegexpOne(replaceRegexpAll(narrow.labels,
                   '(^|,)(To|From|Local|Remote)="(?:[^"\\\\]|\\\\.)*"', ''), '^,', '') AS labels,
               edges, counts, written_at, false AS doubtful
        FROM closed_member_window AS narrow
        WHERE kind = 'histogram'
        UNION ALL
        SELECT false AS own, 'fleet' AS scope, size, '' AS cluster, '' AS group, window_start, window_end, metric, labels,
               edges, counts, written_at, false AS doubtful
        FROM closed_scope_window AS level
        WHERE kind = 'histogram' AND level.scope = 'cluster'
        UNION ALL
        -- Labels reach the sums by a way of their own: about the moment at which they were told both answers are right.
        SELECT false AS own, 'group' AS scope, size, '' AS cluster, part.group AS group, window_start, window_end, metric,
               labels, edges, counts, written_at,
               window_end < part.told + toIntervalMinute(2) OR window_end > part.until - toIntervalMinute(2) AS doubtful
        FROM closed_scope_window AS level
        INNER JOIN group_cluster AS part ON part.cluster = level.cluster
        WHERE kind = 'histogram' AND level.scope = 'cluster'
            AND window_end > part.since - toIntervalMinute(2) AND window_end < part.until + toIntervalMinute(2)
    ),
    added AS
    (
        SELECT
            scope,
            size,
            cluster,
            group,
            window_start,
            window_end,
            metric,
            labels,
            groupArrayIf(1)(sides.edges, own)                                 AS own_edges,
            groupArrayIf(1)(sides.counts, own)                                AS own_counts,
            countIf(NOT own)                                                  AS summands,
            groupArrayIf(1)(sides.edges, NOT own)                             AS one_layout,
            sumForEachIf(sides.counts, NOT own AND NOT has(mixed, metric)) AS plain,
            -- Per edge how many of the summands reached it, and how many of them have it.
            sumMapIf(arrayPushBack(sides.edges, inf), arrayResize(arrayCumSum(sides.counts), length(sides.edges) + 1),
                arrayWithConstant(length(sides.edges) + 1, toUInt64(1)),
                NOT own AND has(mixed, metric))                               AS by_edge,
            arrayFilter((edge, have) -> have = summands, by_edge.1, by_edge.3) AS shared,
            arrayFilter((reached, have) -> have = summands, by_edge.2, by_edge.3) AS reached,
            max(sides.written_at)                                             AS last_written,
            max(sides.doubtful)                                               AS undecided
        FROM sides
        GROUP BY scope, size, cluster, group, window_start, window_end, metric, labels
    )
SELECT
    scope,
    size,
    cluster,
    group,
    window_start,
    window_end,
    metric,
    labels,
    own_edges[1]                                                              AS edges,
    own_counts[1]                                                             AS counts,
    if(empty(by_edge.1), one_layout[1], arrayPopBack(shared))                 AS edges_expected,
    if(empty(by_edge.1), plain,
        arrayMap(step -> toUInt64(step), arrayPopFront(arrayDifference(arrayPushFront(reached, 0))))) AS counts_expected,
    summands,
    edges = edges_expected AND counts = counts_expected                       AS agrees
FROM added
-- A sum that has not come yet is missing only once later windows have.
WHERE (notEmpty(own_edges) OR window_end < newest[concat(scope, ' ', size)])
    -- In the last quarter of their time some rows may have gone before others.
    AND (kept[size] = 0 OR last_written > now64(3) - toIntervalSecond(intDiv(kept[size] * 3, 4)))
    AND NOT undecided
COMMENT 'Every histogram row at cluster, group and fleet scope of every size beside the sum of the level below; agrees: edges and counts equal, bit for bit';

CREATE OR REPLACE VIEW recomputed_rollup AS
WITH
    (SELECT newest FROM newest_window) AS newest,
    (SELECT kept FROM kept_window) AS kept,
    (SELECT groupUniqArray(told) FROM group_cluster) AS moved,
    (SELECT min(told) FROM group_cluster) AS first_told,
    ['base', '1m', '5m', '1h', '1d'] AS sizes,
    [0, 60000, 300000, 3600000, 86400000] AS millis,
    (SELECT mixed FROM mixed_layout) AS mixed,
    every AS
    (
        SELECT 'member' AS scope, size, cluster, '' AS group, if(member_id = '', member, member_id) AS who, window_start,
               window_end, metric, labels, edges, counts, written_at
        FROM closed_member_window
        WHERE kind = 'histogram'
        UNION ALL
        SELECT toString(wide.scope) AS scope, size, cluster, group, '' AS who, window_start,
               window_end, metric, labels, edges, counts, written_at
        FROM closed_scope_window AS wide
        WHERE kind = 'histogram'
    ),
    -- What was written (own) and the windows of the next smaller size in it, under one key.
    sides AS
    (
        SELECT true AS own, scope, size, cluster, group, who, window_start, metric, labels, edges, counts, written_at
        FROM every
        WHERE size != 'base'
        UNION ALL
        SELECT false AS own, scope, sizes[indexOf(sizes, every.size) + 1] AS size, cluster, group, who,
               fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(every.window_start), millis[indexOf(sizes, every.size) + 1])
                   * millis[indexOf(sizes, every.size) + 1], 'UTC') AS window_start,
               metric, labels, edges, counts, written_at
        FROM every
        WHERE every.size != '1d'
    ),
    added AS
    (
        SELECT
            scope,
            size,
            cluster,
            group,
            who,
            window_start,
            metric,
            labels,
            groupArrayIf(1)(sides.edges, own)                                 AS own_edges,
            groupArrayIf(1)(sides.counts, own)                                AS own_counts,
            countIf(NOT own)                                                  AS summands,
            groupArrayIf(1)(sides.edges, NOT own)                             AS one_layout,
            sumForEachIf(sides.counts, NOT own AND NOT has(mixed, metric)) AS plain,
            sumMapIf(arrayPushBack(sides.edges, inf), arrayResize(arrayCumSum(sides.counts), length(sides.edges) + 1),
                arrayWithConstant(length(sides.edges) + 1, toUInt64(1)),
                NOT own AND has(mixed, metric))                               AS by_edge,
            arrayFilter((edge, have) -> have = summands, by_edge.1, by_edge.3) AS shared,
            arrayFilter((reached, have) -> have = summands, by_edge.2, by_edge.3) AS reached,
            max(sides.written_at)                                             AS last_written
        FROM sides
        GROUP BY scope, size, cluster, group, who, window_start, metric, labels
    )
SELECT
    scope,
    size,
    sizes[indexOf(sizes, size) - 1]                                           AS smaller,
    cluster,
    group,
    who                                                                       AS member,
    window_start,
    window_start + toIntervalMillisecond(millis[indexOf(sizes, size)])  AS window_end,
    metric,
    labels,
    own_edges[1]                                                              AS edges,
    own_counts[1]                                                             AS counts,
    if(empty(by_edge.1), one_layout[1], arrayPopBack(shared))                 AS edges_expected,
    if(empty(by_edge.1), plain,
        arrayMap(step -> toUInt64(step), arrayPopFront(arrayDifference(arrayPushFront(reached, 0))))) AS counts_expected,
    summands,
    edges = edges_expected AND counts = counts_expected                       AS agrees
FROM added
-- Compared once both sizes have gone on: then nothing of this window is still on its way. Without smaller windows, nothing is.
WHERE window_end < newest[concat(scope, ' ', smaller)]
    AND (notEmpty(own_edges) OR window_end < newest[concat(scope, ' ', size)])
    -- Smaller windows are not kept for as long, and go one by one.
    AND (least(kept[size], kept[smaller]) = 0
        OR last_written > now64(3) - toIntervalSecond(intDiv(least(kept[size], kept[smaller]) * 3, 4))
            + toIntervalMillisecond(millis[indexOf(sizes, size)]))
    -- A cluster counts to the groups of the moment at which a window closes: a longer one wholly, the shorter ones each by itself.
    AND (scope != 'group' OR window_start > first_told + toIntervalMinute(2) AND NOT arrayExists(
        told -> told BETWEEN window_start - toIntervalMinute(2) AND window_end + toIntervalMinute(2), moved))
COMMENT 'Every histogram row of a longer window at every scope beside the sum of the windows of the next smaller size in it; agrees: edges and counts equal, bit for bit';
