package io.quorate.jobs.percentiles;

import java.util.Comparator;

/** What tells one series of a scope from the others; ordered as rows are written. */
record Series(String metric, String labels) implements Comparable<Series> {

    private static final Comparator<Series> ORDER =
            Comparator.comparing(Series::metric).thenComparing(Series::labels);

    @Override
    public int compareTo(Series other) {
        return ORDER.compare(this, other);
    }
}
