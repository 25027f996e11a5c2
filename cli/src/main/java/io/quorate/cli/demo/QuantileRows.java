package io.quorate.cli.demo;

import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One window of every member, of the cluster and of the fleet: of windows that differ, the rows would not add up. */
final class QuantileRows {

    private static final String FSYNC = "etcd_disk_wal_fsync_duration_seconds";
    private static final String COMMIT = "etcd_disk_backend_commit_duration_seconds";

    /** Marks a row whose window has a gap. */
    private static final String GAP = " gap";

    private QuantileRows() {}

    static List<String> of(View view, Terminal terminal, Room room) {
        View.Windows newest = view.newest();
        if (newest == null) {
            return List.of(Ink.BOLD.on("  Windows of 10 s"), Ink.DIM.on("  none yet"));
        }
        List<Column> columns = Column.within(terminal);
        String heading =
                Duration.between(newest.start(), newest.end()).toSeconds() + " s to " + Times.wholeClock(newest.end());
        List<String> lines = new ArrayList<>();
        lines.add(
                Ink.BOLD.on(cells(heading, columns.stream().map(Column::heading).toList())));
        for (String member : view.members()) {
            MemberWindow window = newest.members().get(member);
            lines.add(
                    window == null
                            ? cells(member, List.of("no window"))
                            : row(member, columns, window.measures(), window.gap()));
        }
        lines.add(row(
                "cluster",
                columns,
                newest.cluster().measures(),
                newest.cluster().gap()));
        lines.add(
                row("fleet", columns, newest.fleet().measures(), newest.fleet().gap()));
        if (room.legend()) {
            lines.add(Ink.DIM.on(
                    "  7.8 (4 to 8] of 120: the p99 of 120 operations is above 4, at most 8 ms; 7.8 interpolates"));
        }
        return lines;
    }

    /** One quantile of one metric. */
    private record Column(String heading, String metric, double quantile) {

        private static final Column FSYNC_P99 = new Column("log fsync p99, ms", FSYNC, 0.99);
        private static final Column FSYNC_P50 = new Column("log fsync p50, ms", FSYNC, 0.5);
        private static final Column COMMIT_P99 = new Column("backend commit p99, ms", COMMIT, 0.99);

        private static List<Column> within(Terminal terminal) {
            return Stream.of(
                            List.of(FSYNC_P99, FSYNC_P50, COMMIT_P99),
                            List.of(FSYNC_P99, FSYNC_P50),
                            List.of(FSYNC_P99))
                    .filter(columns -> width(columns) <= terminal.columns())
                    .findFirst()
                    .orElse(List.of(FSYNC_P99));
        }

        /** {@code 7.8 (4 to 8] of 120}, in milliseconds. */
        private String cell(Measures measures) {
            for (Histogram histogram : measures.histograms()) {
                if (histogram.metric().equals(metric)) {
                    Quantile found = histogram.vector().quantile(quantile);
                    return found == null
                            ? "no operations"
                            : "%s (%.0f to %s] of %d"
                                    .formatted(
                                            (found.value() < 0.1 ? "%.1f" : "%.0f").formatted(found.value() * 1000),
                                            found.low() * 1000,
                                            found.high() == null ? "?" : "%.0f".formatted(found.high() * 1000),
                                            histogram.vector().total());
                }
            }
            return "";
        }
    }

    private static String row(String who, List<Column> columns, Measures measures, boolean gap) {
        return cells(who, columns.stream().map(column -> column.cell(measures)).toList()) + (gap ? GAP : "");
    }

    /** Of the widest row: one that is marked. */
    private static int width(List<Column> columns) {
        return Terminal.width(cells("", columns.stream().map(Column::heading).toList()) + GAP);
    }

    /** A blank stands between two of them even where one is wider than its column. */
    private static String cells(String first, List<String> others) {
        StringBuilder line = new StringBuilder("  %-16s".formatted(first));
        others.forEach(cell -> line.append(" %-24s".formatted(cell)));
        return line.toString();
    }
}
