package io.quorate.jobs.detection;

import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Labels;
import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.Quantile;
import io.quorate.events.Sample;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
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

    private Meter(String kind, Signal signal, Duration step) {
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
        if (signal instanceof Signal.ForecastOf forecast) {
            return new ForecastMeter(forecast, upper, step);
        }
        return signal instanceof Signal.GaugeOf gauge ? new GaugeMeter(gauge, upper, step) : null;
    }

    /** What it keeps is the same for every meter of this key. */
    String key() {
        return key;
    }

    /** What this window adds; null when it says nothing of the signal. */
    abstract @Nullable Slot take(Indexed window, boolean up, long number);

    /** Two stretches of one member, or the same stretch of two, as one; the second is the later one. */
    abstract Slot plus(Slot earlier, Slot later);

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

    /** Takes this window, which ends at this moment, into what is kept, and lets go of what no longer counts. */
    List<Slot> keep(@Nullable List<Slot> kept, Indexed window, boolean up, long end) {
        List<Slot> all = new ArrayList<>(kept == null ? List.of() : kept);
        long number = numberOf(end);
        all.removeIf(slot -> slot.number() <= number - slots);
        Slot taken = take(window, up, number);
        if (taken != null) {
            int last = all.size() - 1;
            if (last >= 0 && all.get(last).number() == number) {
                all.set(last, plus(all.get(last), taken));
            } else {
                all.add(taken);
            }
        }
        return all;
    }

    /** Of what is kept, what counts at this moment. */
    List<Slot> counting(List<Slot> kept, long end) {
        long number = numberOf(end);
        return kept.stream().filter(slot -> slot.number() > number - slots).toList();
    }

    private long numberOf(long end) {
        return Math.floorDiv(end - 1, slotMillis);
    }

    long spanMillis() {
        return slots * slotMillis;
    }

    /** What the newest of these stretches is one with. */
    final Slot sum(Collection<Slot> all) {
        return all.stream().reduce(this::plus).orElse(new Slot(0, null, Map.of()));
    }

    private static Map<String, double[]> merged(
            @Nullable Map<String, double[]> some,
            @Nullable Map<String, double[]> others,
            BinaryOperator<double[]> how) {
        Map<String, double[]> all = new HashMap<>(some == null ? Map.of() : some);
        (others == null ? Map.<String, double[]>of() : others)
                .forEach((label, numbers) -> all.merge(label, numbers, how));
        return all;
    }

    private static double[] added(double[] some, double[] others) {
        double[] sum = some.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += others[i];
        }
        return sum;
    }

    private static String label(String labels, @Nullable String name) {
        return name == null ? WHOLE : Labels.parse(labels).getOrDefault(name, WHOLE);
    }

    /** Keeps the bucket vector. */
    private static final class QuantileMeter extends Meter {

        private final Signal.QuantileOf signal;

        QuantileMeter(Signal.QuantileOf signal, Duration step) {
            super("histogram", signal, step);
            this.signal = signal;
        }

        @Override
        @Nullable
        Slot take(Indexed window, boolean up, long number) {
            BucketVector pooled = window.histograms(signal.of().metric()).stream()
                    .filter(series -> signal.of().takes(series.labels()))
                    .map(Histogram::vector)
                    .reduce(BucketVector::plus)
                    .orElse(null);
            return pooled == null ? null : new Slot(number, pooled, null);
        }

        @Override
        Slot plus(Slot earlier, Slot later) {
            return new Slot(
                    later.number(),
                    Objects.requireNonNull(earlier.vector()).plus(Objects.requireNonNull(later.vector())),
                    null);
        }

        @Override
        Measured member(List<Slot> kept) {
            BucketVector vector = sum(kept).vector();
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
        Slot plus(Slot earlier, Slot later) {
            return new Slot(later.number(), null, merged(earlier.values(), later.values(), Meter::added));
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

    /** Keeps, by label value, the increases of both. */
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
            return new Slot(number, null, values);
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
        Slot plus(Slot earlier, Slot later) {
            return new Slot(later.number(), null, merged(earlier.values(), later.values(), Meter::added));
        }

        @Override
        Measured member(List<Slot> kept) {
            Measured worst = Measured.exactly(Double.NaN);
            for (Map.Entry<String, double[]> each :
                    new TreeMap<>(Objects.requireNonNull(sum(kept).values())).entrySet()) {
                double[] both = each.getValue();
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
            return new Slot(number, null, values);
        }

        @Override
        Slot plus(Slot earlier, Slot later) {
            return new Slot(later.number(), null, merged(earlier.values(), later.values(), Meter::added));
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

    /** Keeps minimum, sum, number, maximum and last of the gauge, or of its ratio to the other one. */
    private static final class GaugeMeter extends Meter {

        private final Signal.GaugeOf signal;
        private final boolean upper;

        GaugeMeter(Signal.GaugeOf signal, boolean upper, Duration step) {
            super("gauge" + (upper ? "" : " low"), signal, step);
            this.signal = signal;
            this.upper = upper;
        }

        @Override
        @Nullable
        Slot take(Indexed window, boolean up, long number) {
            double[] of = range(window, signal.of(), up, upper);
            if (of == null) {
                return null;
            }
            if (signal.to() == null) {
                return new Slot(number, null, Map.of(WHOLE, of));
            }
            double[] to = range(window, signal.to(), up, !upper);
            if (to == null || to[4] == 0) {
                return null;
            }
            double ratio = of[4] / to[4];
            return new Slot(number, null, Map.of(WHOLE, new double[] {ratio, ratio, 1, ratio, ratio}));
        }

        /** Of several series of one member the worst counts. */
        private static double @Nullable [] range(Indexed window, Selector selector, boolean up, boolean upper) {
            if (selector.metric().equals(UP) && window.gauges(UP).isEmpty()) {
                return one(up ? 1 : 0);
            }
            double[] worst = null;
            for (GaugeRange series : window.gauges(selector.metric())) {
                if (selector.takes(series.labels())
                        && (worst == null || (upper ? series.last() > worst[4] : series.last() < worst[4]))) {
                    worst = new double[] {series.min(), series.sum(), series.samples(), series.max(), series.last()};
                }
            }
            boolean known =
                    selector.absentIsZero() || !window.gauges(selector.metric()).isEmpty();
            // A label's value that is not there, of a metric that is: an alarm that nobody raised.
            return worst == null && known && !selector.where().isEmpty() ? one(0) : worst;
        }

        private static double[] one(double value) {
            return new double[] {value, value, 1, value, value};
        }

        @Override
        Slot plus(Slot earlier, Slot later) {
            return new Slot(later.number(), null, merged(earlier.values(), later.values(), (a, b) ->
                    new double[] {Math.min(a[0], b[0]), a[1] + b[1], a[2] + b[2], Math.max(a[3], b[3]), b[4]}));
        }

        @Override
        Measured member(List<Slot> kept) {
            double[] range = Objects.requireNonNull(sum(kept).values()).get(WHOLE);
            if (range == null) {
                return Measured.exactly(Double.NaN);
            }
            return Measured.exactly(
                    switch (signal.take()) {
                        case LAST -> range[4];
                        case MIN -> range[0];
                        case MAX -> range[3];
                        case MEAN -> range[1] / range[2];
                    });
        }
    }

    /**
     * Keeps what least squares need of every window: their number, the sums of time, value, time squared and time times
     * value, with time in seconds since the stretch began; then the last of what it is divided by, and of the times.
     */
    private static final class ForecastMeter extends Meter {

        private final Signal.ForecastOf signal;
        private final GaugeMeter of;
        private final @Nullable GaugeMeter to;

        ForecastMeter(Signal.ForecastOf signal, boolean upper, Duration step) {
            super("forecast" + (upper ? "" : " low"), signal, step);
            this.signal = signal;
            of = new GaugeMeter(last(signal.of()), upper, step);
            to = signal.to() == null ? null : new GaugeMeter(last(signal.to()), !upper, step);
        }

        private static Signal.GaugeOf last(Selector selector) {
            return new Signal.GaugeOf(selector, null, Signal.Take.LAST, Duration.ZERO);
        }

        @Override
        @Nullable
        Slot take(Indexed window, boolean up, long number) {
            Slot value = of.take(window, up, number);
            Slot limit = to == null ? value : to.take(window, up, number);
            if (value == null || limit == null) {
                return null;
            }
            double time = window.window().windowEnd().toEpochMilli() / 1000.0 - seconds(number);
            double v = lastOf(value);
            return new Slot(
                    number, null, Map.of(WHOLE, new double[] {1, time, v, time * time, time * v, lastOf(limit), time}));
        }

        private static double lastOf(Slot slot) {
            return numbers(slot)[4];
        }

        @Override
        Slot plus(Slot earlier, Slot later) {
            double[] sum = added(numbers(earlier), numbers(later));
            sum[5] = numbers(later)[5];
            sum[6] = numbers(later)[6];
            return new Slot(later.number(), null, Map.of(WHOLE, sum));
        }

        @Override
        Measured member(List<Slot> kept) {
            double[] sum = new double[5];
            for (Slot slot : kept) {
                // Seconds from the newest stretch: far smaller numbers than those since the epoch.
                double ago = seconds(slot.number() - kept.get(kept.size() - 1).number());
                double[] one = numbers(slot);
                sum[0] += one[0];
                sum[1] += one[1] + one[0] * ago;
                sum[2] += one[2];
                sum[3] += one[3] + 2 * ago * one[1] + one[0] * ago * ago;
                sum[4] += one[4] + ago * one[2];
            }
            if (sum[0] < 2) {
                return Measured.exactly(Double.NaN);
            }
            double[] newest = numbers(kept.get(kept.size() - 1));
            double meanTime = sum[1] / sum[0];
            double meanValue = sum[2] / sum[0];
            double slope = (sum[4] - meanTime * sum[2]) / (sum[3] - meanTime * sum[1]);
            double forecast = meanValue + slope * (newest[6] + signal.ahead().toSeconds() - meanTime);
            return Measured.exactly(to == null ? forecast : newest[5] == 0 ? Double.NaN : forecast / newest[5]);
        }

        private static double[] numbers(Slot slot) {
            return Objects.requireNonNull(slot.values()).getOrDefault(WHOLE, new double[7]);
        }
    }

    /** How long so many stretches are. */
    final double seconds(long stretches) {
        return stretches * slotMillis / 1000.0;
    }
}
