-- How does each part of a member stand: its disk, its backend, its network, its upkeep, its peers?
--
-- Views with the names that users of analyzers know, over the closed base windows: each of them stands there once. The
-- tables of longer windows are asked by quorate query, which takes one size at a time: a view over all sizes would count
-- every operation five times whenever somebody forgets to say which.
--
-- First the functions that make quantiles with bounds of buckets; a function belongs to the whole server, hence its name.
-- A view keeps what a function said when the view was made.

-- Buckets of several layouts, [(edges, counts), ...], as one (edges, counts): on different edges only the common ones remain.
CREATE OR REPLACE FUNCTION quorate_merge AS layouts -> arrayMap(
    common -> (
        common,
        arrayMap(
            step -> toUInt64(step),
            arrayPopFront(arrayDifference(arrayConcat(
                [toInt64(0)],
                arrayMap(
                    edge -> toInt64(arraySum(layout -> arraySum(arraySlice(layout.2, 1, indexOf(layout.1, edge))), layouts)),
                    common),
                [toInt64(arraySum(layout -> arraySum(layout.2), layouts))]))))),
    [arrayFilter(edge -> arrayAll(layout -> has(layout.1, edge), layouts), layouts[1].1)])[1];

-- Below, buckets are (edges, counts).

CREATE OR REPLACE FUNCTION quorate_count AS buckets -> arraySum(buckets.2);

-- The bucket in which the quantile lies, from 1; the one after the last edge when it lies beyond; 0 without observations.
CREATE OR REPLACE FUNCTION quorate_bucket AS (buckets, quantile) -> if(
    arraySum(buckets.2) = 0,
    0,
    arrayFirstIndex(reached -> toFloat64(reached) >= quantile * toFloat64(arraySum(buckets.2)), arrayCumSum(buckets.2)));

-- The quantile lies above this; null without observations.
CREATE OR REPLACE FUNCTION quorate_above AS (buckets, quantile) -> arrayMap(
    bucket -> multiIf(
        bucket = 0, NULL,
        bucket > length(buckets.1), if(empty(buckets.1), -inf, buckets.1[length(buckets.1)]),
        bucket = 1, if(buckets.1[1] <= 0, -inf, 0),
        buckets.1[bucket - 1]),
    [quorate_bucket(buckets, quantile)])[1];

-- The quantile is at most this; inf beyond the last edge; null without observations.
CREATE OR REPLACE FUNCTION quorate_at_most AS (buckets, quantile) -> arrayMap(
    bucket -> multiIf(bucket = 0, NULL, bucket > length(buckets.1), inf, buckets.1[bucket]),
    [quorate_bucket(buckets, quantile)])[1];

-- Where Prometheus puts the quantile: linear in its bucket, the last edge when it lies beyond; null without observations.
CREATE OR REPLACE FUNCTION quorate_value AS (buckets, quantile) -> arrayMap(
    (bucket, low) -> multiIf(
        bucket = 0, NULL,
        bucket > length(buckets.1), if(empty(buckets.1), nan, low),
        bucket = 1 AND buckets.1[1] <= 0, buckets.1[1],
        low + (buckets.1[bucket] - low)
            * (quantile * toFloat64(arraySum(buckets.2)) - toFloat64(arraySum(arraySlice(buckets.2, 1, bucket - 1))))
            / toFloat64(buckets.2[bucket])),
    [quorate_bucket(buckets, quantile)],
    [quorate_above(buckets, quantile)])[1];

-- How many observations lie beyond this edge; null where it is none of the edges, as then nobody knows.
CREATE OR REPLACE FUNCTION quorate_slower AS (buckets, edge) -> if(
    has(buckets.1, edge),
    arraySum(arraySlice(buckets.2, indexOf(buckets.1, edge) + 1)),
    NULL);

CREATE OR REPLACE FUNCTION quorate_ms AS seconds -> round(seconds * 1000, 3);

CREATE OR REPLACE FUNCTION quorate_percent AS (part, whole) -> if(whole > 0, round(100 * part / whole, 3), NULL);

-- Whether a gRPC call with these labels failed by the server's fault: the codes that etcd's own alerts count.
CREATE OR REPLACE FUNCTION quorate_failed_call AS labels -> match(
    labels,
    'grpc_code="(Unknown|FailedPrecondition|ResourceExhausted|Internal|Unavailable|DataLoss|DeadlineExceeded)"');

