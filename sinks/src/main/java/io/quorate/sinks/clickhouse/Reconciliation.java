package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * The alerts against the ledger, in SQL alone: a row for each that somebody should have been told of and was not, and for each
 * line that tells of nothing.
 *
 * @param sql the query that ships
 * @param values of its parameters, by name
 */
public record Reconciliation(String sql, Map<String, String> values) {

    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(60);

    /**
     * @param grace what came within it is not judged yet: it may be under way to its receivers, or to ClickHouse
     */
    public static Reconciliation after(Duration grace) throws IOException {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace: " + grace + ", expected 0s or more");
        }
        return new Reconciliation(
                Verification.sql("/clickhouse/checks/reconcile.sql").strip(),
                Map.of("grace", Long.toString(grace.toSeconds())));
    }
}
