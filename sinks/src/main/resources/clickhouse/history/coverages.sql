-- Which metrics did each member show and lack, of those members that were last looked at in this span?
--
-- A metric that is older than its member's others is of the catalogue no more.
WITH newest AS
(
    SELECT cluster, member, max(observed_at) AS at
    FROM coverage
    WHERE match(cluster, {clusters:String})
    GROUP BY cluster, member
    HAVING at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
)
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    etcd_version,
    toUnixTimestamp64Milli(observed_at),
    metric,
    why,
    detail,
    missing_required
FROM coverage FINAL
WHERE (cluster, member, observed_at) IN (SELECT cluster, member, at FROM newest)
ORDER BY observed_at, cluster, member, metric
