package io.quorate.jobs.percentiles;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The cumulative readings of one member around one window, in time order, and what the window saw: the difference between
 * consecutive readings, each belonging wholly to the window of the later one. Exact: nothing is extrapolated.
 */
final class Readings {

    /** A start time that moves by more is another process; less is a stepped clock. */
    static final double RESTART_SECONDS = 2;

    private final Catalogue catalogue;
    private final @Nullable MemberScrape before;
    private final List<MemberScrape> earlier = new ArrayList<>();
    private final List<MemberScrape> inside;
    private final boolean missed;
    private final Duration size;
    private final Instant start;
    private final Measures measures;
    /** When another member answered under the same name: one that was removed and added again. */
    private final Set<Instant> anew = new HashSet<>();

    private boolean shrunk;

    /**
     * Of one member's scrapes, those that matter to the window.
     *
     * @param scrapes in order of time, answered or not; at least from the last answer before the window on
     */
    Readings(Catalogue catalogue, List<MemberScrape> scrapes, Instant start, Duration size) {
        this.catalogue = catalogue;
        this.start = start;
        this.size = size;
        Instant end = start.plus(size);
        MemberScrape last = null;
        String memberId = null;
        inside = new ArrayList<>();
        boolean anyMissed = false;
        for (MemberScrape scrape : scrapes) {
            boolean earlierOne = scrape.observedAt().isBefore(start);
            if (!scrape.observedAt().isBefore(end)) {
                break;
            }
            if (!scrape.answered()) {
                anyMissed |= !earlierOne;
                continue;
            }
            if (scrape.memberId() != null) {
                if (memberId != null && !memberId.equals(scrape.memberId())) {
                    anew.add(scrape.observedAt());
                }
                memberId = scrape.memberId();
            }
            if (earlierOne) {
                last = scrape;
                earlier.add(scrape);
            } else {
                inside.add(scrape);
            }
        }
        before = last;
        missed = anyMissed;
        measures = new Measures(histograms(), counters(), gauges());
    }

    /** Nothing can be said of this window: no poll fell into it, or none before it was ever answered. */
    boolean saysNothing() {
        return inside.isEmpty() && (before == null || !missed);
    }

    /**
     * Whether something is lost: a scrape was missed, the process restarted, a series began anew all the same, another
     * member took the name, or a whole window before has no reading.
     */
    boolean hasGap() {
        if (missed || shrunk || beginsAnew()) {
            return true;
        }
        MemberScrape previous = before;
        for (MemberScrape scrape : inside) {
            if (previous != null && restarted(previous, scrape)) {
                return true;
            }
            previous = scrape;
        }
        return before != null && before.observedAt().isBefore(start.minus(size));
    }

    /** Whether another member took the name inside: its first reading bounds no difference. */
    boolean beginsAnew() {
        return inside.stream().anyMatch(this::isAnew);
    }

    /** The newest answered reading up to the end of the window; null when nothing was ever answered. */
    @Nullable
    MemberScrape newest() {
        return inside.isEmpty() ? before : inside.get(inside.size() - 1);
    }

    /** What each series saw, in order of metric and labels. */
    Measures measures() {
        return measures;
    }

    private List<Histogram> histograms() {
        Map<Series, BucketVector> known = new HashMap<>();
        MemberScrape previous = null;
        for (MemberScrape scrape : earlier) {
            know(known, previous, scrape);
            previous = scrape;
        }
        Map<Series, BucketVector> seen = new TreeMap<>();
        if (!startsAnew()) {
            known.forEach((series, vector) -> seen.put(series, BucketVector.empty(vector.edges())));
        }
        for (MemberScrape scrape : inside) {
            if (previous != null && !isAnew(scrape)) {
                boolean switched = switched(previous, scrape);
                Map<Series, BucketVector> from = restarted(previous, scrape) ? Map.of() : known;
                for (Histogram histogram : scrape.histograms()) {
                    Series series = new Series(histogram.metric(), histogram.labels());
                    seen.merge(series, since(histogram.vector(), from.get(series), switched), BucketVector::plus);
                }
            }
            know(known, previous, scrape);
            previous = scrape;
        }
        List<Histogram> all = new ArrayList<>(seen.size());
        seen.forEach((series, vector) -> all.add(new Histogram(series.metric(), series.labels(), vector)));
        return all;
    }

    /** The newest vector of each series of this process: one scrape may lack a series that could not be read. */
    private void know(Map<Series, BucketVector> known, @Nullable MemberScrape previous, MemberScrape scrape) {
        if (isAnew(scrape) || (previous != null && restarted(previous, scrape))) {
            known.clear();
        }
        scrape.histograms().forEach(h -> known.put(new Series(h.metric(), h.labels()), h.vector()));
    }

