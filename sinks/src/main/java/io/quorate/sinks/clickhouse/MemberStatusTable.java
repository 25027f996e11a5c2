package io.quorate.sinks.clickhouse;

import io.quorate.events.MemberStatus;
import java.util.List;

/** The table {@code member_status}: one row per answer of a member, or the reason there was none. */
final class MemberStatusTable {

    static final Table<MemberStatus> TABLE = new Table<>(
            "member_status",
            MemberStatus.class,
            List.of(
                    Column.text("cluster", MemberStatus::cluster),
                    Column.text("cluster_id", MemberStatus::clusterId),
                    Column.text("member", MemberStatus::member),
                    Column.text("member_id", MemberStatus::memberId),
                    Column.text("endpoint", MemberStatus::endpoint),
                    Column.time("observed_at", MemberStatus::observedAt),
                    Column.time("ingested_at", MemberStatus::ingestedAt),
                    Column.text("etcd_version", MemberStatus::version),
                    Column.whole("db_size_bytes", MemberStatus::dbSizeBytes),
                    Column.whole("db_size_in_use_bytes", MemberStatus::dbSizeInUseBytes),
                    Column.text("leader_id", MemberStatus::leaderId),
                    Column.whole("raft_term", MemberStatus::raftTerm),
                    Column.whole("raft_index", MemberStatus::raftIndex),
                    Column.whole("raft_applied_index", MemberStatus::raftAppliedIndex),
                    Column.truth("learner", MemberStatus::learner),
                    Column.texts("errors", MemberStatus::errors),
                    Column.wholeUpTo(Column.UINT32, "voters", MemberStatus::voters),
                    Column.text("failure", MemberStatus::failure),
                    Column.text("failure_detail", MemberStatus::failureDetail)));

    private MemberStatusTable() {}
}
