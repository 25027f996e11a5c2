-- What became of the polls that were due, minute by minute?

CREATE TABLE IF NOT EXISTS poll_tally
(
    source          LowCardinality(String)        COMMENT 'what was polled: prometheus, metrics or etcd',
    target          String                        COMMENT 'id of the target: a server, a member or a cluster',
    cluster         LowCardinality(String)        COMMENT 'name of the cluster; empty when the target is not of one',
    minute          DateTime64(3, 'UTC')          COMMENT 'start of the minute in which the polls were due, UTC',
    counted_at      DateTime64(3, 'UTC')          COMMENT 'when the count was closed, UTC, milliseconds; tells the parts of a minute apart, which add up',
    counted_seconds Float64                       COMMENT 'how much of the minute the target was polled for, seconds, 0 to 60',
    expected        UInt64                        COMMENT 'polls that were due by the clock',
    answered        UInt64                        COMMENT 'polls that brought what they asked for',
    left_out        UInt64                        COMMENT 'polls that were not begun: congestion, the one before still under way, or too many failures in a row',
    failed_reasons  Array(LowCardinality(String)) COMMENT 'classes of failures, such as timeout, refused, tls, http-status, in order',
    failed_counts   Array(UInt64)                 COMMENT 'polls that failed so, one number per reason',
    written_at      DateTime64(3, 'UTC')          DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    failed          UInt64                        ALIAS arraySum(failed_counts) COMMENT 'polls that failed, whatever the reason'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(minute)
ORDER BY (source, target, minute, counted_at)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'Polls that were due, and what became of them; a minute without a row was not polled; key: source, target, minute, counted_at';
