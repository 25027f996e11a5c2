-- How slow was it, how much grew, how high did it stand: the same rows for people, without FINAL and without arrays?
--
-- A window's row is replaced only within its own day, so that each day can be read by itself.

CREATE OR REPLACE VIEW member_quantile AS
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    window_start,
    window_end,
    metric,
    labels,
    label_map,
    count,
    sum,
    if(empty(quantile_value), NULL, quantile_low[1])   AS p50_low,
    if(empty(quantile_value), NULL, quantile_value[1]) AS p50,
    if(empty(quantile_value), NULL, quantile_high[1])  AS p50_high,
    if(empty(quantile_value), NULL, quantile_low[2])   AS p90_low,
    if(empty(quantile_value), NULL, quantile_value[2]) AS p90,
    if(empty(quantile_value), NULL, quantile_high[2])  AS p90_high,
    if(empty(quantile_value), NULL, quantile_low[3])   AS p95_low,
    if(empty(quantile_value), NULL, quantile_value[3]) AS p95,
    if(empty(quantile_value), NULL, quantile_high[3])  AS p95_high,
    if(empty(quantile_value), NULL, quantile_low[4])   AS p99_low,
    if(empty(quantile_value), NULL, quantile_value[4]) AS p99,
    if(empty(quantile_value), NULL, quantile_high[4])  AS p99_high,
    if(empty(quantile_value), NULL, quantile_low[5])   AS p999_low,
    if(empty(quantile_value), NULL, quantile_value[5]) AS p999,
    if(empty(quantile_value), NULL, quantile_high[5])  AS p999_high,
    gap,
    version
FROM member_window FINAL
WHERE kind = 'histogram'
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Quantiles of each histogram of each member per window: pNN lies in (pNN_low, pNN_high], in the metric''s unit; null without observations';

CREATE OR REPLACE VIEW scope_quantile AS
SELECT
    scope,
    cluster,
    cluster_id,
    group,
    members,
    window_start,
    window_end,
    metric,
    labels,
    label_map,
    count,
    sum,
    if(empty(quantile_value), NULL, quantile_low[1])   AS p50_low,
    if(empty(quantile_value), NULL, quantile_value[1]) AS p50,
    if(empty(quantile_value), NULL, quantile_high[1])  AS p50_high,
    if(empty(quantile_value), NULL, quantile_low[2])   AS p90_low,
    if(empty(quantile_value), NULL, quantile_value[2]) AS p90,
    if(empty(quantile_value), NULL, quantile_high[2])  AS p90_high,
    if(empty(quantile_value), NULL, quantile_low[3])   AS p95_low,
    if(empty(quantile_value), NULL, quantile_value[3]) AS p95,
    if(empty(quantile_value), NULL, quantile_high[3])  AS p95_high,
    if(empty(quantile_value), NULL, quantile_low[4])   AS p99_low,
    if(empty(quantile_value), NULL, quantile_value[4]) AS p99,
    if(empty(quantile_value), NULL, quantile_high[4])  AS p99_high,
    if(empty(quantile_value), NULL, quantile_low[5])   AS p999_low,
    if(empty(quantile_value), NULL, quantile_value[5]) AS p999,
    if(empty(quantile_value), NULL, quantile_high[5])  AS p999_high,
    gap,
    version
FROM scope_window FINAL
WHERE kind = 'histogram'
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Quantiles of each histogram of each cluster, group and the fleet per window: pNN lies in (pNN_low, pNN_high], in the metric''s unit; null without observations';

CREATE OR REPLACE VIEW member_series AS
SELECT
    cluster,
    member,
    member_id,
    window_start,
    window_end,
    metric,
    labels,
    label_map,
    kind,
    increase,
    increase / dateDiff('millisecond', window_start, window_end) * 1000 AS increase_per_second,
    samples,
    min,
    mean,
    max,
    last,
    gap
FROM member_window FINAL
WHERE kind != 'histogram'
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Counters and gauges of each member per window, in the metric''s unit';

CREATE OR REPLACE VIEW alert_episode AS
SELECT
    id,
    any(rule)                                          AS rule,
    max(severity)                                      AS severity,
    any(cluster)                                       AS cluster,
    any(member)                                        AS member,
    any(started_at)                                    AS started_at,
    minOrNullIf(at, status = 'firing')                 AS fired_at,
    maxOrNullIf(at, status = 'resolved')               AS resolved_at,
    argMax(status, (at, status))                       AS last_status,
    argMax(summary, (at, status))                      AS summary,
    argMaxIf(cause, (at, status), cause != '')         AS cause,
    count()                                            AS transitions
FROM alert FINAL
GROUP BY id
COMMENT 'One row per episode of an alert: when it began, fired and resolved, and why, as far as known';