    /**
     * A series that was not there before was born since; one that shrank began anew: both grew from nothing. One that
     * shrank as another replica took over did not: that one's clock is behind, and it tells what was counted already.
     */
    private BucketVector since(BucketVector now, @Nullable BucketVector earlier, boolean switched) {
        BucketVector grown = earlier == null ? now : now.since(earlier);
        shrunk |= grown == null;
        if (grown == null) {
            return switched ? BucketVector.empty(now.edges()) : now;
        }
        return grown;
    }

    private List<Sample> counters() {
        Map<Series, Double> known = new HashMap<>();
        MemberScrape previous = null;
        for (MemberScrape scrape : earlier) {
            knowCounters(known, previous, scrape);
            previous = scrape;
        }
        Map<Series, Double> increases = new TreeMap<>();
        if (!startsAnew()) {
            known.keySet().forEach(series -> increases.put(series, 0.0));
        }
        for (MemberScrape scrape : inside) {
            if (previous != null && !isAnew(scrape)) {
                boolean switched = switched(previous, scrape);
                boolean restarted = restarted(previous, scrape);
                for (Sample counter : scrape.counters()) {
                    Series series = new Series(counter.metric(), counter.labels());
                    Double from = known.get(series);
                    boolean older = survivesRestart(counter.metric());
                    if (from == null && older) {
                        // It began before its member's process: what is first shown of it bounds no difference.
                        continue;
                    }
                    boolean grewOn = !restarted || older;
                    increases.merge(
                            series,
                            from == null || !grewOn ? counter.value() : since(counter.value(), from, switched),
                            Double::sum);
                }
            }
            knowCounters(known, previous, scrape);
            previous = scrape;
        }
        Double growth = dbGrowth();
        if (growth != null) {
            increases.put(new Series(Derived.DB_GROWTH, Labels.NONE), growth);
        }
        List<Sample> all = new ArrayList<>(increases.size());
        increases.forEach((series, increase) -> all.add(new Sample(series.metric(), series.labels(), increase)));
        return all;
    }

    /** The file outlives the process, and shrinks without beginning anew; null when no two readings tell its size. */
    private @Nullable Double dbGrowth() {
        Double from = null;
        for (MemberScrape scrape : earlier) {
            from = isAnew(scrape) ? null : from;
            Double size = Derived.dbSize(scrape);
            from = size == null ? from : size;
        }
        Double growth = null;
        for (MemberScrape scrape : inside) {
            from = isAnew(scrape) ? null : from;
            Double size = Derived.dbSize(scrape);
            if (size != null && from != null) {
                growth = (growth == null ? 0 : growth) + size - from;
            }
            from = size == null ? from : size;
        }
        return growth;
    }

    private void knowCounters(Map<Series, Double> known, @Nullable MemberScrape previous, MemberScrape scrape) {
        if (isAnew(scrape)) {
            known.clear();
        } else if (previous != null && restarted(previous, scrape)) {
            known.keySet().removeIf(series -> !survivesRestart(series.metric()));
        }
        scrape.counters().forEach(c -> known.put(new Series(c.metric(), c.labels()), c.value()));
    }

    private double since(double now, double earlier, boolean switched) {
        shrunk |= now < earlier;
        if (now < earlier) {
            return switched ? 0 : now;
        }
        return now - earlier;
    }

    private List<GaugeRange> gauges() {
        Map<Series, GaugeRange> ranges = new TreeMap<>();
        for (MemberScrape scrape : inside) {
            scrape.gauges().forEach(gauge -> follow(ranges, gauge));
            Derived.gauges(scrape).forEach(gauge -> follow(ranges, gauge));
        }
        return List.copyOf(ranges.values());
    }

    private static void follow(Map<Series, GaugeRange> ranges, Sample gauge) {
        double value = gauge.value();
        GaugeRange one = new GaugeRange(gauge.metric(), gauge.labels(), value, value, 1, value, value);
        ranges.merge(new Series(gauge.metric(), gauge.labels()), one, GaugeRange::followedBy);
    }

    private boolean survivesRestart(String counter) {
        Metric metric = catalogue.metric(counter);
        return metric != null && metric.survivesRestart();
    }

    private boolean isAnew(MemberScrape scrape) {
        return anew.contains(scrape.observedAt());
    }

    /** Whether nothing of the window is of the member that had the name before. */
    private boolean startsAnew() {
        return !inside.isEmpty() && isAnew(inside.get(0));
    }

    private static boolean switched(MemberScrape earlier, MemberScrape later) {
        return !earlier.source().equals(later.source()) && !restarted(earlier, later);
    }

    private static boolean restarted(MemberScrape earlier, MemberScrape later) {
        return earlier.processStartSeconds() != null
                && later.processStartSeconds() != null
                && Math.abs(later.processStartSeconds() - earlier.processStartSeconds()) > RESTART_SECONDS;
    }
}
