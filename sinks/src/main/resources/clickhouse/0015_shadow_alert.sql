-- What would rules have said that notify nobody: those in shadow, and those that are not stable yet?

CREATE TABLE IF NOT EXISTS shadow_alert
(
    id             String                  COMMENT 'of the episode, lower-case hex; all its transitions carry it',
    rule           LowCardinality(String)  COMMENT 'name of the rule',
    severity       Enum8('info' = 1, 'warning' = 2, 'critical' = 3) COMMENT 'how bad',
    cluster        LowCardinality(String)  COMMENT 'name of the cluster',
    cluster_id     String                  COMMENT 'lower-case hex; empty when unknown',
    member         LowCardinality(String)  COMMENT 'name of the member; empty when the alert is about the whole cluster',
    member_id      String                  COMMENT 'lower-case hex; empty when unknown or about the whole cluster',
    status         Enum8('pending' = 1, 'firing' = 2, 'updated' = 3, 'resolved' = 4) COMMENT 'what the episode became',
    at             DateTime64(3, 'UTC')    COMMENT 'when it became so, event time, UTC, milliseconds',
    started_at     DateTime64(3, 'UTC')    COMMENT 'when the episode began, event time, UTC, milliseconds',
    summary        String                  COMMENT 'the sentence that nobody was woken with',
    cause          String                  COMMENT 'in words; empty until known',
    runbook        String                  COMMENT 'path or address; empty for none',
    evidence_what  Array(String)           COMMENT 'what the alert rests on, one entry per observation',
    evidence_value Array(String)           COMMENT 'in the same order: its value with unit, as text',
    evidence_at    Array(DateTime64(3, 'UTC')) COMMENT 'in the same order: when it was so, UTC, milliseconds',
    written_at     DateTime64(3, 'UTC')    DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(at)
ORDER BY (id, status, severity, at)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'One transition of an alert of which nobody was notified, as its rule is in shadow or not stable; key: id, status, severity, at';
