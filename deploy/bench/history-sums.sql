-- How much is it together? The members' windows of {from_suffix} of one day, added to clusters, groups and the fleet.

INSERT INTO {scope_window:Identifier}
    (scope, cluster, cluster_id, members, window_start, window_end, metric, labels, kind, count, sum, edges, counts,
     quantile_low, quantile_value, quantile_high, increase, samples, min, max, version)
SELECT
    wide AS scope,
    if(wide = 'cluster', member.cluster, '') AS in_cluster,
    if(wide = 'cluster', any(member.cluster_id), ''),
    uniqExact(member.member_id),
    member.window_start,
    any(member.window_end),
    member.metric,
    member.labels,
    member.kind,
    sum(member.count),
    sum(member.sum),
    any(member.edges) AS bounds,
    sumForEach(member.counts) AS added,
    quantiles_low(bounds, added),
    quantiles_value(bounds, added),
    quantiles_high(bounds, added),
    sum(member.increase),
    sum(member.samples),
    min(member.min),
    max(member.max),
    1
FROM {member_window:Identifier} AS member
ARRAY JOIN ['cluster', 'fleet'] AS wide
WHERE member.window_start >= {day:Date} AND member.window_start < {day:Date} + 1
GROUP BY wide, in_cluster, member.window_start, member.metric, member.labels, member.kind
