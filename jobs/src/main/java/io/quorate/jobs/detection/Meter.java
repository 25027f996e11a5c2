package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Quantile;
import io.quorate.events.Sample;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How one signal is measured: what it keeps of each window, how what it keeps adds up over time, and what value that
 * makes, of a member and of a cluster.
 */
abstract class Meter {

    /** Where a signal tells no series apart. */
    static final String WHOLE = "";

    /** A longer look back is kept in so many stretches, and forgets one stretch at a time. */
    private static final int MOST_SLOTS = 60;

    /** Whether the member was scraped: told of the window, and by no series. */
    static final String UP = "up";

    private final String key;
    private final long slotMillis;
    private final int slots;

    Meter(String kind, Signal signal, Duration step) {
        long span = Math.max(step.toMillis(), signal.over().toMillis());
        long most = step.toMillis() * MOST_SLOTS;
        slotMillis = span <= most ? step.toMillis() : (span + MOST_SLOTS - 1) / MOST_SLOTS;
        slots = (int) ((span + slotMillis - 1) / slotMillis);
        key = kind
                + '|'
                + signal.reads()
                + '|'
                + span
                + (signal.reads().stream().anyMatch(Selector::absentIsZero) ? "|absent is zero" : "");
    }

    /**
     * The meter of this signal, on windows of this length; null when it is not measured of members.
     *
     * @param upper whether large values are looked for: of several series of one member the worst counts
     */
    static @Nullable Meter of(Signal signal, boolean upper, Duration step) {
        if (signal instanceof Signal.QuantileOf quantile) {
            return new QuantileMeter(quantile, step);
        }
        if (signal instanceof Signal.IncreaseOf increase) {
            return new IncreaseMeter(increase, step);
        }
        if (signal instanceof Signal.ShareOf share) {
            return new ShareMeter(share, step);
        }
        if (signal instanceof Signal.CountOf count) {
            return new CountMeter(count, step);
        }
        if (signal instanceof Signal.UtilizationOf utilization) {
            return new UtilizationMeter(utilization, step);
        }
        if (signal instanceof Signal.ForecastOf forecast) {
            return new ForecastMeter(forecast, upper, step);
        }
        if (signal instanceof Signal.ChangesOf changes) {
            return new ChangesMeter(changes, step);
        }
        return signal instanceof Signal.GaugeOf gauge ? new GaugeMeter(gauge, upper, step) : null;
    }

    /** What it keeps is the same for every meter of this key. */
    String key() {
        return key;
    }

    /** What this window adds; null when it says nothing of the signal. */
    abstract @Nullable Slot take(Indexed window, boolean up, long number);

