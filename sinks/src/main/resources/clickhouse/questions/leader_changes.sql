-- Which cluster changed its leader, when and to whom?
--
-- seconds_since_previous counts from the change before in the same cluster, also when that lies before the span.
WITH changes AS
(
    SELECT
        *,
        from_member = to_member                                                                        AS same_member,
        lagInFrame(toNullable(observed_at)) OVER (PARTITION BY cluster ORDER BY observed_at, raft_term) AS previous_at
    FROM leader_change FINAL
    WHERE observed_at < {to:DateTime64(3, 'UTC')} AND ({cluster:String} = '' OR cluster = {cluster:String})
)
SELECT
    observed_at,
    cluster,
    from_member,
    to_member,
    toBool(same_member)                                              AS regained,
    raft_term,
    planned,
    dateDiff('millisecond', previous_at, observed_at) / 1000         AS seconds_since_previous,
    dateDiff('millisecond', observed_at, confirmed_at) / 1000        AS confirmed_after_seconds,
    cluster_size                                                     AS voters_count
FROM changes
WHERE observed_at >= {from:DateTime64(3, 'UTC')}
ORDER BY observed_at, cluster, raft_term
