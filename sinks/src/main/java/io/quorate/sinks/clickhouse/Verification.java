package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What ClickHouse says when it recomputes every quantile from the buckets, every sum and every longer window from its parts, in SQL alone.
 *
 * @param checks a line per check, scope and size of window
 */
public record Verification(List<Check> checks) {

    /**
     * One check at one scope in windows of one size: how many rows were compared, how many of them differ.
     *
     * @param size such as {@code 1m}, or {@code base}
     */
    public record Check(String name, String scope, String size, long rows, long rowsWithObservations, long differing) {

        @Override
        public String toString() {
            return "%-9s %-7s %-4s %7d rows compared (%d with observations), %d differ"
                    .formatted(name, scope, size, rows, rowsWithObservations, differing);
        }
    }

    /** Asks this ClickHouse. */
    public static Verification of(ClickHouseSettings settings) throws IOException {
        String answer = new ClickHouseClient(settings).execute(sql("/clickhouse/checks/summary.sql"));
        return new Verification(answer.lines()
                .map(line -> line.split("\t"))
                .map(column -> new Check(
                        column[0],
                        column[1],
                        column[2],
                        Long.parseLong(column[3]),
                        Long.parseLong(column[4]),
                        Long.parseLong(column[5])))
                .toList());
    }

    /** Whether something was compared, and nothing differs. */
    public boolean holds() {
        return !checks.isEmpty() && checks.stream().allMatch(check -> check.rows() > 0 && check.differing() == 0);
    }

    /** The text of a query that ships. */
    public static String sql(String resource) throws IOException {
        try (InputStream in = Verification.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no query " + resource + " in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