CREATE OR REPLACE VIEW cluster_info AS
WITH
    answers AS
    (
        SELECT *
        FROM member_status FINAL
        WHERE observed_at > (SELECT max(observed_at) FROM member_status) - INTERVAL 1 HOUR
    ),
    newest AS
    (
        SELECT
            cluster,
            if(member_id = '', status.member, member_id)                      AS id,
            argMax(status.member, observed_at)                                AS member,
            argMax(status.failure, observed_at)                                      AS failure,
            max(observed_at)                                                  AS asked_at,
            argMaxIf(status.cluster_id, observed_at, status.failure = '')                     AS cluster_id,
            argMaxIf(status.leader_id, observed_at, status.failure = '')                      AS leader_id,
            argMaxIf(status.raft_term, observed_at, status.failure = '')                      AS raft_term,
            argMaxIf(status.etcd_version, observed_at, status.failure = '')                   AS etcd_version,
            argMaxIf(status.db_size_bytes, observed_at, status.failure = '')                  AS db_size_bytes,
            argMaxIf(status.db_size_in_use_bytes, observed_at, status.failure = '')           AS db_size_in_use_bytes,
            argMaxIf(status.errors, observed_at, status.failure = '')                         AS errors,
            argMaxIf(status.learner, observed_at, status.failure = '')                        AS learner,
            argMaxIf(status.voters, observed_at, status.failure = '')                         AS voters
        FROM answers AS status
        GROUP BY cluster, id
    )
SELECT
    cluster,
    anyIf(cluster_id, cluster_id != '')                                       AS cluster_id,
    count()                                                                   AS members,
    max(voters)                                                               AS voters,
    countIf(learner)                                                          AS learners,
    countIf(failure = '')                                                     AS answering_members,
    arraySort(groupArrayIf(concat(member, ': ', failure), failure != ''))     AS not_answering,
    arraySort(groupUniqArrayIf(leader_id, failure = '' AND leader_id != ''))  AS believed_leader_ids,
    anyIf(member, id = leader_id AND failure = '')                            AS leader,
    countIf(failure = '' AND leader_id = '')                                  AS members_without_leader,
    max(raft_term)                                                            AS raft_term,
    arraySort(groupUniqArrayIf(etcd_version, etcd_version != ''))             AS etcd_versions,
    max(db_size_bytes)                                                        AS largest_db_size_bytes,
    max(db_size_in_use_bytes)                                                 AS largest_db_size_in_use_bytes,
    arraySort(groupUniqArrayArray(errors))                                    AS errors,
    max(asked_at)                                                             AS observed_at
FROM newest
GROUP BY cluster
COMMENT 'Each cluster as its members last answered, within the newest hour: who answers, who leads, versions, size, what etcd complains of';

CREATE OR REPLACE VIEW member_lag AS
WITH
    answers AS
    (
        SELECT cluster, member, member_id, leader_id, raft_term, raft_index, observed_at
        FROM member_status FINAL
        WHERE answered AND member_id != '' AND ({cluster:String} = '' OR cluster = {cluster:String})
            -- An answer of the leader's before the first and one after the last.
            AND observed_at >= {from:DateTime64(3, 'UTC')} - INTERVAL 1 MINUTE
            AND observed_at < {to:DateTime64(3, 'UTC')} + INTERVAL 1 MINUTE
    ),
    leaders AS
    (
        SELECT cluster, member, member_id, raft_term, raft_index, observed_at
        FROM answers
        WHERE member_id = leader_id
    )
SELECT
    asked.cluster                                                             AS cluster,
    asked.member                                                              AS member,
    asked.member_id                                                           AS member_id,
    asked.observed_at                                                         AS observed_at,
    before.member                                                             AS leader,
    before.member_id                                                          AS leader_id,
    toFloat64(before.raft_index) + (toFloat64(after.raft_index) - toFloat64(before.raft_index))
        * if(after.observed_at = before.observed_at, 0,
             dateDiff('millisecond', before.observed_at, asked.observed_at)
             / dateDiff('millisecond', before.observed_at, after.observed_at)) AS leader_raft_index_entries,
    asked.raft_index                                                          AS raft_index_entries,
    toInt64(round(leader_raft_index_entries - toFloat64(asked.raft_index)))   AS lag_entries,
    dateDiff('millisecond', before.observed_at, after.observed_at) / 1000     AS between_leader_answers_seconds
