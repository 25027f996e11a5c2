-- What happened on that day? Rosters, leader changes, alerts with their pages, and a status of each member per minute.

INSERT INTO cluster_roster
    (cluster, cluster_id, observed_at, ingested_at, member_ids, member_names, member_learners, label_map)
SELECT
    concat('cluster-', leftPad(toString(number), 3, '0')),
    lower(hex(cityHash64(number))),
    toDateTime64({day:Date}, 3, 'UTC') AS at,
    at,
    arrayMap(m -> lower(hex(cityHash64(number, m))), range({members:UInt32})),
    arrayMap(m -> concat('m', toString(m + 1)), range({members:UInt32})),
    arrayMap(m -> false, range({members:UInt32})),
    map('region', ['eu', 'us', 'ap'][number % 3 + 1], 'az', ['a', 'b'][number % 2 + 1])
FROM numbers({clusters:UInt32});

INSERT INTO member_status
    (cluster, cluster_id, member, member_id, endpoint, observed_at, ingested_at, etcd_version, db_size_bytes, db_size_in_use_bytes,
     leader_id, raft_term, raft_index, raft_applied_index, voters)
WITH
    number % {clusters:UInt32} AS c,
    intDiv(number, {clusters:UInt32}) % {members:UInt32} AS m,
    intDiv(number, {clusters:UInt32} * {members:UInt32}) AS minute
SELECT
    concat('cluster-', leftPad(toString(c), 3, '0')),
    lower(hex(cityHash64(c))),
    concat('m', toString(m + 1)),
    lower(hex(cityHash64(c, m))),
    concat('https://m', toString(m + 1), '.cluster-', toString(c), ':2379'),
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalMinute(minute) AS at,
    at,
    '3.5.16',
    2000000000 + minute * 4096,
    1500000000 + minute * 4096,
    lower(hex(cityHash64(c, 0))),
    toUInt64({day:Date}),
    toUInt64({day:Date}) * 1000000 + minute * 1000,
    toUInt64({day:Date}) * 1000000 + minute * 1000 - number % 3,
    {members:UInt32}
FROM numbers(1440 * {clusters:UInt32} * {members:UInt32});

INSERT INTO leader_change
    (cluster, cluster_id, from_member, from_id, to_member, to_id, raft_term, observed_at, confirmed_at, planned, cluster_size)
SELECT
    concat('cluster-', leftPad(toString(number), 3, '0')),
    lower(hex(cityHash64(number))),
    'm2',
    lower(hex(cityHash64(number, 1))),
    'm1',
    lower(hex(cityHash64(number, 0))),
    toUInt64({day:Date}),
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalSecond(rand() % 86400) AS at,
    at + toIntervalSecond(1),
    'no',
    {members:UInt32}
FROM numbers({clusters:UInt32})
WHERE number % 7 = toUInt16({day:Date}) % 7;

INSERT INTO alert
    (id, rule, severity, cluster, cluster_id, member, member_id, status, at, started_at, summary)
SELECT
    lower(hex(cityHash64({day:Date}, number))),
    'EtcdWalFsyncRegression',
    'warning',
    concat('cluster-', leftPad(toString(number), 3, '0')),
    lower(hex(cityHash64(number))),
    'm1',
    lower(hex(cityHash64(number, 0))),
    arrayJoin(['firing', 'resolved']) AS status,
    toDateTime64({day:Date}, 3, 'UTC') + toIntervalSecond(cityHash64({day:Date}, number) % 80000) AS started,
    started,
    'WAL fsync is slower than it was'
FROM numbers({clusters:UInt32})
WHERE number % 5 = toUInt16({day:Date}) % 5
