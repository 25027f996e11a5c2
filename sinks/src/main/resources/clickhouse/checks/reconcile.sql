-- Which alerts that people should have been told of have no end in the ledger, and which lines of it tell of nothing? An
-- honest run has none.
--
-- Told is each severity from warning on that an episode reaches and that is worse than those before, and the end of what
-- was told; not what is for information, nor what is part of something larger. Each of these steps must have, at every
-- receiver that was to hear of it, a line that ends it: delivered, passed on, refused with a dead letter, or a reason to
-- say nothing; or a reason for everybody. What came within the parameter grace, in seconds, is not judged yet.
WITH
steps AS
(
    SELECT
        id AS alert_id,
        rule,
        cluster,
        member,
        status,
        severity,
        if(status = 'resolved', 'resolved', toString(severity)) AS step,
        at,
        greatest(at, written_at) AS known_at,
        max(if(status != 'resolved' AND part_of = '', toInt8(severity), 0)) OVER before AS worst_before,
        countIf(status = 'resolved') OVER before > 0 AS over_before,
        status != 'resolved' AND part_of = '' AND severity >= 'warning' AND toInt8(severity) > worst_before
            AND NOT over_before AS worth_saying
    FROM alert FINAL
    WHERE status != 'pending'
    WINDOW before AS (PARTITION BY id ORDER BY at, status ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
letters AS
(
    SELECT DISTINCT
        JSONExtractString(record, 'key') AS key,
        JSONExtractString(record, 'receiver') AS receiver,
        JSONExtractString(record, 'alertId') AS alert_id
    FROM dead_letter FINAL
    WHERE startsWith(source, 'receiver ')
),
lines AS
(
    SELECT
        key,
        alert_id,
        rule,
        cluster,
        member,
        status,
        severity,
        if(status = 'resolved', 'resolved', toString(severity)) AS step,
        receiver,
        outcome,
        attempted_at,
        breached_at,
        greatest(attempted_at, written_at) AS known_at,
        outcome IN ('delivered', 'passed_on', 'silenced', 'inhibited')
            OR (outcome = 'refused' AND (key, receiver, alert_id) IN letters) AS ends
    FROM notification FINAL
),
-- What became of each step at each receiver that has heard of it.
fates AS
(
    SELECT
        alert_id,
        any(rule) AS rule,
        any(cluster) AS cluster,
        any(member) AS member,
        any(status) AS status,
        any(severity) AS severity,
        step,
        receiver,
        argMax(key, attempted_at) AS key,
        min(breached_at) AS at,
        max(known_at) AS last_at,
        max(ends) AS ended,
        max(outcome = 'delivered') AS delivered,
        toString(argMax(outcome, (attempted_at, outcome))) AS last_outcome
    FROM lines
    GROUP BY alert_id, step, receiver
)
SELECT kind, alert_id, rule, cluster, member, status, severity, at, receiver, key, detail
FROM
(
    SELECT
        'untold' AS kind, alert_id, rule, cluster, member, toString(status) AS status, toString(severity) AS severity, at,
        '' AS receiver, '' AS key, 'the ledger has no line of it' AS detail
    FROM steps
    WHERE worth_saying AND known_at < now64(3) - toIntervalSecond({grace:UInt32})
        AND (alert_id, step) NOT IN (SELECT alert_id, step FROM lines)

    UNION ALL
    SELECT
        'unfinished', alert_id, rule, cluster, member, toString(status), toString(severity), at, receiver, key,
        multiIf(
            last_outcome = 'planned', 'it was to be sent',
            last_outcome = 'refused', 'it was refused, and is no dead letter',
            'it was not taken, and is sent again')
    FROM fates
    WHERE receiver != 'nobody' AND NOT ended AND last_at < now64(3) - toIntervalSecond({grace:UInt32})

    UNION ALL
    SELECT
        'end-untold', over.alert_id, over.rule, over.cluster, over.member, 'resolved', toString(over.severity), over.at,
        told.receiver, '', 'it was told that it fires, and has no line of its end'
    FROM steps AS over
    INNER JOIN (SELECT DISTINCT alert_id, receiver FROM fates WHERE delivered AND step != 'resolved') AS told
        ON told.alert_id = over.alert_id
    WHERE over.status = 'resolved' AND NOT over.over_before
        AND over.known_at < now64(3) - toIntervalSecond({grace:UInt32})
        AND (over.alert_id, told.receiver) NOT IN (SELECT alert_id, receiver FROM fates WHERE step = 'resolved')
        AND over.alert_id NOT IN (SELECT alert_id FROM fates WHERE step = 'resolved' AND receiver = 'nobody')

    UNION ALL
    SELECT
        'unfounded', alert_id, rule, cluster, member, toString(status), toString(severity), at, receiver, key,
        'it was delivered, and there is no such alert'
    FROM fates
    WHERE delivered AND last_at < now64(3) - toIntervalSecond({grace:UInt32})
        AND (alert_id, step) NOT IN (SELECT alert_id, step FROM steps)

    UNION ALL
    SELECT
        'one-key-twice', any(alert_id), any(rule), any(cluster), any(member), toString(any(status)),
        toString(max(severity)), min(attempted_at), receiver, key,
        'it was delivered more than once under this key, and not of the same alerts'
    FROM
    (
        SELECT
            key, receiver, attempted_at, any(lines.alert_id) AS alert_id, any(lines.rule) AS rule, any(lines.cluster) AS cluster,
            any(lines.member) AS member, any(lines.status) AS status, max(lines.severity) AS severity,
            arraySort(groupUniqArray(lines.alert_id)) AS alerts
        FROM lines
        WHERE outcome = 'delivered'
        GROUP BY key, receiver, attempted_at
    )
    GROUP BY key, receiver
    HAVING uniqExact(alerts) > 1
)
ORDER BY at, kind, alert_id, receiver
