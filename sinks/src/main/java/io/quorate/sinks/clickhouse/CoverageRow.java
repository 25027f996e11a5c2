package io.quorate.sinks.clickhouse;

import io.quorate.events.Coverage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether one member shows one metric: a row of {@code coverage}.
 *
 * @param why it is missing; empty when it is there
 */
public record CoverageRow(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        @Nullable String version,
        Instant observedAt,
        String metric,
        String why,
        String detail,
        boolean missingRequired) {

    static List<CoverageRow> of(Coverage coverage) {
        List<CoverageRow> rows = new ArrayList<>();
        coverage.present().forEach(metric -> rows.add(of(coverage, metric, "", "", false)));
        coverage.missing()
                .forEach(missing ->
                        rows.add(of(coverage, missing.metric(), missing.why(), missing.detail(), missing.required())));
        return rows;
    }

    private static CoverageRow of(
            Coverage coverage, String metric, String why, String detail, boolean missingRequired) {
        return new CoverageRow(
                coverage.cluster(),
                coverage.clusterId(),
                coverage.member(),
                coverage.memberId(),
                coverage.version(),
                coverage.observedAt(),
                metric,
                why,
                detail,
                missingRequired);
    }
}
