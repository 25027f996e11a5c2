-- What happened, and whom did we tell: answers of members, member lists, leader changes, alerts, the ledger, dead letters?
--
-- One row per event, by its natural key: a replay writes the same row again. Read with FINAL, or through the views of 0003.
-- Rows live for so long after they were written, not after they happened.
-- ALIAS columns stand last: the JDBC driver's binary inserts count them among the columns.

CREATE TABLE IF NOT EXISTS member_status
(
    cluster             LowCardinality(String) COMMENT 'name of the cluster',
    cluster_id          String                 COMMENT 'lower-case hex; empty when unknown',
    member              LowCardinality(String) COMMENT 'name of the member, or its endpoint until the name is known',
    member_id           String                 COMMENT 'lower-case hex; empty when unknown',
    endpoint            String                 COMMENT 'address that was asked',
    observed_at         DateTime64(3, 'UTC')   COMMENT 'when the answer arrived or waiting for it ended, UTC, milliseconds',
    ingested_at         DateTime64(3, 'UTC')   COMMENT 'when Quorate had it, UTC, milliseconds',
    etcd_version        LowCardinality(String) COMMENT 'version of etcd, such as 3.4.23; empty when not answered',
    db_size_bytes       UInt64                 COMMENT 'size of the backend file, bytes',
    db_size_in_use_bytes UInt64                COMMENT 'of which in use, bytes',
    leader_id           String                 COMMENT 'whom this member believes to lead, lower-case hex; empty when it knows none',
    raft_term           UInt64                 COMMENT 'term of the last applied entry; it lags behind the leader',
    raft_index          UInt64                 COMMENT 'raft index of the last committed entry',
    raft_applied_index  UInt64                 COMMENT 'raft index of the last applied entry',
    learner             Bool                   COMMENT 'it does not vote',
    errors              Array(String)          COMMENT 'as etcd words them; alarms stand here',
    voters              UInt32                 COMMENT 'voting members by the last member list; 0 when unknown',
    failure             LowCardinality(String) COMMENT 'class of the failure: timeout, refused, tls, auth or error; empty when answered',
    failure_detail      String                 COMMENT 'the failure in words; empty when answered',
    written_at          DateTime64(3, 'UTC')   DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    answered            Bool                   ALIAS failure = '' COMMENT 'whether the member answered'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (cluster, if(member_id = '', member, member_id), endpoint, observed_at)
TTL toDateTime(written_at) + INTERVAL 30 DAY
COMMENT 'One answer of etcd''s status call, or the reason there was none; key: cluster, member id (or name), endpoint, observed_at';

CREATE TABLE IF NOT EXISTS cluster_roster
(
    cluster            LowCardinality(String)  COMMENT 'name of the cluster',
    cluster_id         String                  COMMENT 'lower-case hex',
    observed_at        DateTime64(3, 'UTC')    COMMENT 'when the member list arrived, UTC, milliseconds',
    ingested_at        DateTime64(3, 'UTC')    COMMENT 'when Quorate had it, UTC, milliseconds',
    member_ids         Array(String)           COMMENT 'the members'' ids, lower-case hex',
    member_names       Array(String)           COMMENT 'their names in the same order; empty until a member first started',
    member_learners    Array(Bool)             COMMENT 'in the same order: it does not vote',
    member_client_urls Array(String)           COMMENT 'in the same order: client addresses, separated by blanks',
    label_map          Map(String, String)     COMMENT 'labels of the cluster: env, region, az, storage class, owner',
    written_at         DateTime64(3, 'UTC')    DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    voters             UInt32                  ALIAS arrayCount(learner -> NOT learner, member_learners) COMMENT 'members that count for the quorum'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (cluster, cluster_id, observed_at)
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'Who belonged to a cluster, as its member list said; key: cluster, cluster id, observed_at';

CREATE TABLE IF NOT EXISTS leader_change
(
    cluster       LowCardinality(String)  COMMENT 'name of the cluster',
    cluster_id    String                  COMMENT 'lower-case hex; empty when unknown',
    from_member   LowCardinality(String)  COMMENT 'name of the leader before',
    from_id       String                  COMMENT 'its id, lower-case hex; empty when unknown',
    to_member     LowCardinality(String)  COMMENT 'name of the new leader',
    to_id         String                  COMMENT 'its id, lower-case hex; empty when unknown',
    raft_term     UInt64                  COMMENT 'term of the new leader',
    observed_at   DateTime64(3, 'UTC')    COMMENT 'when the first answer named the new leader, UTC, milliseconds',
    confirmed_at  DateTime64(3, 'UTC')    COMMENT 'when a second answer confirmed it, UTC, milliseconds',
    planned       Enum8('yes' = 1, 'no' = 2, 'unknown' = 3) COMMENT 'whether somebody meant it',
    cluster_size  UInt32                  COMMENT 'voting members, as far as known; 0 when unknown',
    written_at    DateTime64(3, 'UTC')    DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds',
    regained      Bool                    ALIAS from_member = to_member COMMENT 'the same member leads again, in a later term'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (cluster, cluster_id, raft_term)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'A new leader of a cluster, or the same one in a later term; key: cluster, cluster id, raft term, since a term has one leader';

CREATE TABLE IF NOT EXISTS alert
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
    summary        String                  COMMENT 'one sentence for a person who was just woken',
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
COMMENT 'One transition of an alert; key: id, status, severity, at';

CREATE TABLE IF NOT EXISTS notification
(
    key           String                   COMMENT 'the receivers'' deduplication key: alert id and severity step',
    alert_id      String                   COMMENT 'of the episode, lower-case hex',
    rule          LowCardinality(String)   COMMENT 'name of the rule',
    severity      Enum8('info' = 1, 'warning' = 2, 'critical' = 3) COMMENT 'how bad',
    cluster       LowCardinality(String)   COMMENT 'name of the cluster',
    member        LowCardinality(String)   COMMENT 'name of the member; empty when about the whole cluster',
    status        Enum8('pending' = 1, 'firing' = 2, 'updated' = 3, 'resolved' = 4) COMMENT 'the transition that was told',
    receiver      LowCardinality(String)   COMMENT 'its name in the settings; never an address',
    attempt       UInt32                   COMMENT '1 for the first',
    outcome       Enum8('delivered' = 1, 'retried' = 2, 'refused' = 3) COMMENT 'what became of the attempt',
    http_status   Nullable(UInt16)         COMMENT 'the receiver''s answer; null when there was none',
    detail        String                   COMMENT 'in words; empty when there is nothing to say',
    breached_at   DateTime64(3, 'UTC')     COMMENT 'when the transition came about, event time, UTC, milliseconds',
    attempted_at  DateTime64(3, 'UTC')     COMMENT 'when the attempt ended, UTC, milliseconds',
    written_at    DateTime64(3, 'UTC')     DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(attempted_at)
ORDER BY (alert_id, key, receiver, attempt, attempted_at)
TTL toDateTime(written_at) + INTERVAL 400 DAY
COMMENT 'One attempt to tell one receiver of one alert transition: a line of the ledger; key: key, receiver, attempt, attempted_at';

CREATE TABLE IF NOT EXISTS dead_letter
(
    source       String                    COMMENT 'where it stood: a topic with partition and offset, a server, a receiver, a table',
    reason       LowCardinality(String)    COMMENT 'class of the trouble, such as unreadable, late, not-of-now, refused',
    detail       String                    COMMENT 'in words: what was wrong, what was expected',
    cluster      LowCardinality(String)    COMMENT 'name of the cluster; empty when unknown',
    record       String                    COMMENT 'the whole of it; Base64 after base64: where it is not text',
    observed_at  DateTime64(3, 'UTC')      COMMENT 'when it was found, UTC, milliseconds',
    written_at   DateTime64(3, 'UTC')      DEFAULT now64(3) COMMENT 'when this row was written, UTC, milliseconds'
)
ENGINE = ReplacingMergeTree(written_at)
PARTITION BY toYYYYMMDD(observed_at)
ORDER BY (reason, source, observed_at, sipHash64(record, detail))
TTL toDateTime(written_at) + INTERVAL 90 DAY
COMMENT 'What could not be read or sent, whole, with why; key: reason, source, observed_at, hash of record and detail';
