package io.quorate.jobs.time;

import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Of events that come seldom, and hold back nobody's time. */
public final class Timeless<T> implements WatermarkGenerator<T> {

    @Override
    public void onEvent(T event, long time, WatermarkOutput output) {
        output.markIdle();
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        output.markIdle();
    }
}
