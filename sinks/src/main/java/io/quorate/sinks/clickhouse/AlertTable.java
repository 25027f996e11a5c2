package io.quorate.sinks.clickhouse;

import io.quorate.events.Alert;
import java.util.List;
import java.util.function.Function;

/** The tables {@code alert} and {@code shadow_alert}: one row per transition. */
final class AlertTable {

    private static final List<Column<Alert>> COLUMNS = List.of(
            Column.text("id", Alert::id),
            Column.text("rule", Alert::rule),
            Column.word("severity", Alert::severity),
            Column.text("cluster", Alert::cluster),
            Column.text("cluster_id", Alert::clusterId),
            Column.text("member", Alert::member),
            Column.text("member_id", Alert::memberId),
            Column.word("status", Alert::status),
            Column.time("at", Alert::at),
            Column.time("started_at", Alert::startedAt),
            Column.text("summary", Alert::summary),
            Column.text("cause", Alert::cause),
            Column.text("part_of", Alert::partOf),
            Column.text("runbook", Alert::runbook),
            Column.texts("evidence_what", alert -> each(alert, Alert.Evidence::what)),
            Column.texts("evidence_value", alert -> each(alert, Alert.Evidence::value)),
            Column.times("evidence_at", alert -> each(alert, Alert.Evidence::at)));

    static final Table<Alert> TABLE = new Table<>("alert", Alert.class, COLUMNS);

    /** Of rules that notify nobody. */
    static final Table<Alert> SHADOW = new Table<>("shadow_alert", Alert.class, COLUMNS);

    private AlertTable() {}

    private static <V> List<V> each(Alert alert, Function<Alert.Evidence, V> question) {
        return alert.evidence().stream().map(question).toList();
    }
}
