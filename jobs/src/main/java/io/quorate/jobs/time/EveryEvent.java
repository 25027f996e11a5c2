package io.quorate.jobs.time;

import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * Of ordered events, each moves the time on, not a clock beside them: what happens in the time between two is then the same
 * however fast they are read.
 */
public final class EveryEvent<T> implements WatermarkGenerator<T> {

    @Override
    public void onEvent(T event, long time, WatermarkOutput output) {
        output.emitWatermark(new Watermark(time - 1));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        // Each event has said it.
    }
}
