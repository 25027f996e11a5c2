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
import io.quorate.events.RuleCoverage;
import io.quorate.events.ScopeWindow;
import java.util.EnumMap;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The ways into ClickHouse, one per event. Each is two operators: {@code rows-member-window} makes rows and diverts what
 * cannot be written, {@code clickhouse-member-window} writes the rest, at least once and idempotent. Windows of a size with
 * a table of its own leave the first for {@code clickhouse-member-window-1h} and its sisters.
 */
public final class ClickHouseTables {

    private ClickHouseTables() {}

    /**
     * What is left of a saved stream.
     *
     * @param refused rows that ClickHouse would refuse or silently mangle, whole, with every problem
     */
    public record Saved(DataStream<DeadLetter> refused) {}

    public static Saved saveMemberWindows(DataStream<MemberWindow> windows, ClickHouseSettings settings) {
        return saveBySize(
                windows,
                MemberWindowTable.TABLE,
                MemberWindowRow::of,
                MemberWindowRow::cluster,
                row -> RollUp.of(row.windowStart(), row.windowEnd()),
                settings);
    }

    public static Saved saveScopeWindows(DataStream<ScopeWindow> windows, ClickHouseSettings settings) {
        return saveBySize(
                windows,
                ScopeWindowTable.TABLE,
                ScopeWindowRow::of,
                ScopeWindowRow::cluster,
                row -> RollUp.of(row.windowStart(), row.windowEnd()),
                settings);
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

    /** Those of rules that notify nobody. */
    public static Saved saveShadowAlerts(DataStream<Alert> alerts, ClickHouseSettings settings) {
        return save(alerts, AlertTable.SHADOW, Alert::cluster, settings);
    }

    public static Saved saveRuleCoverages(DataStream<RuleCoverage> coverages, ClickHouseSettings settings) {
        return save(coverages, RuleCoverageTable.TABLE, RuleCoverage::cluster, settings);
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
        SingleOutputStreamOperator<R> written = rows(events, table, new Rows<>(table, rows, cluster, row -> null));
        write(written, table, settings);
        return new Saved(written.getSideOutput(Rows.REFUSED));
    }

    private static <E, R> Saved saveBySize(
            DataStream<E> windows,
            Table<R> table,
            Column.Of<E, List<R>> rows,
            Column.Of<R, @Nullable String> cluster,
            Column.Of<R, @Nullable RollUp> size,
            ClickHouseSettings settings) {
        EnumMap<RollUp, OutputTag<R>> rollUps = new EnumMap<>(RollUp.class);
        for (RollUp rollUp : RollUp.values()) {
            rollUps.put(rollUp, new OutputTag<>(table.of(rollUp).name(), TypeInformation.of(table.rows())));
        }
        SingleOutputStreamOperator<R> written = rows(windows, table, new Rows<>(table, rows, cluster, row -> {
            RollUp rollUp = size.apply(row);
            return rollUp == null ? null : rollUps.get(rollUp);
        }));
        write(written, table, settings);
        rollUps.forEach((rollUp, tag) -> write(written.getSideOutput(tag), table.of(rollUp), settings));
        return new Saved(written.getSideOutput(Rows.REFUSED));
    }

    private static <E, R> SingleOutputStreamOperator<R> rows(DataStream<E> events, Table<R> table, Rows<E, R> rows) {
        String uid = table.uid().replaceFirst("clickhouse-", "rows-");
        return events.process(rows).returns(table.rows()).uid(uid).name(uid);
    }

    private static <R> void write(DataStream<R> rows, Table<R> table, ClickHouseSettings settings) {
        rows.sinkTo(new RowSink<>(table, settings)).uid(table.uid()).name(table.uid());
    }
}
