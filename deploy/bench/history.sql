-- What would ninety days of a fleet look like? A day of it: members' minutes drawn at random, all else summed from them.
--
-- Parameters: day (date), clusters, members. Each member has a disk of its own, slower by day than by night; one in fifty is
-- slow, and each has an hour now and then in which it is.

CREATE OR REPLACE FUNCTION bucket_edges AS (first, n) -> arrayMap(i -> first * pow(2, i), range(n));

CREATE OR REPLACE FUNCTION quantile_buckets AS counts ->
    arrayMap(q -> arrayFirstIndex(c -> toFloat64(c) >= q * toFloat64(arraySum(counts)), arrayCumSum(counts)),
        if(arraySum(counts) = 0, [], [0.5, 0.9, 0.95, 0.99, 0.999]));

CREATE OR REPLACE FUNCTION quantiles_low AS (edges, counts) ->
    arrayMap(b -> if(b = 1, 0, edges[b - 1]), quantile_buckets(counts));

CREATE OR REPLACE FUNCTION quantiles_high AS (edges, counts) ->
    arrayMap(b -> if(b > length(edges), inf, edges[b]), quantile_buckets(counts));

CREATE OR REPLACE FUNCTION quantiles_value AS (edges, counts) ->
    arrayMap((b, q) -> if(b > length(edges), edges[b - 1], if(b = 1, 0, edges[b - 1]) + (edges[b] - if(b = 1, 0, edges[b - 1]))
            * ((q * toFloat64(arraySum(counts)) - toFloat64(arrayCumSum(counts)[b] - counts[b])) / toFloat64(counts[b]))),
        quantile_buckets(counts), arrayResize([0.5, 0.9, 0.95, 0.99, 0.999], length(quantile_buckets(counts))));

-- Histograms: observations spread as a lognormal over the buckets, each count with the scatter of a Poisson's.
INSERT INTO member_window_1m
    (cluster, cluster_id, member, member_id, window_start, window_end, metric, labels, kind, count, sum, edges, counts,
     quantile_low, quantile_value, quantile_high, version)
WITH
    series.1 AS name,
    bucket_edges(series.2, series.3) AS bounds,
    number % {clusters:UInt32} AS c,
    intDiv(number, {clusters:UInt32}) % {members:UInt32} AS m,
    intDiv(number, {clusters:UInt32} * {members:UInt32}) AS minute,
    cityHash64(c, m) AS id,
    0.5 + (id % 100) / 100 AS busy,
    if(id % 50 = 0, 1.5, 0) + if(cityHash64(id, {day:Date}, intDiv(minute, 60)) % 500 = 0, 2, 0) AS slow,
    series.4 * 60 * busy * (1 + 0.5 * sin(2 * pi() * minute / 1440)) AS rate,
    series.5 + (id % 97 - 48) / 96 + slow + 0.15 * randNormal(0, 1, number) AS centre,
    arrayMap(edge -> 0.5 * (1 + erf((log(edge) - centre) / (series.6 * sqrt(2)))), bounds) AS below,
    arrayMap((upper, lower) -> rate * greatest(upper - lower, 0), arrayPushBack(below, 1.), arrayPushFront(below, 0.)) AS share,
    arrayMap(x -> toUInt64(greatest(0, floor(x + sqrt(x) * randNormal(0, 1, x) + randCanonical(x)))), share) AS drawn
SELECT
    concat('cluster-', leftPad(toString(c), 3, '0')),
    lower(hex(cityHash64(c))),
    concat('m', toString(m + 1)),
    lower(hex(id)),
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalMinute(minute) AS began,
    began + toIntervalMinute(1),
    name,
    '',
    'histogram',
    arraySum(drawn),
    round(arraySum(drawn) * exp(centre + series.6 * series.6 / 2), 6),
    bounds,
    drawn,
    quantiles_low(bounds, drawn),
    quantiles_value(bounds, drawn),
    quantiles_high(bounds, drawn),
    1
FROM numbers(1440 * {clusters:UInt32} * {members:UInt32}) AS numbers
CROSS JOIN
(
    -- name, first edge, edges, observations per second, log of the median, spread
    SELECT arrayJoin([
        ('etcd_disk_wal_fsync_duration_seconds', 0.001, 14, 6., -6.2, 0.6),
        ('etcd_disk_backend_commit_duration_seconds', 0.001, 14, 4., -5.0, 0.5)]) AS series
) AS wanted;

-- Counters and gauges. Windows are never read raw from here on: what is random is drawn once.
INSERT INTO member_window_1m
    (cluster, cluster_id, member, member_id, window_start, window_end, metric, labels, kind, sum, increase, samples, min, max, last, version)
WITH
    number % {clusters:UInt32} AS c,
    intDiv(number, {clusters:UInt32}) % {members:UInt32} AS m,
    intDiv(number, {clusters:UInt32} * {members:UInt32}) AS minute,
    cityHash64(c, m) AS id,
    toUnixTimestamp(toDateTime({day:Date}, 'UTC')) / 60 + minute AS all_minutes,
    -- Grows, and is compacted and defragmented now and then, by whole pages.
    2e9 + 4096 * floor(all_minutes % 10080 * 20 + (id % 1000) * 100) AS bytes,
    multiIf(
        metric = 'etcd_server_proposals_committed_total', floor(60 * (20 + c % 40) * (1 + 0.5 * sin(2 * pi() * minute / 1440)) + 30 * randNormal(0, 1, number)),
        round(60 * (0.05 + (id % 20) / 100) + 0.5 * abs(randNormal(0, 1, number)), 2)) AS grown
SELECT
    concat('cluster-', leftPad(toString(c), 3, '0')),
    lower(hex(cityHash64(c))),
    concat('m', toString(m + 1)),
    lower(hex(id)),
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalMinute(minute) AS began,
    began + toIntervalMinute(1),
    metric,
    '',
    if(metric LIKE '%bytes', 'gauge', 'counter') AS kind,
    if(kind = 'gauge', 6 * bytes + 15 * 4096, 0),
    if(kind = 'counter', greatest(grown, 0), NULL),
    if(kind = 'gauge', 6, 0),
    if(kind = 'gauge', bytes, NULL),
    if(kind = 'gauge', bytes + 5 * 4096, NULL),
    if(kind = 'gauge', bytes + 5 * 4096, NULL),
    1
FROM numbers(1440 * {clusters:UInt32} * {members:UInt32}) AS numbers
CROSS JOIN
(
    SELECT arrayJoin(['etcd_server_proposals_committed_total', 'process_cpu_seconds_total', 'etcd_mvcc_db_total_size_in_bytes']) AS metric
) AS wanted;
