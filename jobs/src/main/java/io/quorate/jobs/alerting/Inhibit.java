package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps back what is part of something larger, of which people are told instead: a fleet incident, a maintenance. Who was told
 * that an episode fires is told that it is over, whatever it became part of meanwhile; who was not is not.
 */
final class Inhibit extends KeyedProcessFunction<String, Alert, Alert> {

    private static final long serialVersionUID = 1;

    private static final Duration REMEMBERED = Duration.ofDays(7);

    /** Whether anybody was told of the episode; null when it was never spoken of. */
    private transient ValueState<Boolean> told;

    private transient Counter inhibited;

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<Boolean> descriptor = new ValueStateDescriptor<>("told", Boolean.class);
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(REMEMBERED).build());
        told = getRuntimeContext().getState(descriptor);
        inhibited = getRuntimeContext().getMetricGroup().counter("inhibitedAlerts");
    }

    @Override
    public void processElement(Alert alert, Context context, Collector<Alert> out) throws Exception {
        if (alert.status() == Status.PENDING) {
            out.collect(alert);
            return;
        }
        Boolean before = told.value();
        if (alert.status() == Status.RESOLVED) {
            told.clear();
            // Where nothing is known of it, somebody may have been told.
            let(before == null || before, alert, out);
            return;
        }
        boolean lets = alert.partOf() == null;
        told.update(lets || Boolean.TRUE.equals(before));
        let(lets, alert, out);
    }

    private void let(boolean through, Alert alert, Collector<Alert> out) {
        if (through) {
            out.collect(alert);
        } else {
            inhibited.inc();
        }
    }
}
