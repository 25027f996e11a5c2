-- What became of the polls that were due, minute by minute, when a minute may be told twice after a crash?
--
-- A part of a minute is now known by when its count began, not by when it was closed: an ingest job that was killed tells
-- again what it told after its last checkpoint, and the count that was closed last stands. A key cannot be changed, so the
-- table is made anew; its rows so far, of builds that were never released, are let go.

DROP TABLE IF EXISTS poll_tally;

CREATE TABLE IF NOT EXISTS poll_tally
(
    source          LowCardinality(String)        COMMENT 'what was polled: prometheus, metrics or etcd',
    target          String                        COMMENT 'id of the target: a server, a member or a cluster',
    cluster         LowCardinality(String)        COMMENT 'name of the cluster; empty when the target is not of one',
    minute          DateTime64(3, 'UTC')          COMMENT 'start of the minute in which the polls were due, UTC',
    counted_from    DateTime64(3, 'UTC')          COMMENT 'from when on they were counted, UTC, milliseconds; tells the parts of a minute apart, which add up',
    counted_at      DateTime64(3, 'UTC')          COMMENT 'as of when, UTC, milliseconds',
    counted_seconds Float64                       COMMENT 'how much of the minute the target was polled for from counted_from on, seconds, 0 to 60',
    expected        UInt64                        COMMENT 'polls that were due by the clock',
    answered        UInt64                        COMMENT 'polls that brought what they asked for',
    left_out        UInt64                        COMMENT 'polls that were not begun: congestion, the one before still under way, or too many failures in a row',
    failed_reasons  Array(LowCardinality(String)) COMMENT 'classes of failures, such as timeout, refused, tls, http-status, in order',
    failed_counts   Array(UInt64)                 COMMENT 'polls that failed so, one number per reason',
    written_at      DateTime64(3, 'UTC')          DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    failed          UInt64                        ALIAS arraySum(failed_counts) COMMENT 'polls that failed, whatever the reason'
)
ENGINE = ReplacingMergeTree(counted_at)
PARTITION BY toYYYYMMDD(minute)
ORDER BY (source, target, minute, counted_from)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'Polls that were due, and what became of them; time that no row covers was not polled; key: source, target, minute, counted_from';
