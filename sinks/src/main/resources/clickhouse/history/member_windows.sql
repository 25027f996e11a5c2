-- What did each series of each member see in the closed windows of one size that began in this span?
--
-- Without FINAL, which would merge a whole day for some minutes of it. Whoever reads takes of each window the rows of its
-- highest version, and of rows that were written twice the first, which was written last.
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    toUnixTimestamp64Milli(window_start),
    toUnixTimestamp64Milli(window_end),
    version,
    gap,
    kind,
    metric,
    labels,
    sum,
    edges,
    counts,
    increase,
    samples,
    min,
    max,
    last
FROM {table:Identifier}
WHERE window_start >= {from:DateTime64(3, 'UTC')}
    AND window_start < {to:DateTime64(3, 'UTC')}
    AND dateDiff('millisecond', window_start, window_end) = {millis:UInt64}
    AND version > 0
    AND match(cluster, {clusters:String})
    AND (empty({metrics:Array(String)}) OR has({metrics:Array(String)}, metric))
ORDER BY window_end, cluster, member, member_id, cluster_id, version DESC, kind, metric, labels, written_at DESC
