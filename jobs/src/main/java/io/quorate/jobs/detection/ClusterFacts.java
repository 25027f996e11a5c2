package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.jobs.time.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Answers of each cluster's members in, a window of a second of each member that was polled out, with what the answers of
 * all of them tell together: {@link ClusterAnswers} judges. A window comes when the stream's time reaches its end, which is
 * when conditions judge it: no later than an answer alone would be judged.
 */
final class ClusterFacts extends KeyedProcessFunction<String, MemberStatus, MemberWindow> {

    /** How long each window is. */
    static final Duration SIZE = Duration.ofSeconds(1);

    private static final long serialVersionUID = 1;

    private static final StateTtlConfig FORGOTTEN_AFTER_A_DAY =
            StateTtlConfig.newBuilder(Duration.ofDays(1)).build();

    private static final Comparator<MemberStatus> ORDER =
            Comparator.comparing(MemberStatus::observedAt).thenComparing(MemberStatus::member);

    private transient Waiting<MemberStatus> waiting;
    private transient ValueState<ClusterAnswers> answers;
    private transient Counter late;

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", MemberStatus.class);
        ValueStateDescriptor<ClusterAnswers> known = new ValueStateDescriptor<>("answers", ClusterAnswers.class);
        known.enableTimeToLive(FORGOTTEN_AFTER_A_DAY);
        answers = getRuntimeContext().getState(known);
        late = getRuntimeContext().getMetricGroup().counter("lateStatuses");
    }

    @Override
    public void processElement(MemberStatus status, Context context, Collector<MemberWindow> out) throws Exception {
        long end = endOf(status.observedAt());
        if (end <= context.timerService().currentWatermark()) {
            // The next one tells the same, and leader-changes keeps this one as a dead letter.
            late.inc();
            return;
        }
        // An answer must not confirm itself.
        waiting.addOnce(end, status, context.timerService());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<MemberWindow> out) throws Exception {
        List<MemberStatus> due = waiting.take(time);
        ClusterAnswers known = Objects.requireNonNullElseGet(answers.value(), ClusterAnswers::new);
        due.stream().sorted(ORDER).forEach(known::observe);
        known.windows(Instant.ofEpochMilli(time)).forEach(out::collect);
        answers.update(known);
    }

    /** The end of the window that this moment lies in. */
    private static long endOf(Instant moment) {
        long millis = SIZE.toMillis();
        return Math.floorDiv(moment.toEpochMilli() + millis - 1, millis) * millis;
    }
}
