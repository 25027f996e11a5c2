package io.quorate.jobs.detection;

import io.quorate.events.Measures.GaugeRange;
import io.quorate.rules.Selector;
import io.quorate.rules.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps minimum, sum, number, maximum and last of the gauge, or of its ratio to the other one. */
final class GaugeMeter extends Meter {

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
        double ratio = ratio(window, signal.of(), signal.to());
        if (Double.isNaN(ratio)) {
            double[] to = range(window, signal.to(), up, !upper);
            if (to == null || to[4] == 0) {
                return null;
            }
            ratio = of[4] / to[4];
        }
        return new Slot(number, null, Map.of(WHOLE, one(ratio)));
    }

    /** Of series that agree in their labels, the worst; NaN where none do. */
    private double ratio(Indexed window, Selector of, Selector to) {
        double worst = Double.NaN;
        for (GaugeRange part : window.gauges(of.metric())) {
            for (GaugeRange whole : window.gauges(to.metric())) {
                boolean isPair =
                        part.labels().equals(whole.labels()) && of.takes(part.labels()) && to.takes(part.labels());
                if (isPair && whole.last() != 0) {
                    double ratio = part.last() / whole.last();
                    worst = Double.isNaN(worst) || (upper ? ratio > worst : ratio < worst) ? ratio : worst;
                }
            }
        }
        return worst;
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
    void add(double[] sum, double[] later) {
        sum[0] = Math.min(sum[0], later[0]);
        sum[1] += later[1];
        sum[2] += later[2];
        sum[3] = Math.max(sum[3], later[3]);
        sum[4] = later[4];
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
                    case RISE -> range[4] / range[0];
                });
    }
}