FROM answers AS asked
ASOF JOIN leaders AS before
    ON before.cluster = asked.cluster AND before.member_id = asked.leader_id AND before.observed_at <= asked.observed_at
ASOF JOIN leaders AS after
    ON after.cluster = asked.cluster AND after.member_id = asked.leader_id AND after.observed_at >= asked.observed_at
WHERE before.raft_term = after.raft_term AND asked.member_id != asked.leader_id
    AND asked.observed_at >= {from:DateTime64(3, 'UTC')} AND asked.observed_at < {to:DateTime64(3, 'UTC')}
COMMENT 'How many raft entries a follower was behind its leader when it answered: the leader''s index is interpolated between its own answers before and after, as members are not asked at one moment; member_lag(cluster = ..., from = ..., to = ...), an empty cluster for all';

CREATE OR REPLACE VIEW general_info AS
SELECT
    cluster,
    any(series.cluster_id)                                                        AS cluster_id,
    any(series.member)                                                            AS member,
    any(series.member_id)                                                         AS member_id,
    window_start,
    window_end,
    dateDiff('millisecond', window_start, window_end) / 1000                      AS window_seconds,
    toBool(minIf(min, metric = 'etcd_server_has_leader') = 1)                     AS had_leader_throughout,
    toBool(maxIf(max, metric = 'etcd_server_is_leader') = 1)                      AS led,
    toBool(maxIf(max, metric = 'etcd_server_is_learner') = 1)                     AS learner,
    sumIf(increase, metric = 'etcd_server_leader_changes_seen_total')             AS leader_changes_seen_count,
    sumIf(increase, metric = 'etcd_server_heartbeat_send_failures_total')         AS heartbeat_send_failures_count,
    sumIf(increase, metric = 'etcd_server_proposals_committed_total')             AS proposals_committed_count,
    sumIf(increase, metric = 'etcd_server_proposals_applied_total')               AS proposals_applied_count,
    sumIf(increase, metric = 'etcd_server_proposals_failed_total')                AS proposals_failed_count,
    maxIf(max, metric = 'etcd_server_proposals_pending')                          AS most_proposals_pending_count,
    maxIf(max, metric = 'quorate_commit_apply_lag_entries')                       AS most_commit_apply_lag_entries,
    sumIf(increase, metric = 'etcd_server_slow_apply_total')                      AS slow_applies_count,
    sumIf(increase, metric = 'etcd_server_slow_read_indexes_total')               AS slow_read_indexes_count,
    sumIf(increase, metric = 'etcd_server_read_indexes_failed_total')             AS failed_read_indexes_count,
    sumIf(increase, metric = 'etcd_mvcc_put_total') / window_seconds              AS puts_per_second,
    sumIf(increase, metric = 'etcd_mvcc_range_total') / window_seconds            AS ranges_per_second,
    sumIf(increase, metric = 'etcd_mvcc_delete_total') / window_seconds           AS deletes_per_second,
    sumIf(increase, metric = 'etcd_mvcc_txn_total') / window_seconds              AS txns_per_second,
    maxIf(max, metric = 'etcd_debugging_mvcc_watcher_total')                      AS most_watchers_count,
    maxIf(max, metric = 'etcd_debugging_mvcc_slow_watcher_total')                 AS most_slow_watchers_count,
    maxIf(max, metric = 'etcd_debugging_mvcc_watch_stream_total')                 AS most_watch_streams_count,
    maxIf(max, metric = 'etcd_debugging_mvcc_pending_events_total')               AS most_pending_events_count,
    sumIf(increase, metric = 'etcd_debugging_lease_granted_total')                AS leases_granted_count,
    sumIf(increase, metric = 'etcd_debugging_lease_renewed_total')                AS leases_renewed_count,
    sumIf(increase, metric = 'etcd_debugging_lease_revoked_total')                AS leases_revoked_count,
    sumIf(increase, metric = 'etcd_debugging_server_lease_expired_total')         AS leases_expired_count,
    sumIf(increase, metric = 'process_cpu_seconds_total') / window_seconds        AS cpu_cores,
    maxIf(max, metric = 'process_resident_memory_bytes')                          AS most_resident_memory_bytes,
    maxIf(max, metric = 'quorate_open_fds_ratio')                                 AS most_open_fds_ratio,
    maxIf(max, metric = 'quorate_memory_used_ratio')                              AS most_machine_memory_used_ratio,
    max(gap)                                                                      AS gap
