package io.quorate.jobs.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns under each other, two spaces apart; of lines that would be too long the last column is cut. */
final class TextTable {

    static final int WIDTH = 120;

    private final List<String[]> rows = new ArrayList<>();

    TextTable(String... heading) {
        rows.add(heading);
    }

    void row(String... cells) {
        rows.add(cells);
    }

    void appendTo(StringBuilder text) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length - 1; i++) {
                widths[i] = Math.max(widths[i], Math.min(row[i].length(), 44));
            }
        }
        int lead = Arrays.stream(widths).sum() + 2 * (widths.length - 1);
        int last = Math.max(8, WIDTH - 2 - lead);
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < widths.length - 1; i++) {
                String cell = Shown.cut(row[i], widths[i]);
                line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
            }
            line.append(Shown.cut(row[widths.length - 1], last));
            text.append(Shown.cut(line.toString().stripTrailing(), WIDTH)).append('\n');
        }
    }
}
