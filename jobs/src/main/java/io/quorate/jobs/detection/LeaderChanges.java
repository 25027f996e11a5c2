package io.quorate.jobs.detection;

import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.EventCodec;
import io.quorate.jobs.time.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The leader changes of each cluster, out of what its members answer, put in order of time first: members are polled by
 * different subtasks. {@link Leadership} judges, and may wait for an old leader, in event time; a status behind the watermark
 * leaves by {@link #LATE}.
 */
final class LeaderChanges extends KeyedProcessFunction<String, MemberStatus, LeaderChange> {

    static final OutputTag<DeadLetter> LATE = new OutputTag<>("late-statuses") {};

    private static final long serialVersionUID = 1;

    private static final Comparator<MemberStatus> ORDER =
            Comparator.comparing(MemberStatus::observedAt).thenComparing(MemberStatus::endpoint);

    private transient Waiting<MemberStatus> waiting;
    private transient ValueState<Leadership> leadership;
    private transient Counter late;

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", MemberStatus.class);
        leadership = getRuntimeContext().getState(new ValueStateDescriptor<>("leadership", Leadership.class));
        late = getRuntimeContext().getMetricGroup().counter("lateStatuses");
    }

    @Override
    public void processElement(MemberStatus status, Context context, Collector<LeaderChange> out) throws Exception {
        long time = status.observedAt().toEpochMilli();
        if (time <= context.timerService().currentWatermark()) {
            late.inc();
            context.output(LATE, late(status));
            return;
        }
        // An answer must not confirm itself.
        waiting.addOnce(time, status, context.timerService());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<LeaderChange> out) throws Exception {
        List<MemberStatus> due = waiting.take(time);
        due.sort(ORDER);
        Leadership now = leadership.value();
        if (now == null) {
            now = Leadership.unknown();
        }
        for (MemberStatus status : due) {
            now.observe(status).forEach(out::collect);
        }
        now.timeIs(Instant.ofEpochMilli(time)).forEach(out::collect);
        Instant waits = now.waitsUntil();
        if (waits != null) {
            context.timerService().registerEventTimeTimer(waits.toEpochMilli());
        }
        leadership.update(now);
    }

    private static DeadLetter late(MemberStatus status) {
        return new DeadLetter(
                "member-status",
                "late",
                "observed before the stream's time, which other members' answers set; expected within the watermark's bound",
                status.cluster(),
                new String(new EventCodec<>(MemberStatus.class).encode(status), StandardCharsets.UTF_8),
                status.observedAt());
    }
}
