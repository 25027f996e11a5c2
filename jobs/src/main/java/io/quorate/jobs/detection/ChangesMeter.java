package io.quorate.jobs.detection;

import io.quorate.events.Measures.GaugeRange;
import io.quorate.rules.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps how often the gauge moved, and where it was last. Of one window the extremes and the last value are known: it moved
 * as often as it takes to have been there, from where it was before, however long ago that is.
 */
final class ChangesMeter extends Meter {

    /** The time at which a process began moves a little without a restart, when a clock is set. */
    private static final String START_TIME = "process_start_time_seconds";

    private static final double CLOCK_STEP_SECONDS = 2;

    private final Signal.ChangesOf signal;
    private final double still;

    ChangesMeter(Signal.ChangesOf signal, Duration step) {
        super("changes", signal, step);
        this.signal = signal;
        still = signal.of().metric().equals(START_TIME) ? CLOCK_STEP_SECONDS : 0;
    }

    /** The moves of the window itself, and its minimum, maximum and last. */
    @Override
    @Nullable
    Slot take(Indexed window, boolean up, long number) {
        return window.gauges(signal.of().metric()).stream()
                .filter(series -> signal.of().takes(series.labels()))
                .findFirst()
                .map(series -> new Slot(number, null, Map.of(WHOLE, only(series))))
                .orElse(null);
    }

    private double[] only(GaugeRange series) {
        // Nothing is known of before: it began at the extreme that it left, if it left one.
        double begun = isSame(series.min(), series.last()) ? series.max() : series.min();
        return new double[] {
            moves(begun, series.min(), series.max(), series.last()), series.last(), series.min(), series.max()
        };
    }

    @Override
    boolean goesOnFromTheNewest() {
        return true;
    }

    @Override
    Slot after(Slot before, Slot taken) {
        double[] window = numbers(taken);
        double moves = moves(numbers(before)[1], window[2], window[3], window[1]);
        return new Slot(taken.number(), null, Map.of(WHOLE, new double[] {moves, window[1], window[2], window[3]}));
    }

    @Override
    void add(double[] sum, double[] later) {
        sum[0] += later[0];
        System.arraycopy(later, 1, sum, 1, 3);
    }

    @Override
    Measured member(List<Slot> kept) {
        return Measured.exactly(kept.stream()
                .mapToDouble(slot -> numbers(slot)[0])
                .reduce(Double::sum)
                .orElse(Double.NaN));
    }

    /** From there through the extremes to the last value. */
    private int moves(double from, double min, double max, double to) {
        int between = 0;
        for (double extreme : new double[] {min, max}) {
            between += isSame(extreme, from) || isSame(extreme, to) ? 0 : 1;
        }
        return between > 0 ? between + 1 : isSame(from, to) ? 0 : 1;
    }

    private boolean isSame(double one, double other) {
        return Math.abs(one - other) <= still;
    }

    private static double[] numbers(Slot slot) {
        return Objects.requireNonNull(Objects.requireNonNull(slot.values()).get(WHOLE));
    }
}
