-- What would rules have said that notify nobody: those in shadow, and those that are not stable yet?

CREATE TABLE IF NOT EXISTS shadow_alert AS alert
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(at)
ORDER BY (id, status, severity, at)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'One transition of an alert of which nobody was notified, as its rule is in shadow or not stable; key: id, status, severity, at';
