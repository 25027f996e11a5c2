package io.quorate.sinks.clickhouse;

import java.util.ArrayList;
import java.util.List;

/** The table {@code scope_window}: one row per series and window of a cluster, a group or the fleet. */
final class ScopeWindowTable {

    static final Table<ScopeWindowRow> TABLE = new Table<>("scope_window", ScopeWindowRow.class, columns());

    private ScopeWindowTable() {}

    private static List<Column<ScopeWindowRow>> columns() {
        List<Column<ScopeWindowRow>> columns = new ArrayList<>(List.of(
                Column.word("scope", ScopeWindowRow::scope),
                Column.text("cluster", ScopeWindowRow::cluster),
                Column.text("cluster_id", ScopeWindowRow::clusterId),
                Column.text("group", ScopeWindowRow::group),
                Column.wholeUpTo(Column.UINT32, "members", ScopeWindowRow::members),
                Column.time("window_start", ScopeWindowRow::windowStart),
                Column.time("window_end", ScopeWindowRow::windowEnd)));
        columns.addAll(SeriesRow.columns(ScopeWindowRow::series));
        columns.add(Column.truth("gap", ScopeWindowRow::gap));
        columns.add(Column.wholeUpTo(Column.UINT32, "version", ScopeWindowRow::version));
        return columns;
    }
}
