package io.quorate.sinks.clickhouse;

import java.util.ArrayList;
import java.util.List;

/** The table {@code member_window}: one row per series, member and window. */
final class MemberWindowTable {

    static final Table<MemberWindowRow> TABLE = new Table<>("member_window", MemberWindowRow.class, columns());

    private MemberWindowTable() {}

    private static List<Column<MemberWindowRow>> columns() {
        List<Column<MemberWindowRow>> columns = new ArrayList<>(List.of(
                Column.text("cluster", MemberWindowRow::cluster),
                Column.text("cluster_id", MemberWindowRow::clusterId),
                Column.text("member", MemberWindowRow::member),
                Column.text("member_id", MemberWindowRow::memberId),
                Column.time("window_start", MemberWindowRow::windowStart),
                Column.time("window_end", MemberWindowRow::windowEnd)));
        columns.addAll(SeriesRow.columns(MemberWindowRow::series));
        columns.add(Column.truth("gap", MemberWindowRow::gap));
        columns.add(Column.wholeUpTo(Column.UINT32, "version", MemberWindowRow::version));
        return columns;
    }
}
