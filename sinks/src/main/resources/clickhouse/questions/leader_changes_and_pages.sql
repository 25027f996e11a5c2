-- Who was paged after which leader change? Each change with the alerts of its cluster that were firing about then.
--
-- A page belongs to a change when its alert fired within a minute of it, before or after.
WITH pages AS
(
    SELECT cluster, alert_id, rule, receiver, breached_at, min(attempted_at) AS delivered_at
    FROM notification FINAL
    WHERE outcome = 'delivered' AND status = 'firing'
    GROUP BY cluster, alert_id, rule, receiver, breached_at
)
SELECT
    change.observed_at  AS changed_at,
    change.cluster      AS cluster,
    change.from_member  AS from_member,
    change.to_member    AS to_member,
    change.raft_term    AS raft_term,
    change.planned      AS planned,
    arraySort(groupArrayIf(
        (page.delivered_at, page.rule, page.receiver),
        page.alert_id != '' AND abs(dateDiff('second', change.observed_at, page.breached_at)) <= 60)) AS pages
FROM leader_change AS change FINAL
LEFT JOIN pages AS page ON page.cluster = change.cluster
GROUP BY ALL
ORDER BY changed_at DESC
LIMIT 60
