package io.quorate.jobs.percentiles;

import java.util.Comparator;
import java.util.Objects;

/** What tells one series of a scope from the others; ordered as rows are written. */
public record Series(String metric, String labels) implements Comparable<Series> {

    private static final Comparator<Series> ORDER =
            Comparator.comparing(Series::metric).thenComparing(Series::labels);

    public Series {
        Objects.requireNonNull(metric, "metric");
        Objects.requireNonNull(labels, "labels");
    }

    @Override
    public int compareTo(Series other) {
        return ORDER.compare(this, other);
    }
}