    /** Adds the numbers that one label has in a later stretch, or in the same stretch of another member. */
    void add(double[] sum, double[] later) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += later[i];
        }
    }

    /** The member's value, from the stretches that count, the newest last. */
    abstract Measured member(List<Slot> kept);

    /** The cluster's value, from its members' stretches. */
    Measured cluster(Collection<List<Slot>> members, Across across) {
        List<Measured> values = members.stream()
                .map(this::member)
                .filter(value -> !Double.isNaN(value.value()))
                .toList();
        if (values.isEmpty()) {
            return Measured.exactly(Double.NaN);
        }
        Comparator<Measured> byValue = Comparator.comparingDouble(Measured::value);
        return switch (across) {
            case SUM ->
                Measured.exactly(values.stream().mapToDouble(Measured::value).sum());
            case MAX -> values.stream().max(byValue).orElse(Measured.exactly(Double.NaN));
            case MIN -> values.stream().min(byValue).orElse(Measured.exactly(Double.NaN));
            case SPREAD ->
                Measured.exactly(values.stream()
                                .mapToDouble(Measured::value)
                                .max()
                                .orElse(Double.NaN)
                        - values.stream().mapToDouble(Measured::value).min().orElse(Double.NaN));
        };
    }

    /** Whether a window says something only beside the one before it, which is kept for that, however old. */
    boolean goesOnFromTheNewest() {
        return false;
    }

    /** What this window adds, as that was before it. */
    Slot after(Slot before, Slot taken) {
        return taken;
    }

    /** Takes this window, which ends at this moment, into what is kept, and lets go of what no longer counts. */
    List<Slot> keep(@Nullable List<Slot> kept, Indexed window, boolean up, long end) {
        long number = numberOf(end);
        List<Slot> past = kept == null ? List.of() : kept;
        Slot before = past.isEmpty() || !goesOnFromTheNewest() ? null : past.get(past.size() - 1);
        List<Slot> all = new ArrayList<>(counting(past, end));
        if (before != null && all.isEmpty()) {
            all.add(before);
        }
        Slot taken = take(window, up, number);
        if (taken != null && before != null) {
            taken = after(before, taken);
        }
        if (taken != null) {
            int last = all.size() - 1;
            if (last >= 0 && all.get(last).number() == number) {
                all.set(last, sum(List.of(all.get(last), taken)));
            } else {
                all.add(taken);
            }
        }
        return all;
    }

    /** Of what is kept, what counts at this moment. */
    List<Slot> counting(List<Slot> kept, long end) {
        long number = numberOf(end);
        int from = 0;
        while (from < kept.size() && kept.get(from).number() <= number - slots) {
            from++;
        }
        return kept.subList(from, kept.size());
    }

    private long numberOf(long end) {
        return Math.floorDiv(end - 1, slotMillis);
    }

    final long spanMillis() {
        return slots * slotMillis;
    }

    /** Stretches of one member in their order, or of several, as one; of no labels when there are none. */
    Slot sum(List<Slot> all) {
        if (all.size() == 1) {
            return all.get(0);
        }
        long number = 0;
        Map<String, double[]> sum = new HashMap<>();
        for (Slot slot : all) {
            number = slot.number();
            for (Map.Entry<String, double[]> label :
                    Objects.requireNonNull(slot.values()).entrySet()) {
                double[] before = sum.get(label.getKey());
                if (before == null) {
                    sum.put(label.getKey(), label.getValue().clone());
                } else {
                    add(before, label.getValue());
                }
            }
        }
        return new Slot(number, null, sum);
    }

    private static String label(String labels, @Nullable String name) {
        return name == null ? WHOLE : Objects.requireNonNullElse(Labels.value(labels, name), WHOLE);
    }

    /** Keeps the bucket vector. */
    private static final class QuantileMeter extends Meter {

        private final Signal.QuantileOf signal;

        /** Of what was taken last: one array for all that agree is one to compare with, and one to keep. */
        private double[] edges = {};

        QuantileMeter(Signal.QuantileOf signal, Duration step) {
            super("histogram", signal, step);
            this.signal = signal;
        }

        @Override
        @Nullable
        Slot take(Indexed window, boolean up, long number) {
            BucketVector pooled = BucketVector.sum(window.histograms(signal.of().metric()).stream()
                    .filter(series -> signal.of().takes(series.labels()))
                    .map(Histogram::vector)
                    .toList());
            if (pooled == null) {
                return null;
            }
            if (Arrays.equals(edges, pooled.edges())) {
                return new Slot(number, new BucketVector(edges, pooled.counts(), pooled.sum()), null);
            }
            edges = pooled.edges();
            return new Slot(number, pooled, null);
        }

        @Override
        Slot sum(List<Slot> all) {
            List<BucketVector> vectors = new ArrayList<>(all.size());
            all.forEach(slot -> vectors.add(Objects.requireNonNull(slot.vector())));
            return new Slot(all.get(all.size() - 1).number(), BucketVector.sum(vectors), null);
        }

        @Override
        Measured member(List<Slot> kept) {
            BucketVector vector = kept.isEmpty() ? null : sum(kept).vector();
            if (vector == null) {
                return Measured.exactly(Double.NaN);
            }
            Quantile bounds = Verdict.bounds(vector, signal.q());
            return bounds == null
                    ? Measured.exactly(Double.NaN)
                    : new Measured(bounds.value(), bounds, vector, vector.total(), WHOLE);
        }

        @Override
        Measured cluster(Collection<List<Slot>> members, Across across) {
            return member(members.stream().flatMap(List::stream).toList());
        }
    }

    /** Keeps the sum of the series' increases. */
    private static final class IncreaseMeter extends Meter {

        private final Signal.IncreaseOf signal;

        IncreaseMeter(Signal.IncreaseOf signal, Duration step) {
            super("increase", signal, step);
            this.signal = signal;
        }

        @Override
        Slot take(Indexed window, boolean up, long number) {
            double increase = window.counters(signal.of().metric()).stream()
                    .filter(series -> signal.of().takes(series.labels()))
                    .mapToDouble(Sample::value)
                    .sum();
            return new Slot(number, null, Map.of(WHOLE, new double[] {increase}));
        }

        @Override
        Measured member(List<Slot> kept) {
            double[] sum = Objects.requireNonNull(sum(kept).values()).get(WHOLE);
            if (sum == null) {
                return Measured.exactly(Double.NaN);
            }
            return Measured.exactly(signal.perSecond() ? sum[0] * 1000 / spanMillis() : sum[0]);
        }
    }

    /** Keeps, by label value, the increases of both. What fails may not be among what succeeds: then all of it is all. */
    private static final class ShareMeter extends Meter {

        private final Signal.ShareOf signal;

        ShareMeter(Signal.ShareOf signal, Duration step) {
            super("share by " + signal.each(), signal, step);
            this.signal = signal;
        }

        @Override
        Slot take(Indexed window, boolean up, long number) {
            Map<String, double[]> values = new HashMap<>();
            add(values, window, signal.of(), 0);
            add(values, window, signal.among(), 1);
            return new Slot(number, null, Map.copyOf(values));
        }

        private void add(Map<String, double[]> values, Indexed window, Selector selector, int at) {
            for (Sample series : window.counters(selector.metric())) {
                if (selector.takes(series.labels())) {
                    values.computeIfAbsent(label(series.labels(), signal.each()), label -> new double[2])[at] +=
                            series.value();
                }
            }
        }

        @Override
        Measured member(List<Slot> kept) {
            Measured worst = Measured.exactly(Double.NaN);
            for (Map.Entry<String, double[]> each :
                    new TreeMap<>(Objects.requireNonNull(sum(kept).values())).entrySet()) {
                double[] both = {each.getValue()[0], Math.max(each.getValue()[0], each.getValue()[1])};
                if (both[1] > 0 && (Double.isNaN(worst.value()) || isWorse(both, worst))) {
                    worst = new Measured(both[0] / both[1], null, null, both[0], each.getKey());
                }
            }
            return worst;
        }

        /** One with enough of them is worse than one with too few, whatever their shares. */
        private boolean isWorse(double[] both, Measured worst) {
            boolean enough = both[0] >= signal.atLeast();
            boolean wasEnough = worst.events() >= signal.atLeast();
            return enough != wasEnough ? enough : both[0] / both[1] > worst.value();
        }

        @Override
        Measured cluster(Collection<List<Slot>> members, Across across) {
            return member(members.stream().flatMap(List::stream).toList());
        }
    }

    /** Keeps, by label value, the increase. */
    private static final class CountMeter extends Meter {

        private final Signal.CountOf signal;

        CountMeter(Signal.CountOf signal, Duration step) {
            super("count by " + signal.by(), signal, step);
            this.signal = signal;
        }

        @Override
        Slot take(Indexed window, boolean up, long number) {
            Map<String, double[]> values = new HashMap<>();
            for (Sample series : window.counters(signal.of().metric())) {
                if (signal.of().takes(series.labels())) {
                    values.computeIfAbsent(label(series.labels(), signal.by()), label -> new double[1])[0] +=
                            series.value();
                }
            }
            return new Slot(number, null, Map.copyOf(values));
        }

        @Override
        Measured member(List<Slot> kept) {
            List<String> above = new TreeMap<>(Objects.requireNonNull(sum(kept).values()))
                    .entrySet().stream()
                            .filter(label -> label.getValue()[0] * 1000 / spanMillis() > signal.rateAbove())
                            .map(Map.Entry::getKey)
                            .toList();
            return Measured.of(above.size(), String.join(", ", above));
        }

        @Override
        Measured cluster(Collection<List<Slot>> members, Across across) {
            return member(members.stream().flatMap(List::stream).toList());
        }
    }

    /** How long so many stretches are. */
    final double seconds(long stretches) {
        return stretches * slotMillis / 1000.0;
    }
}
