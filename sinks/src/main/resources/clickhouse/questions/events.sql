-- What happened: members, versions, alarms, restarts, leader changes and alerts, in the order of time?
SELECT at, cluster, member, kind, before, after, detail
FROM event
WHERE at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
ORDER BY at, cluster, member, kind
