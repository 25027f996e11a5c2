-- What happened to a cluster and its members, besides leader changes and alerts?

CREATE TABLE IF NOT EXISTS cluster_event
(
    at         DateTime64(3, 'UTC')   COMMENT 'when it happened, as exactly as that is known, UTC, milliseconds: of a restart the start of the process, of any other when the answer arrived that first told it',
    cluster    LowCardinality(String) COMMENT 'name of the cluster',
    cluster_id String                 COMMENT 'lower-case hex; empty when unknown',
    member     LowCardinality(String) COMMENT 'name of the member, or its id until it has one; empty when it is about the whole cluster',
    member_id  String                 COMMENT 'lower-case hex; empty when unknown or about the whole cluster',
    kind       LowCardinality(String) COMMENT 'member-added, member-removed, member-promoted, version-changed, alarm-raised, alarm-cleared or restarted',
    before     String                 COMMENT 'what was: voter or learner, a version, an alarm, when the process before began; empty when there was nothing',
    after      String                 COMMENT 'what is now, in the same words; empty when there is nothing',
    detail     String                 COMMENT 'in words, for people; empty when there is nothing to say',
    written_at DateTime64(3, 'UTC')   DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(at)
ORDER BY (cluster, if(member_id = '', member, member_id), kind, at, if(startsWith(kind, 'alarm-'), concat(before, after), ''))
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'Members that came, left or began to vote, versions, alarms of etcd, restarts; key: cluster, member id (or name), kind, at, and the alarm where it is one';
