package io.quorate.sinks.clickhouse;

import io.quorate.events.RuleCoverage;
import java.util.List;

/** The table {@code rule_coverage}: one row per cell and time at which it was told. */
final class RuleCoverageTable {

    /** The newest of each cell; ClickHouse itself fills it. */
    static final String NEWEST = "rule_coverage_newest";

    static final Table<RuleCoverage> TABLE = new Table<>(
            "rule_coverage",
            RuleCoverage.class,
            List.of(
                    Column.text("rule", RuleCoverage::rule),
                    Column.text("cluster", RuleCoverage::cluster),
                    Column.text("cluster_id", RuleCoverage::clusterId),
                    Column.text("member", RuleCoverage::member),
                    Column.text("member_id", RuleCoverage::memberId),
                    Column.time("observed_at", RuleCoverage::observedAt),
                    Column.text("state", RuleCoverage::state),
                    Column.text("metric", RuleCoverage::metric),
                    Column.text("why", RuleCoverage::why),
                    Column.text("detail", RuleCoverage::detail),
                    Column.text("rule_version", RuleCoverage::version)));

    private RuleCoverageTable() {}
}
