-- Which rules speak of which clusters: of how many members was there a verdict, and of how many not?
--
-- A row for each rule and cluster, those with blind cells first. A cell is a member, or the cluster where the rule is about it,
-- as it was last told within the span.
SELECT
    rule,
    cluster,
    count()                                    AS cells_count,
    countIf(state = 'evaluated')               AS evaluated_count,
    countIf(state = 'blind')                   AS blind_count,
    countIf(state = 'too-few')                 AS too_few_count,
    countIf(state = 'silenced')                AS silenced_count,
    countIf(state = 'shadow')                  AS shadow_count,
    countIf(state = 'off')                     AS off_count,
    max(told_at)                               AS observed_at
FROM
(
    SELECT
        rule,
        cluster,
        member,
        argMax(state, (observed_at, written_at)) AS state,
        max(observed_at)                       AS told_at
    FROM rule_coverage
    WHERE observed_at >= {from:DateTime64(3, 'UTC')} AND observed_at < {to:DateTime64(3, 'UTC')}
        AND ({cluster:String} = '' OR cluster = {cluster:String})
    GROUP BY rule, cluster, member
)
GROUP BY rule, cluster
ORDER BY blind_count DESC, rule, cluster
