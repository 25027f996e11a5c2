package io.quorate.sinks.clickhouse;

import io.quorate.events.Notification;
import java.util.List;

/** The table {@code notification}: one row per line of the ledger. */
final class NotificationTable {

    static final Table<Notification> TABLE = new Table<>(
            "notification",
            Notification.class,
            List.of(
                    Column.text("key", Notification::key),
                    Column.text("group_id", Notification::group),
                    Column.text("alert_id", Notification::alertId),
                    Column.text("rule", Notification::rule),
                    Column.word("severity", Notification::severity),
                    Column.text("cluster", Notification::cluster),
                    Column.text("member", Notification::member),
                    Column.word("status", Notification::status),
                    Column.text("receiver", Notification::receiver),
                    Column.wholeUpTo(Column.UINT32, "attempt", Notification::attempt),
                    Column.word("outcome", Notification::outcome),
                    Column.wholeUpTo(Column.UINT16, "http_status", Notification::httpStatus),
                    Column.text("detail", Notification::detail),
                    Column.time("breached_at", Notification::breachedAt),
                    Column.time("attempted_at", Notification::attemptedAt)));

    private NotificationTable() {}
}