FROM member_window AS series FINAL
WHERE NOT early AND kind != 'histogram' AND metric IN (
    'etcd_server_has_leader', 'etcd_server_is_leader', 'etcd_server_is_learner', 'etcd_server_leader_changes_seen_total',
    'etcd_server_heartbeat_send_failures_total', 'etcd_server_proposals_committed_total', 'etcd_server_proposals_applied_total',
    'etcd_server_proposals_failed_total', 'etcd_server_proposals_pending', 'quorate_commit_apply_lag_entries',
    'etcd_server_slow_apply_total', 'etcd_server_slow_read_indexes_total', 'etcd_server_read_indexes_failed_total',
    'etcd_mvcc_put_total', 'etcd_mvcc_range_total', 'etcd_mvcc_delete_total', 'etcd_mvcc_txn_total',
    'etcd_debugging_mvcc_watcher_total', 'etcd_debugging_mvcc_slow_watcher_total', 'etcd_debugging_mvcc_watch_stream_total',
    'etcd_debugging_mvcc_pending_events_total', 'etcd_debugging_lease_granted_total', 'etcd_debugging_lease_renewed_total',
    'etcd_debugging_lease_revoked_total', 'etcd_debugging_server_lease_expired_total', 'process_cpu_seconds_total',
    'process_resident_memory_bytes', 'quorate_open_fds_ratio', 'quorate_memory_used_ratio')
GROUP BY cluster, if(series.member_id = '', series.member, series.member_id), window_start, window_end
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Each member in each base window: leadership, proposals, requests, watches, leases, processor and memory; counts are increases in the window, null where the member does not show the metric';

CREATE OR REPLACE VIEW wal_fsync AS
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    window_start,
    window_end,
    count                                              AS fsyncs_count,
    sum                                                AS total_seconds,
    quorate_above((edges, counts), 0.5)                AS p50_above_seconds,
    quorate_value((edges, counts), 0.5)                AS p50_seconds,
    quorate_at_most((edges, counts), 0.5)              AS p50_at_most_seconds,
    quorate_above((edges, counts), 0.99)               AS p99_above_seconds,
    quorate_value((edges, counts), 0.99)               AS p99_seconds,
    quorate_at_most((edges, counts), 0.99)             AS p99_at_most_seconds,
    quorate_slower((edges, counts), 0.008)             AS slower_than_8_ms_count,
    quorate_slower((edges, counts), 0.032)             AS slower_than_32_ms_count,
    quorate_slower((edges, counts), 0.128)             AS slower_than_128_ms_count,
    quorate_slower((edges, counts), 0.512)             AS slower_than_512_ms_count,
    gap
FROM member_window FINAL
WHERE metric = 'etcd_disk_wal_fsync_duration_seconds' AND NOT early
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'How long each member''s write-ahead log waited for its disk, per base window: a quantile lies in (above, at_most]; null without fsyncs';

CREATE OR REPLACE VIEW backend_commit AS
SELECT
    cluster,
    cluster_id,
    member,
    member_id,
    window_start,
    window_end,
    count                                              AS commits_count,
    sum                                                AS total_seconds,
    quorate_above((edges, counts), 0.5)                AS p50_above_seconds,
    quorate_value((edges, counts), 0.5)                AS p50_seconds,
    quorate_at_most((edges, counts), 0.5)              AS p50_at_most_seconds,
    quorate_above((edges, counts), 0.99)               AS p99_above_seconds,
    quorate_value((edges, counts), 0.99)               AS p99_seconds,
    quorate_at_most((edges, counts), 0.99)             AS p99_at_most_seconds,
    quorate_slower((edges, counts), 0.016)             AS slower_than_16_ms_count,
    quorate_slower((edges, counts), 0.064)             AS slower_than_64_ms_count,
    quorate_slower((edges, counts), 0.256)             AS slower_than_256_ms_count,
    quorate_slower((edges, counts), 0.512)             AS slower_than_512_ms_count,
    gap
