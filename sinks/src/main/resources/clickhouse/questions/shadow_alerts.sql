-- What would rules have told that notify nobody yet, as they are in shadow or not stable?
--
-- A row for each episode that began in the span or had not ended before it, the newest first; fired_at is empty for one that
-- never became more than pending.
SELECT
    any(told.started_at)                            AS began_at,
    any(told.rule)                               AS rule,
    any(told.cluster)                            AS cluster,
    any(told.member)                             AS member,
    max(told.severity)                           AS severity,
    minOrNullIf(at, status = 'firing')         AS fired_at,
    maxOrNullIf(at, status = 'resolved')       AS resolved_at,
    argMax(told.summary, (at, status))          AS summary,
    id
FROM shadow_alert AS told FINAL
WHERE at < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR told.cluster = {cluster:String})
GROUP BY id
HAVING (began_at >= {from:DateTime64(3, 'UTC')} OR max(at) >= {from:DateTime64(3, 'UTC')}
    OR (fired_at IS NOT NULL AND resolved_at IS NULL))
ORDER BY began_at DESC, rule, cluster, member
