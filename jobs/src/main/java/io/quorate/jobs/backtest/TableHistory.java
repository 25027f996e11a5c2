package io.quorate.jobs.backtest;

import io.quorate.events.MemberWindow;
import io.quorate.rules.yaml.Durations;
import io.quorate.sinks.clickhouse.ClickHouseHistory;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Span;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What lies in ClickHouse's tables: {@code member_window}, {@code member_status}, {@code cluster_roster} and {@code
 * coverage}, ordered by time, cluster and member.
 *
 * @param window the size of the base windows, the only ones that are heard
 * @param metrics of which windows bring series, as no control is heard that might look at others; none for all
 */
public record TableHistory(ClickHouseSettings clickhouse, Duration window, Clusters clusters, Set<String> metrics)
        implements History {

    private static final long serialVersionUID = 1;

    private static final Comparator<Happened> ORDER = Comparator.comparing(Happened::at)
            .thenComparing(happened -> Objects.requireNonNullElse(happened.cluster(), ""))
            .thenComparing(TableHistory::member);

    public TableHistory {
        Objects.requireNonNull(clickhouse, "clickhouse");
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(clusters, "clusters");
        metrics = Set.copyOf(metrics);
    }

    @Override
    public Grain grain() {
        return Grain.WINDOWS;
    }

    /** Of coverage the newest alone, which does not tell what members lacked before. */
    @Override
    public Set<Kind> tells() {
        return EnumSet.complementOf(EnumSet.of(Kind.COVERAGE));
    }

    @Override
    public List<String> lacks() {
        return List.of(
                "What was said to the jobs while they ran is not in ClickHouse: no control is heard, and the rules are those"
                        + " of the replay from its beginning.",
                "ClickHouse does not know in which order things came: they are heard in the order of their times, and"
                        + " nothing is late that was late then.",
                "A window that late readings corrected is heard as it was corrected last; then it was heard as it was told"
                        + " at its end, or not at all.",
                "A window in which no series said anything has no rows: a correction that left nothing of a window is not"
                        + " heard.",
                "Of each member ClickHouse keeps the newest coverage alone: until then it is not heard which metrics the"
                        + " member lacked, and why.",
                "Series whose values ClickHouse does not take are dead letters, and missing from their windows.",
                "Of times ClickHouse keeps whole milliseconds: two answers of one member within one are heard as one.");
    }

    @Override
    public TableReader open(Instant since) throws IOException {
        ClickHouseHistory tables = new ClickHouseHistory(clickhouse, clusters.names());
        return new TableReader(tables, since, this, lost(tables, since));
    }

    /** What ClickHouse has let expire of what is asked for; asked of the tables as a whole, not cluster by cluster. */
    private List<String> lost(ClickHouseHistory tables, Instant since) throws IOException {
        List<String> lost = new ArrayList<>();
        String size = Durations.text(window);
        // Nobody asks for the very moment of an answer.
        Instant soon = since.plus(window);
        Instant windows = tables.firstWindow(window);
        if (windows == null) {
            lost.add("ClickHouse holds no windows of " + size + ".");
        } else if (windows.isAfter(soon)) {
            lost.add("ClickHouse holds windows of " + size + " from " + windows
                    + " on: those before have expired, or were"
                    + " never written, and the longer windows that outlive them are not heard.");
        }
        Instant statuses = tables.firstStatus();
        if (statuses == null) {
            lost.add("ClickHouse holds no answers of members.");
        } else if (statuses.isAfter(soon)) {
            lost.add("ClickHouse holds answers of members from " + statuses
                    + " on: those before have expired, or were never written.");
        }
        return lost;
    }

    private static String member(Happened happened) {
        if (happened.window() != null) {
            return happened.window().member();
        }
        if (happened.status() != null) {
            return happened.status().member();
        }
        return happened.coverage() == null ? "" : happened.coverage().member();
    }

    /** Reads span by span; between them it holds nothing, not even a connection. */
    public static final class TableReader implements Reader {

        private final ClickHouseHistory tables;
        private final Instant since;
        private final TableHistory history;
        private final List<String> lost;

        private TableReader(ClickHouseHistory tables, Instant since, TableHistory history, List<String> lost) {
            this.tables = tables;
            this.since = since;
            this.history = history;
            this.lost = List.copyOf(lost);
        }

        /**
         * Of each cluster the last list of its members and the last row that told of its labels alone, and the coverage of
         * those members that were not looked at since.
         */
        @Override
        public List<Happened> standing() throws IOException {
            List<Happened> standing = new ArrayList<>();
            tables.lastClusterRosters(since, roster -> standing.add(Happened.of(roster)));
            tables.lastCoverages(since, coverage -> standing.add(Happened.of(coverage)));
            standing.sort(ORDER);
            return standing;
        }

        @Override
        public List<Happened> chunk(Instant from, Instant to) throws IOException {
            Span span = new Span(from, to);
            List<Happened> chunk = new ArrayList<>();
            tables.clusterRosters(span, roster -> chunk.add(Happened.of(roster)));
            tables.coverages(span, coverage -> chunk.add(Happened.of(coverage)));
            tables.memberStatuses(span, status -> chunk.add(Happened.of(status)));
            tables.memberWindows(history.window, span, history.metrics, one -> chunk.add(Happened.of(toldOnce(one))));
            chunk.sort(ORDER);
            return chunk;
        }

        /** Detection listens to what is told first; of each window this is all there is. */
        private static MemberWindow toldOnce(MemberWindow corrected) {
            return new MemberWindow(
                    corrected.cluster(),
                    corrected.clusterId(),
                    corrected.member(),
                    corrected.memberId(),
                    corrected.windowStart(),
                    corrected.windowEnd(),
                    corrected.gap(),
                    1,
                    corrected.measures());
        }

        /** What ClickHouse does not hold any more of what is asked for, a sentence each. */
        @Override
        public List<String> lost() {
            return lost;
        }

        @Override
        public void close() {
            // Nothing is open between two spans.
        }
    }
}
