-- When did it become slow: how did the quantiles of a histogram move, window by window?
--
-- Of the cluster, or of the whole fleet where none is named. From p10 to p99 as Prometheus interpolates them, the p99 with
-- its bounds. In the metric's own unit, which its name ends with.
SELECT
    window_start,
    window_end,
    cluster,
    labels,
    count                                              AS observations_count,
    round(quorate_value((edges, counts), 0.1), 7)      AS p10,
    round(quorate_value((edges, counts), 0.25), 7)     AS p25,
    round(quorate_value((edges, counts), 0.5), 7)      AS p50,
    round(quorate_value((edges, counts), 0.75), 7)     AS p75,
    round(quorate_value((edges, counts), 0.9), 7)      AS p90,
    round(quorate_above((edges, counts), 0.99), 7)     AS p99_above,
    round(quorate_value((edges, counts), 0.99), 7)     AS p99,
    round(quorate_at_most((edges, counts), 0.99), 7)   AS p99_at_most,
    gap,
    extract({metric:String}, '(seconds|milliseconds|bytes)$') AS unit
FROM {scope_windows:Identifier} FINAL
WHERE scope = if({cluster:String} = '', 'fleet', 'cluster') AND cluster = {cluster:String}
    AND kind = 'histogram' AND NOT early AND metric = {metric:String} AND count > 0
    AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
ORDER BY window_start, labels
