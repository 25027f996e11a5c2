-- What did the last member list of each cluster say before this moment, and the last row that told of its labels alone?
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
WHERE (cluster, empty(member_ids), observed_at) IN
(
    SELECT cluster, empty(member_ids), max(observed_at)
    FROM cluster_roster
    WHERE observed_at < {to:DateTime64(3, 'UTC')} AND match(cluster, {clusters:String})
    GROUP BY cluster, empty(member_ids)
)
ORDER BY observed_at, cluster, cluster_id, written_at DESC
-- Rows that were written twice and are not merged yet.
LIMIT 1 BY observed_at, cluster, cluster_id
