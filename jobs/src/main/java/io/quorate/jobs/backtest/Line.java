package io.quorate.jobs.backtest;

import java.util.Comparator;
import java.util.Objects;

/**
 * One line of one of the backtest's outputs, with what it is ordered by.
 *
 * @param time epoch milliseconds at which it became true: of a window, its end
 * @param name of what it tells, within cluster and member
 */
public record Line(Output output, long time, String cluster, String member, String name, String json)
        implements Comparable<Line> {

    /** Which file it belongs to. */
    public enum Output {
        WINDOWS,
        CHANGES,
        ALERTS
    }

    private static final Comparator<Line> ORDER = Comparator.comparing(Line::output)
            .thenComparingLong(Line::time)
            .thenComparing(Line::cluster)
            .thenComparing(Line::member)
            .thenComparing(Line::name)
            .thenComparing(Line::json);

    public Line {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(json, "json");
    }

    @Override
    public int compareTo(Line other) {
        return ORDER.compare(this, other);
    }
}
