-- How was it in the minute, the five minutes, the hour, the day? And which rows are still early?
--
-- A window of a minute and longer has a table of its size; the tables of 0001 keep the base windows, and what has no table
-- of its own. Columns, keys and units are those of 0001. Rows live after they were written, as there; clickhouse.keep sets
-- for how long.
-- An early row of the open base window has version 0; the closed window, version 1 and up, takes its place.
-- The codecs cut a row of 40 bytes to 23, measured on a day of skewed buckets; edges and ids are smallest as they are.

ALTER TABLE member_window
    ADD COLUMN IF NOT EXISTS early Bool ALIAS version = 0 COMMENT 'written while the window was open, of what had come so far',
    COMMENT COLUMN version '0 for an early row of the open window, 1 when the window is closed, one more for each correction by late readings; the highest counts',
    MODIFY COLUMN window_start   CODEC(DoubleDelta, ZSTD(1)),
    MODIFY COLUMN window_end     CODEC(DoubleDelta, ZSTD(1)),
    MODIFY COLUMN count          CODEC(T64, ZSTD(1)),
    MODIFY COLUMN sum            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN counts         CODEC(T64, ZSTD(1)),
    MODIFY COLUMN quantile_low   CODEC(ZSTD(1)),
    MODIFY COLUMN quantile_value CODEC(ZSTD(1)),
    MODIFY COLUMN quantile_high  CODEC(ZSTD(1)),
    MODIFY COLUMN increase       CODEC(ZSTD(1)),
    MODIFY COLUMN min            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN max            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN last           CODEC(Gorilla, ZSTD(1)),
    MODIFY COMMENT 'One series of one member in one base window [window_start, window_end), closed or still open (early); key: metric, cluster, member id (or name), labels, window';

ALTER TABLE scope_window
    ADD COLUMN IF NOT EXISTS early Bool ALIAS version = 0 COMMENT 'written while the window was open, of what had come so far',
    COMMENT COLUMN version '0 for an early row of the open window, 1 when the window is closed, one more for each correction by late readings; the highest counts',
    COMMENT COLUMN group 'the labels that the clusters share, canonical text: name="value",... sorted by name, at group scope; else empty',
    MODIFY COLUMN window_start   CODEC(DoubleDelta, ZSTD(1)),
    MODIFY COLUMN window_end     CODEC(DoubleDelta, ZSTD(1)),
    MODIFY COLUMN count          CODEC(T64, ZSTD(1)),
    MODIFY COLUMN sum            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN counts         CODEC(T64, ZSTD(1)),
    MODIFY COLUMN quantile_low   CODEC(ZSTD(1)),
    MODIFY COLUMN quantile_value CODEC(ZSTD(1)),
    MODIFY COLUMN quantile_high  CODEC(ZSTD(1)),
    MODIFY COLUMN increase       CODEC(ZSTD(1)),
    MODIFY COLUMN min            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN max            CODEC(Gorilla, ZSTD(1)),
    MODIFY COLUMN last           CODEC(Gorilla, ZSTD(1)),
    MODIFY COMMENT 'One series of many members together in one base window, closed or still open (early), the integer sum of the level below; key: scope, metric, cluster, group, labels, window';

CREATE TABLE IF NOT EXISTS member_window_1m AS member_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (metric, cluster, if(member_id = '', member, member_id), labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'One series of one member in one closed window of one minute, the sum of its base windows; key: metric, cluster, member id (or name), labels, window';

CREATE TABLE IF NOT EXISTS member_window_5m AS member_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (metric, cluster, if(member_id = '', member, member_id), labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'One series of one member in one closed window of five minutes, the sum of its base windows; key: metric, cluster, member id (or name), labels, window';

CREATE TABLE IF NOT EXISTS member_window_1h AS member_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(window_start)
ORDER BY (metric, cluster, if(member_id = '', member, member_id), labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'One series of one member in one closed window of one hour, the sum of its base windows; key: metric, cluster, member id (or name), labels, window';

CREATE TABLE IF NOT EXISTS member_window_1d AS member_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(window_start)
ORDER BY (metric, cluster, if(member_id = '', member, member_id), labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 1826 DAY
COMMENT 'One series of one member in one closed window of one day, the sum of its base windows; key: metric, cluster, member id (or name), labels, window';

CREATE TABLE IF NOT EXISTS scope_window_1m AS scope_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (scope, metric, cluster, group, labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'One series of many members together in one closed window of one minute, the integer sum of the level below; key: scope, metric, cluster, group, labels, window';

CREATE TABLE IF NOT EXISTS scope_window_5m AS scope_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (scope, metric, cluster, group, labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'One series of many members together in one closed window of five minutes, the integer sum of the level below; key: scope, metric, cluster, group, labels, window';

CREATE TABLE IF NOT EXISTS scope_window_1h AS scope_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(window_start)
ORDER BY (scope, metric, cluster, group, labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'One series of many members together in one closed window of one hour, the integer sum of the level below; key: scope, metric, cluster, group, labels, window';

CREATE TABLE IF NOT EXISTS scope_window_1d AS scope_window
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(window_start)
ORDER BY (scope, metric, cluster, group, labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 1826 DAY
COMMENT 'One series of many members together in one closed window of one day, the integer sum of the level below; key: scope, metric, cluster, group, labels, window';
