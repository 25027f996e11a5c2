package io.quorate.sinks.clickhouse;

import io.quorate.events.Alert;
import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Notification;
import io.quorate.events.PollTally;
import io.quorate.events.ScopeWindow;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * The ways into ClickHouse, one per table. Each is two operators: {@code rows-member-window} makes rows and diverts what
 * cannot be written, {@code clickhouse-member-window} writes the rest, at least once and idempotent.
 */
public final class ClickHouseTables {

    private ClickHouseTables() {}

    /**
     * The two ends of a saved stream.
     *
     * @param refused rows that ClickHouse would refuse or silently mangle, whole, with every problem
     */
    public record Saved(DataStreamSink<?> sink, DataStream<DeadLetter> refused) {}

    public static Saved saveMemberWindows(DataStream<MemberWindow> windows, ClickHouseSettings settings) {
        return save(windows, MemberWindowTable.TABLE, MemberWindowRow::of, MemberWindowRow::cluster, settings);
    }

    public static Saved saveScopeWindows(DataStream<ScopeWindow> windows, ClickHouseSettings settings) {
        return save(windows, ScopeWindowTable.TABLE, ScopeWindowRow::of, ScopeWindowRow::cluster, settings);
    }

    public static Saved saveMemberStatuses(DataStream<MemberStatus> statuses, ClickHouseSettings settings) {
        return save(statuses, MemberStatusTable.TABLE, MemberStatus::cluster, settings);
    }

    public static Saved saveClusterRosters(DataStream<ClusterRoster> rosters, ClickHouseSettings settings) {
        return save(rosters, ClusterRosterTable.TABLE, ClusterRoster::cluster, settings);
    }

    public static Saved saveCoverages(DataStream<Coverage> coverages, ClickHouseSettings settings) {
        return save(coverages, CoverageTable.TABLE, CoverageRow::of, CoverageRow::cluster, settings);
    }

    public static Saved savePollTallies(DataStream<PollTally> tallies, ClickHouseSettings settings) {
        return save(tallies, PollTallyTable.TABLE, PollTally::cluster, settings);
    }

    public static Saved saveLeaderChanges(DataStream<LeaderChange> changes, ClickHouseSettings settings) {
        return save(changes, LeaderChangeTable.TABLE, LeaderChange::cluster, settings);
    }

    public static Saved saveClusterEvents(DataStream<ClusterEvent> events, ClickHouseSettings settings) {
        return save(events, ClusterEventTable.TABLE, ClusterEvent::cluster, settings);
    }

    public static Saved saveAlerts(DataStream<Alert> alerts, ClickHouseSettings settings) {
        return save(alerts, AlertTable.TABLE, Alert::cluster, settings);
    }

    public static Saved saveNotifications(DataStream<Notification> notifications, ClickHouseSettings settings) {
        return save(notifications, NotificationTable.TABLE, Notification::cluster, settings);
    }

    public static Saved saveDeadLetters(DataStream<DeadLetter> letters, ClickHouseSettings settings) {
        return save(letters, DeadLetterTable.TABLE, DeadLetter::cluster, settings);
    }

    /** An event that is its own row. */
    private static <E> Saved save(
            DataStream<E> events, Table<E> table, Column.Of<E, @Nullable String> cluster, ClickHouseSettings settings) {
        // One lambda, not a List::of per table: javac deserializes those as if they were all of one type (JDK-8208752).
        return save(events, table, event -> List.of(event), cluster, settings);
    }

    private static <E, R> Saved save(
            DataStream<E> events,
            Table<R> table,
            Column.Of<E, List<R>> rows,
            Column.Of<R, @Nullable String> cluster,
            ClickHouseSettings settings) {
        String rowsUid = table.uid().replaceFirst("clickhouse-", "rows-");
        SingleOutputStreamOperator<R> written = events.process(new Rows<>(table, rows, cluster))
                .returns(table.rows())
                .uid(rowsUid)
                .name(rowsUid);
        DataStreamSink<R> sink =
                written.sinkTo(new RowSink<>(table, settings)).uid(table.uid()).name(table.uid());
        return new Saved(sink, written.getSideOutput(Rows.REFUSED));
    }
}
