package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets a transition through once, and only when it is worth waking somebody: an episode that begins, becomes worse, or ends.
 * Where it cannot know, it lets through: the receivers' key tells repeats.
 */
final class Deduplicate extends KeyedProcessFunction<String, Alert, Alert> {

    private static final long serialVersionUID = 1;

    private static final Duration REMEMBERED = Duration.ofDays(7);

    /** What has been said of an episode: the worst severity, or {@link #RESOLVED}. */
    private transient ValueState<Integer> said;

    private static final int RESOLVED = Integer.MAX_VALUE;

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<Integer> descriptor = new ValueStateDescriptor<>("said", Integer.class);
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(REMEMBERED).build());
        said = getRuntimeContext().getState(descriptor);
    }

    @Override
    public void processElement(Alert alert, Context context, Collector<Alert> out) throws Exception {
        int soFar = said.value() == null ? -1 : said.value();
        int now = switch (alert.status()) {
            case PENDING -> -1;
            case FIRING, UPDATED -> alert.severity().ordinal();
            case RESOLVED -> RESOLVED;
        };
        if (now > soFar) {
            said.update(now);
            out.collect(alert);
        }
    }
}
