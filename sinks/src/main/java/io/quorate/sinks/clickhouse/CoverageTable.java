package io.quorate.sinks.clickhouse;

import java.util.List;

/** The table {@code coverage}: one row per member and metric of the catalogue, as it is now. */
final class CoverageTable {

    static final Table<CoverageRow> TABLE = new Table<>(
            "coverage",
            CoverageRow.class,
            List.of(
                    Column.text("cluster", CoverageRow::cluster),
                    Column.text("cluster_id", CoverageRow::clusterId),
                    Column.text("member", CoverageRow::member),
                    Column.text("member_id", CoverageRow::memberId),
                    Column.text("etcd_version", CoverageRow::version),
                    Column.time("observed_at", CoverageRow::observedAt),
                    Column.text("metric", CoverageRow::metric),
                    Column.text("why", CoverageRow::why),
                    Column.text("detail", CoverageRow::detail),
                    Column.truth("missing_required", CoverageRow::missingRequired)));

    private CoverageTable() {}
}
