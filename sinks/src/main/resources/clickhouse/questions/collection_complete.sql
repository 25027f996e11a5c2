-- Was the collection complete? A row for each hour and target, the newest hour and the worst of it first: how many polls
-- should have been made, how many were answered, and whether that is the 99.9 % that is asked for.
--
-- Time in which a target was not polled at all, for instance because the process was down, counts as polls that should
-- have been made, as many as the target has in as much time else: not_polled. From when to when is told by the question
-- not-polled. Counted is from the first moment at which a target was polled to the last: what was taken out is not missing,
-- and a process that is still down shows when it is up again.
WITH
minutes AS
(
    SELECT
        source,
        target,
        any(tally.cluster)                                            AS cluster,
        tally.minute                                                  AS minute,
        min(tally.counted_from)                                       AS counting_from,
        max(addMilliseconds(tally.counted_from, toInt64(round(counted_seconds * 1000)))) AS counting_until,
        least(sum(counted_seconds), 60)                               AS seconds,
        sum(tally.expected)                                           AS due,
        sum(tally.answered)                                           AS answers,
        sum(tally.left_out)                                           AS not_begun,
        sumMap(tally.failed_reasons, tally.failed_counts)             AS failures
    FROM poll_tally AS tally FINAL
    WHERE tally.minute >= {from:DateTime64(3, 'UTC')} AND tally.minute < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR tally.cluster = {cluster:String})
    GROUP BY source, target, tally.minute
),
lives AS
(
    SELECT
        source,
        target,
        any(cluster)                       AS cluster,
        min(minute)                        AS first_minute,
        max(minute)                        AS last_minute,
        min(counting_from)                 AS first_moment,
        max(counting_until)                AS last_moment,
        sum(due) / greatest(sum(seconds), 1) AS due_per_second
    FROM minutes
    GROUP BY source, target
),
spans AS
(
    SELECT
        source,
        target,
        cluster,
        due_per_second,
        toStartOfHour(first_minute) + toIntervalHour(arrayJoin(range(toUInt64(
            dateDiff('hour', toStartOfHour(first_minute), toStartOfHour(last_minute)) + 1)))) AS hour,
        dateDiff('minute', greatest(first_minute, hour), least(last_minute, hour + INTERVAL 59 MINUTE)) + 1 AS minutes_of_hour,
        dateDiff('millisecond', greatest(first_moment, hour), least(last_moment, hour + INTERVAL 1 HOUR)) / 1000 AS seconds_of_hour
    FROM lives
),
hours AS
(
    SELECT
        source,
        target,
        toStartOfHour(minute)             AS hour,
        count()                           AS minutes_counted,
        sum(seconds)                      AS seconds_counted,
        sum(due)                          AS due_counted,
        sum(answers)                      AS answers_counted,
        sum(not_begun)                    AS not_begun_counted,
        sumMap(failures.1, failures.2)    AS failures_counted
    FROM minutes
    GROUP BY source, target, hour
)
SELECT
    span.hour                                                                            AS hour,
    span.source                                                                          AS source,
    span.target                                                                          AS target,
    span.cluster                                                                         AS cluster,
    due_counted + not_polled                                                             AS expected,
    answers_counted                                                                      AS answered,
    not_begun_counted                                                                    AS left_out,
    toUInt64(round(greatest(seconds_of_hour - seconds_counted, 0) * due_per_second))     AS not_polled,
    toUInt64(minutes_of_hour - minutes_counted)                                          AS minutes_without_row,
    arrayStringConcat(arrayMap((reason, count) -> concat(toString(count), ' ', reason),
        failures_counted.1, failures_counted.2), ', ')                                   AS failed,
    round(if(expected = 0, 1, answered / expected), 5)                                   AS share,
    toBool(answered >= 0.999 * expected)                                                 AS complete
FROM spans AS span
LEFT JOIN hours AS counted
    ON counted.source = span.source AND counted.target = span.target AND counted.hour = span.hour
ORDER BY hour DESC, share, source, target
