package io.quorate.jobs.detection;

import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what least squares need of every window: their number, the sums of time, value, time squared and time times
 * value, with time in seconds since the stretch began; then the last of what it is divided by, and of the times.
 */
final class ForecastMeter extends Meter {

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
    void add(double[] sum, double[] later) {
        for (int i = 0; i < 5; i++) {
            sum[i] += later[i];
        }
        sum[5] = later[5];
        sum[6] = later[6];
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
