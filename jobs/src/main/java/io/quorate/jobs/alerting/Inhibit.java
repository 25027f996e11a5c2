package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Status;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.sinks.receivers.PlacedAlert;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Keeps back what is part of something larger, of which people are told instead: a fleet incident, a maintenance. Who was told
 * that an episode fires is told that it is over, whatever it became part of meanwhile; who was not is not.
 */
final class Inhibit extends KeyedProcessFunction<String, PlacedAlert, PlacedAlert> {

    private static final long serialVersionUID = 1;

    static final OutputTag<Notification> HELD = new OutputTag<>("inhibited", TypeInformation.of(Notification.class));

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
    public void processElement(PlacedAlert placed, Context context, Collector<PlacedAlert> out) throws Exception {
        Alert alert = placed.alert();
        if (alert.status() == Status.PENDING) {
            out.collect(placed);
            return;
        }
        Boolean before = told.value();
        if (alert.status() == Status.RESOLVED) {
            told.clear();
            // Where nothing is known of it, somebody may have been told.
            let(before == null || before, placed, context, out);
            return;
        }
        boolean lets = alert.partOf() == null;
        told.update(lets || Boolean.TRUE.equals(before));
        let(lets, placed, context, out);
    }

    private void let(boolean through, PlacedAlert placed, Context context, Collector<PlacedAlert> out) {
        if (through) {
            out.collect(placed);
        } else {
            inhibited.inc();
            Instant now = Instant.ofEpochMilli(context.timerService().currentProcessingTime());
            String larger = placed.alert().partOf();
            String why = larger == null ? "nobody was told that it fired" : "part of " + larger;
            context.output(HELD, Lines.heldBack(placed.alert(), Outcome.INHIBITED, why, now));
        }
    }
}
