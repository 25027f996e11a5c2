-- How slow was it, how much grew, how high did it stand? The views of 0003 anew, without windows that are still open.

CREATE OR REPLACE FUNCTION quorate_level AS (quantiles, level) -> if(empty(quantiles), NULL, quantiles[level]);

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
    quorate_level(quantile_low, 1) AS p50_low,
    quorate_level(quantile_value, 1) AS p50,
    quorate_level(quantile_high, 1) AS p50_high,
    quorate_level(quantile_low, 2) AS p90_low,
    quorate_level(quantile_value, 2) AS p90,
    quorate_level(quantile_high, 2) AS p90_high,
    quorate_level(quantile_low, 3) AS p95_low,
    quorate_level(quantile_value, 3) AS p95,
    quorate_level(quantile_high, 3) AS p95_high,
    quorate_level(quantile_low, 4) AS p99_low,
    quorate_level(quantile_value, 4) AS p99,
    quorate_level(quantile_high, 4) AS p99_high,
    quorate_level(quantile_low, 5) AS p999_low,
    quorate_level(quantile_value, 5) AS p999,
    quorate_level(quantile_high, 5) AS p999_high,
    gap,
    version
FROM member_window FINAL
WHERE kind = 'histogram' AND version > 0
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
    quorate_level(quantile_low, 1) AS p50_low,
    quorate_level(quantile_value, 1) AS p50,
    quorate_level(quantile_high, 1) AS p50_high,
    quorate_level(quantile_low, 2) AS p90_low,
    quorate_level(quantile_value, 2) AS p90,
    quorate_level(quantile_high, 2) AS p90_high,
    quorate_level(quantile_low, 3) AS p95_low,
    quorate_level(quantile_value, 3) AS p95,
    quorate_level(quantile_high, 3) AS p95_high,
    quorate_level(quantile_low, 4) AS p99_low,
    quorate_level(quantile_value, 4) AS p99,
    quorate_level(quantile_high, 4) AS p99_high,
    quorate_level(quantile_low, 5) AS p999_low,
    quorate_level(quantile_value, 5) AS p999,
    quorate_level(quantile_high, 5) AS p999_high,
    gap,
    version
FROM scope_window FINAL
WHERE kind = 'histogram' AND version > 0
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
WHERE kind != 'histogram' AND version > 0
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Counters and gauges of each member per window, in the metric''s unit';
