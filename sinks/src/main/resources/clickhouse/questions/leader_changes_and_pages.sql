-- Who was paged after which leader change? A row for each change and page of its cluster that was firing about then.
--
-- A page belongs to a change when its alert fired within a minute of it, before or after. A change without one has one
-- row, with an empty page.
WITH pages AS
(
    SELECT cluster, alert_id, rule, receiver, breached_at, min(attempted_at) AS delivered_at
    FROM notification FINAL
    WHERE outcome = 'delivered' AND status = 'firing'
    GROUP BY cluster, alert_id, rule, receiver, breached_at
),
changes AS
(
    SELECT
        change.observed_at  AS changed_at,
        change.cluster      AS cluster,
        change.from_member  AS from_member,
        change.to_member    AS to_member,
        change.raft_term    AS raft_term,
        change.planned      AS planned,
        arraySort(groupArrayIf(
            concat(formatDateTime(page.delivered_at, '%H:%i:%S'), ' ', page.rule, ' to ', page.receiver),
            page.alert_id != '' AND abs(dateDiff('second', change.observed_at, page.breached_at)) <= 60)) AS texts
    FROM leader_change AS change FINAL
    LEFT JOIN pages AS page ON page.cluster = change.cluster
    WHERE change.observed_at >= {from:DateTime64(3, 'UTC')} AND change.observed_at < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR change.cluster = {cluster:String})
    GROUP BY ALL
)
SELECT changed_at, cluster, from_member, to_member, raft_term, planned, arrayJoin(if(empty(texts), [''], texts)) AS page
FROM changes
ORDER BY changed_at DESC, page
LIMIT 60
