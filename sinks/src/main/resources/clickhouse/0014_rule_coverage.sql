-- Which rule can speak of which member or cluster, and if not, why?
--
-- Told when it changes, and every ten minutes. The newest row of each cell lies in a table of its own as well: who asks how
-- things are now must not read 90 days of how they were.

CREATE TABLE IF NOT EXISTS rule_coverage
(
    rule         LowCardinality(String) COMMENT 'name of the rule',
    cluster      LowCardinality(String) COMMENT 'name of the cluster',
    cluster_id   String                 COMMENT 'lower-case hex; empty when unknown',
    member       LowCardinality(String) COMMENT 'name of the member; empty when the rule is about the whole cluster',
    member_id    String                 COMMENT 'lower-case hex; empty when unknown or about the whole cluster',
    observed_at  DateTime64(3, 'UTC')   COMMENT 'the end of what was judged last, UTC, milliseconds',
    state        LowCardinality(String) COMMENT 'evaluated, blind, too-few, silenced, shadow or off',
    metric       LowCardinality(String) COMMENT 'the metric that is missing; empty unless blind',
    why          LowCardinality(String) COMMENT 'why it is missing, as coverage says it; empty unless blind',
    detail       String                 COMMENT 'in words; empty when there is nothing to say',
    rule_version LowCardinality(String) COMMENT 'of the text of the rule, lower-case hex',
    written_at   DateTime64(3, 'UTC')   DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (rule, cluster, member, observed_at)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'Whether a rule had a verdict on a member or a cluster, and if not, why; key: rule, cluster, member, observed_at';

CREATE TABLE IF NOT EXISTS rule_coverage_newest AS rule_coverage
ENGINE = ReplacingMergeTree(observed_at)
ORDER BY (rule, cluster, member)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'The newest row of rule_coverage of each cell, and some that it replaces: read rule_coverage_now; key: rule, cluster, member';

CREATE MATERIALIZED VIEW IF NOT EXISTS rule_coverage_to_newest TO rule_coverage_newest AS
SELECT *
FROM rule_coverage
COMMENT 'Fills rule_coverage_newest with what is written to rule_coverage';

CREATE OR REPLACE VIEW rule_coverage_now AS
SELECT
    rule,
    cluster,
    cluster_id,
    member,
    member_id,
    state,
    metric,
    why,
    detail,
    rule_version,
    observed_at
FROM rule_coverage_newest FINAL
-- Every cell is told every ten minutes: one that was not told twice is of a rule, a member or a cluster that is no more.
WHERE observed_at > (SELECT max(observed_at) FROM rule_coverage_newest) - INTERVAL 20 MINUTE
COMMENT 'Whether each rule can speak of each member or cluster, as it was last told, and if not, why';
