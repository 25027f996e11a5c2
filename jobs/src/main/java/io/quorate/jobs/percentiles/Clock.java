package io.quorate.jobs.percentiles;

import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;

/**
 * How far event time has come for one key: the watermark, and after a restart what it had been when a timer of the key last
 * fired. Until the first watermark comes, what is late would pass for early.
 */
final class Clock {

    private final ValueState<Long> until;

    private Clock(ValueState<Long> until) {
        this.until = until;
    }

    /** The one of whatever key is current. */
    static Clock of(RuntimeContext context) {
        return new Clock(context.getState(new ValueStateDescriptor<>("closed-until", Long.class)));
    }

    long now(TimerService timers) throws Exception {
        Long before = until.value();
        return before == null ? timers.currentWatermark() : Math.max(before, timers.currentWatermark());
    }

    /** A timer of event time fired. */
    void is(long time) throws Exception {
        until.update(time);
    }

    void clear() {
        until.clear();
    }
}
