-- Which hours were unusual for their time of day?
--
-- Each hour of the span beside the same hour of the 28 days before it, at least 5 of them: the mean position of its
-- observations in the buckets, of which one step is a doubling in etcd's own layouts, against the median of those hours. The
-- spread is the median distance from that median, at least 0.1 buckets; unusual is 4 spreads and half a bucket away. Only
-- hours of one bucket layout are compared.
WITH
hours AS
(
    SELECT
        cluster,
        labels,
        edges,
        window_start                                                             AS hour,
        arraySum((bucket, operations) -> bucket * operations, arrayEnumerate(counts), counts) / count AS place,
        count                                                                    AS operations
    FROM scope_window_1h FINAL
    WHERE scope = 'cluster' AND NOT early AND kind = 'histogram' AND metric = {metric:String} AND count > 0
        AND window_start >= {from:DateTime64(3, 'UTC')} - INTERVAL 28 DAY AND window_start < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
),
compared AS
(
    SELECT *, groupArray(place) OVER past AS places
    FROM hours
    WINDOW past AS (
        PARTITION BY cluster, labels, edges, toHour(hour)
        ORDER BY toUnixTimestamp(hour) ASC
        RANGE BETWEEN 2419200 PRECEDING AND 1 PRECEDING)
),
measured AS
(
    SELECT
        *,
        arrayReduce('medianExact', places)                                          AS usual,
        greatest(arrayReduce('medianExact', arrayMap(one -> abs(one - usual), places)), 0.1) AS spread
    FROM compared
    WHERE length(places) >= 5 AND hour >= {from:DateTime64(3, 'UTC')}
)
SELECT
    hour,
    cluster,
    labels,
    operations                          AS observations_count,
    length(places)                      AS compared_hours_count,
    round(place, 3)                     AS mean_place_buckets,
    round(usual, 3)                     AS usual_place_buckets,
    round((place - usual) / spread, 1)  AS distance_spreads,
    round(exp2(place - usual), 2)       AS about_times_slower
FROM measured
WHERE abs(place - usual) >= greatest(4 * spread, 0.5)
ORDER BY hour DESC, abs(distance_spreads) DESC, cluster, labels
LIMIT 100