FROM member_window FINAL
WHERE metric = 'etcd_disk_backend_commit_duration_seconds' AND NOT early
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'How long each member''s backend took to commit, per base window: a quantile lies in (above, at_most]; null without commits';

CREATE OR REPLACE VIEW disk_io AS
SELECT
    cluster,
    any(series.cluster_id)                                                        AS cluster_id,
    any(series.member)                                                            AS member,
    any(series.member_id)                                                         AS member_id,
    label_map['device']                                                           AS device,
    window_start,
    window_end,
    dateDiff('millisecond', window_start, window_end) / 1000                      AS window_seconds,
    sumIf(increase, metric = 'etcd_disk_wal_write_bytes_total') / window_seconds  AS wal_bytes_per_second,
    sumIf(increase, metric = 'node_disk_reads_completed_total') / window_seconds  AS reads_per_second,
    sumIf(increase, metric = 'node_disk_writes_completed_total') / window_seconds AS writes_per_second,
    sumIf(increase, metric = 'node_disk_flush_requests_total') / window_seconds   AS flushes_per_second,
    sumIf(increase, metric = 'node_disk_read_bytes_total') / window_seconds       AS read_bytes_per_second,
    sumIf(increase, metric = 'node_disk_written_bytes_total') / window_seconds    AS written_bytes_per_second,
    sumIf(increase, metric = 'node_disk_io_time_seconds_total') / window_seconds  AS busy_ratio,
    sumIf(increase, metric = 'node_disk_io_time_weighted_seconds_total') / window_seconds AS mean_queue_count,
    sumIf(increase, metric = 'node_disk_read_time_seconds_total')
        / nullIf(sumIf(increase, metric = 'node_disk_reads_completed_total'), 0)  AS mean_read_seconds,
    sumIf(increase, metric = 'node_disk_write_time_seconds_total')
        / nullIf(sumIf(increase, metric = 'node_disk_writes_completed_total'), 0) AS mean_write_seconds,
    sumIf(increase, metric = 'node_disk_flush_requests_time_seconds_total')
        / nullIf(sumIf(increase, metric = 'node_disk_flush_requests_total'), 0)   AS mean_flush_seconds,
    max(gap)                                                                      AS gap
FROM member_window AS series FINAL
WHERE NOT early AND (metric = 'etcd_disk_wal_write_bytes_total' OR metric LIKE 'node_disk_%')
GROUP BY cluster, if(series.member_id = '', series.member, series.member_id), device, window_start, window_end
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'What each member''s machine read, wrote and waited for, per base window and device; the row without a device tells what etcd itself wrote to its log';

CREATE OR REPLACE VIEW network_io AS
SELECT
    cluster,
    any(series.cluster_id)                                                        AS cluster_id,
    any(series.member)                                                            AS member,
    any(series.member_id)                                                         AS member_id,
    multiIf(startsWith(metric, 'node_'), 'device', startsWith(metric, 'etcd_network_client'), 'clients', 'peer') AS link,
    coalesce(nullIf(label_map['To'], ''), nullIf(label_map['From'], ''), nullIf(label_map['Remote'], ''), label_map['device']) AS far_end,
    window_start,
    window_end,
    dateDiff('millisecond', window_start, window_end) / 1000                      AS window_seconds,
    sumIf(increase, metric IN ('etcd_network_peer_sent_bytes_total', 'etcd_network_client_grpc_sent_bytes_total',
        'node_network_transmit_bytes_total')) / window_seconds                    AS sent_bytes_per_second,
    sumIf(increase, metric IN ('etcd_network_peer_received_bytes_total', 'etcd_network_client_grpc_received_bytes_total',
        'node_network_receive_bytes_total')) / window_seconds                     AS received_bytes_per_second,
    sumIf(increase, metric IN ('etcd_network_peer_sent_failures_total', 'node_network_transmit_errs_total')) AS send_failures_count,
    sumIf(increase, metric = 'etcd_network_peer_received_failures_total')         AS receive_failures_count,
    sumIf(increase, metric = 'node_network_receive_drop_total')                   AS receive_drops_count,
    sumIf(increase, metric = 'etcd_network_disconnected_peers_total')             AS disconnects_count,
    toBool(minIf(min, metric = 'etcd_network_active_peers') = 1)                  AS connected_throughout,
    sumIf(count, metric = 'etcd_network_peer_round_trip_time_seconds')            AS round_trips_count,
    maxIf(quorate_above((edges, counts), 0.5), metric = 'etcd_network_peer_round_trip_time_seconds')    AS p50_round_trip_above_seconds,
    maxIf(quorate_value((edges, counts), 0.5), metric = 'etcd_network_peer_round_trip_time_seconds')    AS p50_round_trip_seconds,
    maxIf(quorate_at_most((edges, counts), 0.5), metric = 'etcd_network_peer_round_trip_time_seconds')  AS p50_round_trip_at_most_seconds,
    maxIf(quorate_at_most((edges, counts), 0.99), metric = 'etcd_network_peer_round_trip_time_seconds') AS p99_round_trip_at_most_seconds,
    max(gap)                                                                      AS gap
