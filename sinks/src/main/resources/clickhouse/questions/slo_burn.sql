-- How fast does each cluster burn its error budget?
--
-- Three objectives, each a count beside a count: 99 % of fsyncs at most 16 ms, 99 % of unary calls at most 0.1 s (an edge of
-- both histograms, so this is exact), 99.9 % of calls not failed by the server. A burn of 1 spends just the budget. Page: 14.4
-- or more both in the hour and in the 5 minutes before --to; ticket: 6 or more both in the 6 h and in the 30 min before it.
-- --from is not looked at.
WITH
slices AS
(
    SELECT cluster, metric, labels, edges, counts, increase, window_end,
           arrayJoin([300, 1800, 3600, 21600]) AS slice_seconds
    FROM scope_window_1m FINAL
    WHERE scope = 'cluster' AND NOT early
        AND metric IN ('etcd_disk_wal_fsync_duration_seconds', 'grpc_server_handling_seconds', 'grpc_server_handled_total')
        AND window_start >= {to:DateTime64(3, 'UTC')} - INTERVAL 6 HOUR AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
        AND (metric != 'grpc_server_handling_seconds' OR match(labels, 'grpc_type="unary"'))
        AND window_start >= {to:DateTime64(3, 'UTC')} - toIntervalSecond(slice_seconds)
),
counted AS
(
    SELECT
        cluster,
        multiIf(metric LIKE '%fsync%', 'fsync <= 16 ms', metric LIKE '%handling%', 'unary <= 0.1 s', 'calls not failed') AS objective,
        slice_seconds,
        -- Of buckets without the edge nobody can say how many were slower: they count on neither side.
        if(any(metric) = 'grpc_server_handled_total', sum(increase),
            toFloat64(sumIf(arraySum(counts), has(edges, if(metric LIKE '%fsync%', 0.016, 0.1))))) AS operations,
        multiIf(
            any(metric) LIKE '%fsync%', toFloat64(sum(quorate_slower((edges, counts), 0.016))),
            any(metric) LIKE '%handling%', toFloat64(sum(quorate_slower((edges, counts), 0.1))),
            sumIf(increase, quorate_failed_call(labels))) AS bad
    FROM slices
    GROUP BY cluster, objective, slice_seconds
),
burns AS
(
    SELECT *, if(operations > 0, bad / operations / if(objective = 'calls not failed', 0.001, 0.01), NULL) AS burn
    FROM counted
),
judged AS
(
    SELECT
        cluster,
        objective,
        maxIf(operations, slice_seconds = 21600)       AS operations,
        maxIf(bad, slice_seconds = 21600)              AS bad,
        maxIf(burns.burn, slice_seconds = 300)         AS burn_5m,
        maxIf(burns.burn, slice_seconds = 1800)        AS burn_30m,
        maxIf(burns.burn, slice_seconds = 3600)        AS burn_1h,
        maxIf(burns.burn, slice_seconds = 21600)       AS burn_6h
    FROM burns
    GROUP BY cluster, objective
)
SELECT
    cluster,
    objective,
    multiIf(burn_1h >= 14.4 AND burn_5m >= 14.4, 'page', burn_6h >= 6 AND burn_30m >= 6, 'ticket', '') AS verdict,
    operations          AS operations_count,
    bad                 AS bad_count,
    round(burn_5m, 2)   AS burn_5m_times_budget,
    round(burn_30m, 2)  AS burn_30m_times_budget,
    round(burn_1h, 2)   AS burn_1h_times_budget,
    round(burn_6h, 2)   AS burn_6h_times_budget
FROM judged
ORDER BY indexOf(['page', 'ticket', ''], verdict), burn_1h_times_budget DESC NULLS LAST, cluster, objective
LIMIT 100
