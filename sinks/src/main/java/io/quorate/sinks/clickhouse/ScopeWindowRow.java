package io.quorate.sinks.clickhouse;

import io.quorate.events.ScopeWindow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One series of many members together in one closed window: a row of {@code scope_window}. */
public record ScopeWindowRow(
        ScopeWindow.Scope scope,
        @Nullable String cluster,
        @Nullable String clusterId,
        @Nullable String group,
        int members,
        Instant windowStart,
        Instant windowEnd,
        SeriesRow series,
        boolean gap,
        int version) {

    static List<ScopeWindowRow> of(ScopeWindow window) {
        return SeriesRow.of(window.measures()).stream()
                .map(series -> new ScopeWindowRow(
                        window.scope(),
                        window.cluster(),
                        window.clusterId(),
                        window.group(),
                        window.members(),
                        window.windowStart(),
                        window.windowEnd(),
                        series,
                        window.gap(),
                        window.version()))
                .toList();
    }
}
