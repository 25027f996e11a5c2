package io.quorate.sinks.clickhouse;

import io.quorate.events.PollTally;
import java.util.List;

/** The table {@code poll_tally}: one row per target and minute, or per part of one. */
final class PollTallyTable {

    static final Table<PollTally> TABLE = new Table<>(
            "poll_tally",
            PollTally.class,
            List.of(
                    Column.text("source", PollTally::source),
                    Column.text("target", PollTally::target),
                    Column.text("cluster", PollTally::cluster),
                    Column.time("minute", PollTally::minute),
                    Column.time("counted_from", PollTally::countedFrom),
                    Column.time("counted_at", PollTally::countedAt),
                    Column.real("counted_seconds", PollTally::countedSeconds),
                    Column.whole("expected", PollTally::expected),
                    Column.whole("answered", PollTally::answered),
                    Column.whole("left_out", PollTally::leftOut),
                    Column.texts(
                            "failed_reasons",
                            tally -> tally.failed().stream()
                                    .map(PollTally.Failed::reason)
                                    .toList()),
                    Column.wholes(
                            "failed_counts",
                            tally -> tally.failed().stream()
                                    .mapToLong(PollTally.Failed::count)
                                    .toArray())));

    private PollTallyTable() {}
}
