package io.quorate.sinks.clickhouse;

import io.quorate.events.DeadLetter;
import java.util.List;

/** The table {@code dead_letter}: one row per letter. */
final class DeadLetterTable {

    static final Table<DeadLetter> TABLE = new Table<>(
            "dead_letter",
            DeadLetter.class,
            List.of(
                    Column.text("source", DeadLetter::source),
                    Column.text("reason", DeadLetter::reason),
                    Column.text("detail", DeadLetter::detail),
                    Column.text("cluster", DeadLetter::cluster),
                    Column.text("record", DeadLetter::record),
                    Column.time("observed_at", DeadLetter::observedAt)));

    private DeadLetterTable() {}
}
