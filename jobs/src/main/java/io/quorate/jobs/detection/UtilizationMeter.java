package io.quorate.jobs.detection;

import io.quorate.events.Measures.GaugeRange;
import io.quorate.events.Sample;
import io.quorate.rules.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Keeps, by the labels of a device, how much its counter grew and the speed that it showed last. */
final class UtilizationMeter extends Meter {

    private final Signal.UtilizationOf signal;

    UtilizationMeter(Signal.UtilizationOf signal, Duration step) {
        super("utilization", signal, step);
        this.signal = signal;
    }

    @Override
    Slot take(Indexed window, boolean up, long number) {
        Map<String, double[]> values = new HashMap<>();
        for (Sample series : window.counters(signal.of().metric())) {
            if (signal.of().takes(series.labels())) {
                values.put(series.labels(), new double[] {series.value(), 0});
            }
        }
        for (GaugeRange series : window.gauges(signal.to().metric())) {
            double[] device = values.get(series.labels());
            if (device != null && signal.to().takes(series.labels())) {
                device[1] = series.last();
            }
        }
        return new Slot(number, null, Map.copyOf(values));
    }

    @Override
    void add(double[] sum, double[] later) {
        sum[0] += later[0];
        sum[1] = later[1] > 0 ? later[1] : sum[1];
    }

    @Override
    Measured member(List<Slot> kept) {
        Measured busiest = Measured.exactly(Double.NaN);
        for (Map.Entry<String, double[]> device :
                new TreeMap<>(Objects.requireNonNull(sum(kept).values())).entrySet()) {
            double speed = device.getValue()[1];
            double utilization = device.getValue()[0] * 1000 / spanMillis() / speed;
            if (speed > 0 && !(busiest.value() >= utilization)) {
                busiest = Measured.of(utilization, device.getKey());
            }
        }
        return busiest;
    }
}
