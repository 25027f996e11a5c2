package io.quorate.jobs.ledger;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How often people are told something, per cluster and month of 30 days: in all, by rule and by cluster, worst first. A
 * page is a message of severity critical, a warning one of severity warning; each is counted for itself. The budget is
 * about pages.
 *
 * @param span of the history
 * @param clusters how many were watched, also those that said nothing
 * @param byCluster each of one cluster; those that said nothing are not there
 */
public record Noise(Duration span, int clusters, Line all, List<Line> byRule, List<Line> byCluster) {

    /** Pages of one cluster in one month, at most. */
    public static final double BUDGET = 1;

    public static final Duration MONTH = Duration.ofDays(30);

    /**
     * Messages of one rule, of one cluster, or of all.
     *
     * @param episodes how many episodes told anybody
     */
    public record Line(
            String name,
            int episodes,
            int pages,
            int warnings,
            double pagesPerClusterMonth,
            double warningsPerClusterMonth) {}

    /** Whether the budget of pages is kept. */
    public enum Verdict {
        KEPT,
        EXCEEDED,
        /** Less than one month of one cluster was seen, in which nothing exceeded it. */
        UNDECIDED
    }

    private static final Comparator<Line> WORST_FIRST = Comparator.comparingInt(Line::pages)
            .thenComparingInt(Line::warnings)
            .reversed()
            .thenComparing(Line::name);

    public Noise {
        byRule = List.copyOf(byRule);
        byCluster = List.copyOf(byCluster);
    }

    public static Noise of(Ledger ledger, Duration span, int clusters) {
        if (span.isNegative() || span.isZero() || clusters < 1) {
            throw new IllegalArgumentException("noise of " + clusters + " clusters over " + span
                    + "; expected a span and at least one cluster, that there is something to divide by");
        }
        double months = months(span);
        List<Episode> telling =
                ledger.episodes().stream().filter(Episode::notifies).toList();
        return new Noise(
                span,
                clusters,
                line("all", telling, months * clusters),
                lines(telling, Episode::rule, months * clusters),
                lines(telling, Episode::cluster, months));
    }

    private static double months(Duration span) {
        return (double) span.toMillis() / MONTH.toMillis();
    }

    private static List<Line> lines(List<Episode> episodes, Function<Episode, String> by, double clusterMonths) {
        Map<String, List<Episode>> grouped =
                episodes.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
        return grouped.entrySet().stream()
                .map(entry -> line(entry.getKey(), entry.getValue(), clusterMonths))
                .sorted(WORST_FIRST)
                .toList();
    }

    private static Line line(String name, List<Episode> episodes, double clusterMonths) {
        int pages = episodes.stream().mapToInt(Episode::pages).sum();
        int warnings = episodes.stream().mapToInt(Episode::warnings).sum();
        return new Line(name, episodes.size(), pages, warnings, pages / clusterMonths, warnings / clusterMonths);
    }

    /** How many months of one cluster were seen. */
    public double clusterMonths() {
        return months(span) * clusters;
    }

    /**
     * Kept or exceeded once a month of one cluster was seen. Before that, exceeded when there are more pages than
     * clusters: they stay too many however quiet the rest of that month is.
     */
    public Verdict verdict() {
        if (clusterMonths() >= 1) {
            return all.pagesPerClusterMonth() <= BUDGET ? Verdict.KEPT : Verdict.EXCEEDED;
        }
        return all.pages() > clusters * BUDGET ? Verdict.EXCEEDED : Verdict.UNDECIDED;
    }

    /** The verdict as a sentence. */
    public String sentence() {
        String budget = "at most " + Shown.number(BUDGET) + " page per cluster and month";
        if (clusterMonths() >= 1) {
            return Shown.number(all.pagesPerClusterMonth()) + " pages per cluster and month: the budget of " + budget
                    + (verdict() == Verdict.KEPT ? " is kept." : " is exceeded.");
        }
        String seen =
                " Only " + Shown.number(clusterMonths()) + " cluster-months were seen: rates are drawn out from that.";
        return verdict() == Verdict.EXCEEDED
                ? all.pages() + " pages of " + Shown.count(clusters, "cluster", "clusters") + " in " + Shown.span(span)
                        + ": more than " + Shown.number(BUDGET)
                        + " per cluster and month, however quiet the rest of the month is." + seen
                : "The budget of " + budget + " is undecided: a verdict takes one cluster-month." + seen;
    }
}