FROM member_window AS series FINAL
WHERE NOT early AND metric IN (
    'etcd_network_peer_sent_bytes_total', 'etcd_network_peer_received_bytes_total', 'etcd_network_peer_sent_failures_total',
    'etcd_network_peer_received_failures_total', 'etcd_network_disconnected_peers_total', 'etcd_network_active_peers',
    'etcd_network_peer_round_trip_time_seconds', 'etcd_network_client_grpc_sent_bytes_total',
    'etcd_network_client_grpc_received_bytes_total', 'node_network_transmit_bytes_total', 'node_network_receive_bytes_total',
    'node_network_transmit_errs_total', 'node_network_receive_drop_total')
GROUP BY cluster, if(series.member_id = '', series.member, series.member_id), link, far_end, window_start, window_end
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'What each member exchanged with each peer (far_end: its member id), with its clients, and over each device of its machine, per base window; etcd feeds round trips with about two smoothed values in 30 s';

CREATE OR REPLACE VIEW compact_defrag AS
SELECT
    cluster,
    any(series.cluster_id)                                                        AS cluster_id,
    any(series.member)                                                            AS member,
    any(series.member_id)                                                         AS member_id,
    window_start,
    window_end,
    sumIf(count, metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds')      AS compactions_count,
    sumIf(sum, metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds') / 1000 AS compacting_seconds,
    maxIf(quorate_at_most((edges, counts), 1), metric = 'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds') / 1000
                                                                                  AS longest_compaction_at_most_seconds,
    maxIf(quorate_at_most((edges, counts), 1), metric = 'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds') / 1000
                                                                                  AS longest_pause_at_most_seconds,
    sumIf(increase, metric = 'etcd_debugging_mvcc_db_compaction_keys_total')      AS compacted_keys_count,
    sumIf(count, metric = 'etcd_disk_backend_defrag_duration_seconds')            AS defragmentations_count,
    sumIf(sum, metric = 'etcd_disk_backend_defrag_duration_seconds')              AS defragmenting_seconds,
    toBool(maxIf(max, metric = 'etcd_disk_defrag_inflight') = 1)                  AS defragmenting,
    sumIf(count, metric = 'etcd_disk_backend_snapshot_duration_seconds')          AS snapshots_count,
    sumIf(sum, metric = 'etcd_disk_backend_snapshot_duration_seconds')            AS snapshotting_seconds,
    maxIf(last, metric = 'etcd_mvcc_db_total_size_in_bytes')                      AS db_size_bytes,
    maxIf(last, metric = 'etcd_mvcc_db_total_size_in_use_in_bytes')               AS db_size_in_use_bytes,
    maxIf(last, metric = 'etcd_server_quota_backend_bytes')                       AS quota_bytes,
    max(gap)                                                                      AS gap
FROM member_window AS series FINAL
WHERE NOT early AND metric IN (
    'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds', 'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds',
    'etcd_debugging_mvcc_db_compaction_keys_total', 'etcd_disk_backend_defrag_duration_seconds', 'etcd_disk_defrag_inflight',
    'etcd_disk_backend_snapshot_duration_seconds', 'etcd_mvcc_db_total_size_in_bytes', 'etcd_mvcc_db_total_size_in_use_in_bytes',
    'etcd_server_quota_backend_bytes')
GROUP BY cluster, if(series.member_id = '', series.member, series.member_id), window_start, window_end
SETTINGS do_not_merge_across_partitions_select_final = 1
COMMENT 'Upkeep of each member per base window: compactions, defragmentations, snapshots, and how large the backend was after it';
