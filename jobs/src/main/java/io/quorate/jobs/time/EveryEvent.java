package io.quorate.jobs.time;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Of ordered events, each moves the time on, not a clock beside them: what happens in the time between two is then the same
 * however fast they are read.
 */
public final class EveryEvent<T> implements WatermarkGenerator<T> {

    private final Duration behind;

    public EveryEvent() {
        this(Duration.ZERO);
    }

    /** Where events may be so far out of order. */
    public EveryEvent(Duration behind) {
        this.behind = behind;
    }

    @Override
    public void onEvent(T event, long time, WatermarkOutput output) {
        output.emitWatermark(new Watermark(time - behind.toMillis() - 1));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Each event has said it.
    }
}
