-- Which gRPC methods are called, how many calls fail and how long do they take?
--
-- Failed are the codes that are the server's fault: Unknown, FailedPrecondition, ResourceExhausted, Internal, Unavailable,
-- DataLoss, DeadlineExceeded. Latencies are null where etcd runs with --metrics=basic, its default, and for streams mean
-- how long they were open. The first bucket ends at 5 ms, so "at most 5 ms" is all that is known of fast calls.
WITH
layouts AS
(
    SELECT
        cluster,
        extract(labels, 'grpc_service="([^"]*)"') AS service,
        extract(labels, 'grpc_method="([^"]*)"') AS method,
        edges,
        sumForEach(counts) AS counts,
        sumIf(increase, metric = 'grpc_server_started_total') AS started,
        sumIf(increase, metric = 'grpc_server_handled_total') AS handled,
        sumMapIf(map(extract(labels, 'grpc_code="([^"]*)"'), ifNull(increase, 0)), metric = 'grpc_server_handled_total') AS codes
    FROM {scope_windows:Identifier} FINAL
    WHERE scope = 'cluster' AND NOT early
        AND metric IN ('grpc_server_handling_seconds', 'grpc_server_started_total', 'grpc_server_handled_total')
        AND window_start >= {from:DateTime64(3, 'UTC')} AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY cluster, service, method, edges
),
methods AS
(
    SELECT
        cluster,
        service,
        method,
        sum(layouts.started) AS started,
        sum(layouts.handled) AS handled,
        sumMap(layouts.codes) AS codes,
        quorate_merge(groupArrayIf((edges, counts), notEmpty(counts))) AS buckets
    FROM layouts
    GROUP BY cluster, service, method
    HAVING started > 0 OR handled > 0
),
judged AS
(
    SELECT
        *,
        mapFilter((code, calls) -> calls > 0 AND quorate_failed_call(concat('grpc_code="', code, '"')), codes) AS failed
    FROM methods
)
SELECT
    cluster,
    service,
    method,
    started                                        AS started_count,
    handled                                        AS handled_count,
    arraySum(mapValues(failed))                  AS failed_count,
    quorate_percent(arraySum(mapValues(failed)), handled) AS failed_percent,
    quorate_count(buckets)                         AS timed_count,
    quorate_ms(quorate_at_most(buckets, 0.5))      AS p50_at_most_ms,
    quorate_ms(quorate_above(buckets, 0.99))       AS p99_above_ms,
    quorate_ms(quorate_at_most(buckets, 0.99))     AS p99_at_most_ms,
    arrayStringConcat(arrayMap((code, calls) -> concat(toString(calls), ' ', code), mapKeys(failed), mapValues(failed)), ', ') AS failures
FROM judged
ORDER BY failed_count DESC, started_count DESC, cluster, service, method
LIMIT 100
