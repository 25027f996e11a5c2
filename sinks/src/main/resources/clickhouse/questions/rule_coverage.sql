-- Which rules could not speak of which members or clusters, for lack of which metric, and why?
--
-- A row for each rule, cluster and missing metric, as it was last told within the span. A rule about the whole cluster names
-- no members. Blind is not silent: of these nobody knows whether all is well.
SELECT
    rule,
    cluster,
    arraySort(groupArray(member))              AS members,
    newest.2                                   AS metric,
    newest.3                                   AS why,
    any(newest.4)                              AS detail,
    max(told_at)                               AS observed_at
FROM
(
    SELECT
        rule,
        cluster,
        member,
        argMax((state, metric, why, detail), (observed_at, written_at)) AS newest,
        max(observed_at)                       AS told_at
    FROM rule_coverage
    WHERE observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY rule, cluster, member
)
WHERE newest.1 = 'blind'
GROUP BY rule, cluster, metric, why
ORDER BY rule, cluster, metric, why
