-- How much is it over a longer time? The members' windows of one size of one day, added to those of a larger one.

INSERT INTO {larger:Identifier}
    (cluster, cluster_id, member, member_id, window_start, window_end, metric, labels, kind, count, sum, edges, counts,
     quantile_low, quantile_value, quantile_high, increase, samples, min, max, last, version)
SELECT
    part.cluster,
    any(part.cluster_id),
    any(part.member),
    part.member_id,
    toDateTime64(toStartOfInterval(part.window_start, toIntervalSecond({seconds:UInt32})), 3, 'UTC') AS began,
    began + toIntervalSecond({seconds:UInt32}),
    part.metric,
    part.labels,
    part.kind,
    sum(part.count),
    sum(part.sum),
    any(part.edges) AS bounds,
    sumForEach(part.counts) AS added,
    quantiles_low(bounds, added),
    quantiles_value(bounds, added),
    quantiles_high(bounds, added),
    sum(part.increase),
    sum(part.samples),
    min(part.min),
    max(part.max),
    argMax(part.last, part.window_start),
    1
FROM {smaller:Identifier} AS part
WHERE part.window_start >= {day:Date} AND part.window_start < {day:Date} + 1
GROUP BY part.cluster, part.member_id, began, part.metric, part.labels, part.kind
