package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** The time of one status in a while, so that a sign of life of the whole fleet can come to one place. */
final class IngestPulse extends ProcessFunction<MemberStatus, Instant> {

    static final Duration EVERY = Duration.ofSeconds(5);

    private static final long serialVersionUID = 1;

    private transient long toldAt;

    @Override
    public void open(OpenContext context) {
        toldAt = -EVERY.toMillis();
    }

    @Override
    public void processElement(MemberStatus status, Context context, Collector<Instant> out) {
        long now = context.timerService().currentProcessingTime();
        if (now - toldAt >= EVERY.toMillis()) {
            toldAt = now;
            out.collect(status.observedAt());
        }
    }
}
