package io.quorate.sinks.clickhouse;

import io.quorate.events.MemberWindow;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One series of one member in one closed window: a row of {@code member_window}. */
public record MemberWindowRow(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        Instant windowStart,
        Instant windowEnd,
        SeriesRow series,
        boolean gap,
        int version) {

    static List<MemberWindowRow> of(MemberWindow window) {
        return SeriesRow.of(window.measures()).stream()
                .map(series -> new MemberWindowRow(
                        window.cluster(),
                        window.clusterId(),
                        window.member(),
                        window.memberId(),
                        window.windowStart(),
                        window.windowEnd(),
                        series,
                        window.gap(),
                        window.version()))
                .toList();
    }
}
