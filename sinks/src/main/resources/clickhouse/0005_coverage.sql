-- What can be seen of each member, and why is the rest missing?

CREATE TABLE IF NOT EXISTS coverage
(
    cluster          LowCardinality(String) COMMENT 'name of the cluster',
    cluster_id       String                 COMMENT 'lower-case hex; empty when unknown',
    member           LowCardinality(String) COMMENT 'name of the member, or the address it is scraped at until the name is known',
    member_id        String                 COMMENT 'lower-case hex; empty when unknown',
    etcd_version     LowCardinality(String) COMMENT 'version of etcd, such as 3.4.23; empty when unknown',
    observed_at      DateTime64(3, 'UTC')   COMMENT 'up to when the member was looked at, UTC, milliseconds',
    metric           LowCardinality(String) COMMENT 'base name of a metric of the catalogue',
    why              LowCardinality(String) COMMENT 'why it is missing: basic-metrics, version, not-scraped, scrape-failed, auth, born-by-use or unknown; empty when it is there',
    detail           String                 COMMENT 'the same in words; empty when it is there',
    missing_required Bool                   COMMENT 'it is missing, and one of the critical metrics',
    written_at       DateTime64(3, 'UTC')   DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    present          Bool                   ALIAS why = '' COMMENT 'whether the member shows the metric'
)
ENGINE = ReplacingMergeTree(observed_at)
ORDER BY (cluster, member, metric)
TTL toDateTime(written_at) + INTERVAL 30 DAY
COMMENT 'Whether each member shows each metric of the catalogue, as it was last seen; key: cluster, member, metric';

CREATE OR REPLACE VIEW coverage_missing AS
SELECT
    cluster,
    member,
    member_id,
    etcd_version,
    metric,
    why,
    detail,
    missing_required,
    observed_at
FROM coverage FINAL
WHERE why != ''
COMMENT 'Metrics that a member does not show, and why';

ALTER TABLE member_status
    COMMENT COLUMN failure 'class of the failure: timeout, refused, tls, auth, foreign (a member of another cluster) or error; empty when answered';
