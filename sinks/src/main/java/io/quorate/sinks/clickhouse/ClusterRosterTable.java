package io.quorate.sinks.clickhouse;

import io.quorate.events.ClusterRoster;
import java.util.List;
import java.util.function.Function;

/** The table {@code cluster_roster}: one row per member list. */
final class ClusterRosterTable {

    static final Table<ClusterRoster> TABLE = new Table<>(
            "cluster_roster",
            ClusterRoster.class,
            List.of(
                    Column.text("cluster", ClusterRoster::cluster),
                    Column.text("cluster_id", ClusterRoster::clusterId),
                    Column.time("observed_at", ClusterRoster::observedAt),
                    Column.time("ingested_at", ClusterRoster::ingestedAt),
                    Column.texts("member_ids", roster -> each(roster, ClusterRoster.Member::memberId)),
                    Column.texts("member_names", roster -> each(roster, ClusterRoster.Member::name)),
                    Column.truths("member_learners", roster -> each(roster, ClusterRoster.Member::learner)),
                    Column.texts(
                            "member_client_urls",
                            roster -> each(roster, member -> String.join(" ", member.clientUrls()))),
                    Column.labels("label_map", ClusterRoster::labels)));

    private ClusterRosterTable() {}

    private static <V> List<V> each(ClusterRoster roster, Function<ClusterRoster.Member, V> question) {
        return roster.members().stream().map(question).toList();
    }
}
