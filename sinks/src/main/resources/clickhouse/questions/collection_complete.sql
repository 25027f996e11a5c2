-- Was the collection complete? A row for each hour and target, the newest hour and the worst of it first: how many polls
-- should have been made, how many were answered, and whether that is the 99.9 % that is asked for.
--
-- Time in which a target was not polled at all, for instance because the process was down, counts as polls that should
-- have been made, as many as the target has in as much time else. Counted is from the first time that a target was
-- polled to the last: what was taken out is not missing, and a process that is still down shows when it is up again.
WITH
minutes AS
(
    SELECT
        source,
        target,
        any(tally.cluster)                                            AS cluster,
        tally.minute                                                  AS minute,
        least(sum(counted_seconds), 60)                               AS seconds,
        sum(tally.expected)                                           AS due,
        sum(tally.answered)                                           AS answers,
        sum(tally.left_out)                                           AS not_begun,
        sumMap(tally.failed_reasons, tally.failed_counts)             AS failures
    FROM poll_tally AS tally FINAL
    WHERE tally.minute > (SELECT max(minute) FROM poll_tally) - INTERVAL 24 HOUR
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
        60 - argMin(seconds, minute)       AS before_first,
        60 - argMax(seconds, minute)       AS after_last,
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
        60 * minutes_of_hour
            - if(toStartOfHour(first_minute) = hour, before_first, 0)
            - if(toStartOfHour(last_minute) = hour AND last_minute != first_minute, after_last, 0) AS seconds_of_hour
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
    toUInt64(due_counted + round(greatest(seconds_of_hour - seconds_counted, 0) * due_per_second)) AS expected,
    answers_counted                                                                      AS answered,
    not_begun_counted                                                                    AS left_out,
    toUInt64(minutes_of_hour - minutes_counted)                                          AS minutes_without_row,
    arrayStringConcat(arrayMap((reason, count) -> concat(toString(count), ' ', reason),
        failures_counted.1, failures_counted.2), ', ')                                   AS failed,
    round(if(expected = 0, 1, answered / expected), 5)                                   AS share,
    toBool(answered >= 0.999 * expected)                                                 AS complete
FROM spans AS span
LEFT JOIN hours AS counted
    ON counted.source = span.source AND counted.target = span.target AND counted.hour = span.hour
ORDER BY hour DESC, share, source, target
