package io.quorate.jobs.alerting;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.sinks.receivers.PlacedAlert;
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
final class Deduplicate extends KeyedProcessFunction<String, PlacedAlert, PlacedAlert> {

    private static final long serialVersionUID = 1;

    private static final Duration REMEMBERED = Duration.ofDays(7);

    /** What has been said of an episode: the worst severity, or {@link #RESOLVED}. */
    private transient ValueState<Integer> said;

    /** The cause that was told last: what becomes worse passes before its cause is looked for again. */
    private transient ValueState<String> cause;

    private static final int RESOLVED = Integer.MAX_VALUE;

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<Integer> descriptor = new ValueStateDescriptor<>("said", Integer.class);
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(REMEMBERED).build());
        said = getRuntimeContext().getState(descriptor);
        ValueStateDescriptor<String> told = new ValueStateDescriptor<>("cause", String.class);
        told.enableTimeToLive(StateTtlConfig.newBuilder(REMEMBERED).build());
        cause = getRuntimeContext().getState(told);
    }

    @Override
    public void processElement(PlacedAlert placed, Context context, Collector<PlacedAlert> out) throws Exception {
        Alert alert = placed.alert();
        if (alert.cause() != null) {
            cause.update(alert.cause());
        }
        int soFar = said.value() == null ? -1 : said.value();
        int now = switch (alert.status()) {
            case PENDING -> -1;
            case FIRING, UPDATED -> alert.severity().ordinal();
            case RESOLVED -> RESOLVED;
        };
        // What is for information is for those who look; nobody is told of its end either.
        boolean isForInformation = alert.severity() == Severity.INFO && soFar < 0 && now >= 0;
        if (now > soFar && !isForInformation) {
            said.update(now);
            out.collect(withCause(placed));
        }
    }

    private PlacedAlert withCause(PlacedAlert placed) throws Exception {
        Alert alert = placed.alert();
        String known = cause.value();
        return alert.cause() != null || known == null
                ? placed
                : placed.as(alert.told(alert.status(), alert.at(), known, alert.evidence()));
    }
}
