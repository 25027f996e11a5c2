-- What did each member answer in this span, or why did it not?
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    endpoint,
    toUnixTimestamp64Milli(observed_at),
    toUnixTimestamp64Milli(ingested_at),
    etcd_version,
    db_size_bytes,
    db_size_in_use_bytes,
    leader_id,
    raft_term,
    raft_index,
    raft_applied_index,
    learner,
    errors,
    voters,
    failure,
    failure_detail
FROM member_status
WHERE observed_at >= {from:DateTime64(3, 'UTC')}
    AND observed_at < {to:DateTime64(3, 'UTC')}
    AND match(cluster, {clusters:String})
ORDER BY observed_at, cluster, member, member_id, endpoint, written_at DESC
-- Rows that were written twice and are not merged yet.
LIMIT 1 BY observed_at, cluster, if(member_id = '', member, member_id), endpoint
