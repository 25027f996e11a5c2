package io.quorate.sinks.clickhouse;

import io.quorate.events.ClusterEvent;
import java.util.List;

/** The table {@code cluster_event}: one row per event. */
final class ClusterEventTable {

    static final Table<ClusterEvent> TABLE = new Table<>(
            "cluster_event",
            ClusterEvent.class,
            List.of(
                    Column.time("at", ClusterEvent::observedAt),
                    Column.text("cluster", ClusterEvent::cluster),
                    Column.text("cluster_id", ClusterEvent::clusterId),
                    Column.text("member", ClusterEvent::member),
                    Column.text("member_id", ClusterEvent::memberId),
                    Column.text("kind", ClusterEvent::kind),
                    Column.text("before", ClusterEvent::before),
                    Column.text("after", ClusterEvent::after),
                    Column.text("detail", ClusterEvent::detail)));

    private ClusterEventTable() {}
}
