-- What did the member lists say that arrived in this span?
SELECT
    cluster,
    cluster_id,
    toUnixTimestamp64Milli(observed_at),
    toUnixTimestamp64Milli(ingested_at),
    member_ids,
    member_names,
    member_learners,
    member_client_urls,
    label_map
FROM cluster_roster
WHERE observed_at >= {from:DateTime64(3, 'UTC')}
    AND observed_at < {to:DateTime64(3, 'UTC')}
    AND match(cluster, {clusters:String})
ORDER BY observed_at, cluster, cluster_id, written_at DESC
-- Rows that were written twice and are not merged yet.
LIMIT 1 BY observed_at, cluster, cluster_id
