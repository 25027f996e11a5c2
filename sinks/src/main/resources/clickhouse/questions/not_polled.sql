-- When was nobody looking? A row for each time in the span in which a target was not polled, the newest first:
-- from when to when, and how many polls should have been made, as many as the target has in as much time else.
--
-- Such a time lies between two counts of the ledger: the process was down (counted since its last checkpoint, as nothing
-- is known of what came after), the job began anew, or the target was taken out and came back. One that is still away
-- shows when it is back.
WITH counts AS
(
    SELECT
        source,
        target,
        cluster,
        counted_from,
        addMilliseconds(counted_from, toInt64(round(counted_seconds * 1000))) AS counted_until,
        counted_seconds,
        expected
    FROM poll_tally FINAL
    WHERE counted_seconds > 0 AND minute >= {from:DateTime64(3, 'UTC')} AND minute < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
),
neighbours AS
(
    SELECT
        source,
        target,
        cluster,
        counted_from,
        max(counted_until) OVER before                                     AS told_until,
        sum(expected) OVER everything / sum(counted_seconds) OVER everything AS due_per_second
    FROM counts
    WINDOW
        everything AS (PARTITION BY source, target),
        before AS (PARTITION BY source, target ORDER BY counted_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT
    told_until                                                     AS not_polled_from,
    counted_from                                                   AS not_polled_until,
    source,
    target,
    cluster,
    dateDiff('millisecond', not_polled_from, not_polled_until) / 1000 AS seconds,
    toUInt64(round(seconds * due_per_second))                      AS polls
FROM neighbours
WHERE counted_from > told_until AND told_until > toDateTime64(0, 3, 'UTC')
ORDER BY not_polled_from DESC, source, target
