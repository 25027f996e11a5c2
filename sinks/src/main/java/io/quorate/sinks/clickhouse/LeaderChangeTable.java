package io.quorate.sinks.clickhouse;

import io.quorate.events.LeaderChange;
import java.util.List;

/** The table {@code leader_change}: one row per leader and term. */
final class LeaderChangeTable {

    static final Table<LeaderChange> TABLE = new Table<>(
            "leader_change",
            LeaderChange.class,
            List.of(
                    Column.text("cluster", LeaderChange::cluster),
                    Column.text("cluster_id", LeaderChange::clusterId),
                    Column.text("from_member", LeaderChange::from),
                    Column.text("from_id", LeaderChange::fromId),
                    Column.text("to_member", LeaderChange::to),
                    Column.text("to_id", LeaderChange::toId),
                    Column.whole("raft_term", LeaderChange::raftTerm),
                    Column.time("observed_at", LeaderChange::observedAt),
                    Column.time("confirmed_at", LeaderChange::confirmedAt),
                    Column.word("planned", LeaderChange::planned),
                    Column.wholeUpTo(Column.UINT32, "cluster_size", LeaderChange::clusterSize)));

    private LeaderChangeTable() {}
}
