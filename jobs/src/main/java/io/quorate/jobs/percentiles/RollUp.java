package io.quorate.jobs.percentiles;

import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Windows of one member added up, or a single one, as state holds it; a Flink POJO.
 *
 * @param windows how many base windows stand in it
 * @param gap one of them has a gap
 * @param version of what was last said of its span; 0 when nothing was
 * @param series packed by the {@link SeriesBook} of its key
 */
public record RollUp(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        long windows,
        boolean gap,
        int version,
        byte[] series) {

    static RollUp of(MemberWindow window, SeriesBook book) throws Exception {
        return new RollUp(
                window.cluster(),
                window.clusterId(),
                window.member(),
                window.memberId(),
                1,
                window.gap(),
                0,
                book.pack(window.measures()));
    }

    /** Nothing yet, of the same member. */
    RollUp none(SeriesBook book) throws Exception {
        return new RollUp(cluster, clusterId, member, memberId, 0, false, 0, book.pack(Measures.NONE));
    }

    RollUp said(int newVersion) {
        return new RollUp(cluster, clusterId, member, memberId, windows, gap, newVersion, series);
    }

    /** Those added up in order of time, under the names of the last; of no version. */
    static RollUp sum(List<RollUp> inOrder, SeriesBook book) throws Exception {
        Sum sum = new Sum(Sum.Level.OVER_TIME);
        long windows = 0;
        boolean gap = false;
        for (RollUp part : inOrder) {
            sum.add(book.measures(part.series));
            windows += part.windows;
            gap |= part.gap;
        }
        RollUp last = inOrder.get(inOrder.size() - 1);
        return new RollUp(
                last.cluster, last.clusterId, last.member, last.memberId, windows, gap, 0, book.pack(sum.total()));
    }

    MemberWindow window(Span span, long baseMillis, SeriesBook book) throws Exception {
        return new MemberWindow(
                cluster,
                clusterId,
                member,
                memberId,
                span.start(),
                span.end(),
                // A base window that never came is not zero either.
                gap || windows * baseMillis < span.millis(),
                version,
                book.measures(series));
    }
}
