-- What did each series of each member, cluster, group and the whole fleet see in each window?
--
-- One row per series and window. A late reading writes the row again with a higher version; a replay writes the same row
-- again. Read with FINAL, or through the views of 0003, which hide it. Rows live for 7 days after they were written, not
-- after they happened, so that an old recording can be loaded and looked at.
-- ALIAS columns stand last: the JDBC driver's binary inserts count them among the columns.

CREATE TABLE IF NOT EXISTS member_window
(
    cluster        LowCardinality(String)  COMMENT 'name of the cluster',
    cluster_id     String                  COMMENT 'lower-case hex; empty when unknown',
    member         LowCardinality(String)  COMMENT 'name of the member',
    member_id      String                  COMMENT 'lower-case hex; empty when unknown',
    window_start   DateTime64(3, 'UTC')    COMMENT 'first instant of the window, event time, UTC, milliseconds',
    window_end     DateTime64(3, 'UTC')    COMMENT 'first instant after the window, event time, UTC, milliseconds',
    metric         LowCardinality(String)  COMMENT 'base name of the metric as Prometheus has it; its suffix tells the unit of sum, edges and quantiles',
    labels         String                  COMMENT 'what remains of the labels, canonical text: name="value",... sorted by name; empty for none',
    kind           Enum8('histogram' = 1, 'counter' = 2, 'gauge' = 3) COMMENT 'which of the columns below speak',
    count          UInt64                  COMMENT 'histogram: observations in the window; else 0',
    sum            Float64                 COMMENT 'histogram: sum of the observed values, gauge: sum of the samples, in the metric''s unit; else 0',
    edges          Array(Float64)          COMMENT 'histogram: finite upper bounds of the buckets, increasing, in the metric''s unit',
    counts         Array(UInt64)           COMMENT 'histogram: observations per bucket, not cumulative; one more than edges, the last beyond the last edge',
    quantile_low   Array(Float64)          COMMENT 'histogram: the 0.5, 0.9, 0.95, 0.99, 0.999 quantiles lie above these, in the metric''s unit; empty without observations',
    quantile_value Array(Float64)          COMMENT 'histogram: the same quantiles, interpolated as Prometheus does, in the metric''s unit; nan without edges; empty without observations',
    quantile_high  Array(Float64)          COMMENT 'histogram: the same quantiles are at most these, in the metric''s unit; inf beyond the last edge; empty without observations',
    increase       Nullable(Float64)       COMMENT 'counter: growth in the window, in the metric''s unit; else null',
    samples        UInt64                  COMMENT 'gauge: samples in the window; else 0',
    min            Nullable(Float64)       COMMENT 'gauge: lowest sample, in the metric''s unit; else null',
    max            Nullable(Float64)       COMMENT 'gauge: highest sample, in the metric''s unit; else null',
    last           Nullable(Float64)       COMMENT 'gauge: last sample by time, in the metric''s unit; null at wider scopes than a member, and else',
    gap            Bool                    COMMENT 'a scrape inside was missed or the process restarted: what happened then is lost, not zero',
    version        UInt32                  COMMENT 'corrections by late readings; the highest counts',
    written_at     DateTime64(3, 'UTC')    DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    label_map      Map(String, String)     ALIAS extractKeyValuePairsWithEscaping(labels, '=', ',', '"') COMMENT 'the labels taken apart, for people',
    mean           Nullable(Float64)       ALIAS if(kind = 'gauge', sum / samples, NULL) COMMENT 'gauge: sum / samples, in the metric''s unit; else null'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (metric, cluster, if(member_id = '', member, member_id), labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 7 DAY
COMMENT 'One series of one member in one closed window [window_start, window_end); key: metric, cluster, member id (or name), labels, window';

CREATE TABLE IF NOT EXISTS scope_window
(
    scope          Enum8('cluster' = 1, 'group' = 2, 'fleet' = 3) COMMENT 'how wide',
    cluster        LowCardinality(String)  COMMENT 'name of the cluster at cluster scope; else empty',
    cluster_id     String                  COMMENT 'lower-case hex at cluster scope, when known; else empty',
    group          String                  COMMENT 'the label and value that the members share, at group scope; else empty',
    members        UInt32                  COMMENT 'members whose windows stand in the sum',
    window_start   DateTime64(3, 'UTC')    COMMENT 'first instant of the window, event time, UTC, milliseconds',
    window_end     DateTime64(3, 'UTC')    COMMENT 'first instant after the window, event time, UTC, milliseconds',
    metric         LowCardinality(String)  COMMENT 'base name of the metric as Prometheus has it; its suffix tells the unit of sum, edges and quantiles',
    labels         String                  COMMENT 'what remains of the labels, canonical text: name="value",... sorted by name; empty for none',
    kind           Enum8('histogram' = 1, 'counter' = 2, 'gauge' = 3) COMMENT 'which of the columns below speak',
    count          UInt64                  COMMENT 'histogram: observations in the window; else 0',
    sum            Float64                 COMMENT 'histogram: sum of the observed values, gauge: sum of the samples, in the metric''s unit; else 0',
    edges          Array(Float64)          COMMENT 'histogram: finite upper bounds of the buckets, increasing, in the metric''s unit',
    counts         Array(UInt64)           COMMENT 'histogram: observations per bucket, not cumulative; one more than edges, the last beyond the last edge',
    quantile_low   Array(Float64)          COMMENT 'histogram: the 0.5, 0.9, 0.95, 0.99, 0.999 quantiles lie above these, in the metric''s unit; empty without observations',
    quantile_value Array(Float64)          COMMENT 'histogram: the same quantiles, interpolated as Prometheus does, in the metric''s unit; nan without edges; empty without observations',
    quantile_high  Array(Float64)          COMMENT 'histogram: the same quantiles are at most these, in the metric''s unit; inf beyond the last edge; empty without observations',
    increase       Nullable(Float64)       COMMENT 'counter: growth in the window, in the metric''s unit; else null',
    samples        UInt64                  COMMENT 'gauge: samples in the window; else 0',
    min            Nullable(Float64)       COMMENT 'gauge: lowest sample, in the metric''s unit; else null',
    max            Nullable(Float64)       COMMENT 'gauge: highest sample, in the metric''s unit; else null',
    last           Nullable(Float64)       COMMENT 'gauge: last sample by time, in the metric''s unit; null at wider scopes than a member, and else',
    gap            Bool                    COMMENT 'one of the members has a gap',
    version        UInt32                  COMMENT 'corrections by late readings; the highest counts',
    written_at     DateTime64(3, 'UTC')    DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    label_map      Map(String, String)     ALIAS extractKeyValuePairsWithEscaping(labels, '=', ',', '"') COMMENT 'the labels taken apart, for people',
    mean           Nullable(Float64)       ALIAS if(kind = 'gauge', sum / samples, NULL) COMMENT 'gauge: sum / samples, in the metric''s unit; else null'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMMDD(window_start)
ORDER BY (scope, metric, cluster, group, labels, window_start, window_end)
TTL toDateTime(written_at) + INTERVAL 7 DAY
COMMENT 'One series of many members together in one closed window, the integer sum of the level below; key: scope, metric, cluster, group, labels, window';
