package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberStatus;
import io.quorate.jobs.time.Waiting;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * What happens to each cluster by its members' answers and its member lists, put in order of time first: {@link Membership}
 * and {@link Answers} judge. The time is the statuses'; a list that comes behind it is judged at once, as another one may
 * not come for long.
 */
final class StatusEvents extends KeyedCoProcessFunction<String, MemberStatus, ClusterRoster, ClusterEvent> {

    private static final long serialVersionUID = 1;

    private static final Comparator<MemberStatus> ORDER =
            Comparator.comparing(MemberStatus::observedAt).thenComparing(MemberStatus::endpoint);

    private transient Waiting<MemberStatus> waitingStatuses;
    private transient MapState<Long, ClusterRoster> waitingRosters;
    private transient ValueState<Membership> membership;
    private transient ValueState<Answers> answers;
    private transient Counter late;

    @Override
    public void open(OpenContext context) {
        MapStateDescriptor<Long, List<MemberStatus>> statuses = Waiting.state("waiting-statuses", MemberStatus.class);
        statuses.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        waitingStatuses = Waiting.of(getRuntimeContext(), statuses);
        MapStateDescriptor<Long, ClusterRoster> rosters =
                new MapStateDescriptor<>("waiting-rosters", Long.class, ClusterRoster.class);
        rosters.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        waitingRosters = getRuntimeContext().getMapState(rosters);
        ValueStateDescriptor<Membership> belonging = new ValueStateDescriptor<>("membership", Membership.class);
        belonging.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        membership = getRuntimeContext().getState(belonging);
        ValueStateDescriptor<Answers> answered = new ValueStateDescriptor<>("answers", Answers.class);
        answered.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        answers = getRuntimeContext().getState(answered);
        late = getRuntimeContext().getMetricGroup().counter("lateStatuses");
    }

    @Override
    public void processElement1(MemberStatus status, Context context, Collector<ClusterEvent> out) throws Exception {
        long time = status.observedAt().toEpochMilli();
        if (time <= context.timerService().currentWatermark()) {
            // The next one tells the same, and the detection job keeps this one as a dead letter.
            late.inc();
            return;
        }
        waitingStatuses.add(time, status, context.timerService());
    }

    @Override
    public void processElement2(ClusterRoster roster, Context context, Collector<ClusterEvent> out) throws Exception {
        if (!roster.tellsMembers()) {
            return;
        }
        long time = roster.observedAt().toEpochMilli();
        if (time <= context.timerService().currentWatermark()) {
            observe(roster, out);
        } else {
            waitingRosters.put(time, roster);
            context.timerService().registerEventTimeTimer(time);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<ClusterEvent> out) throws Exception {
        ClusterRoster roster = waitingRosters.get(time);
        if (roster != null) {
            waitingRosters.remove(time);
            observe(roster, out);
        }
        List<MemberStatus> due = waitingStatuses.take(time);
        if (due.isEmpty()) {
            return;
        }
        due.sort(ORDER);
        Membership belonging = Objects.requireNonNullElseGet(membership.value(), Membership::new);
        Answers now = Objects.requireNonNullElseGet(answers.value(), Answers::new);
        for (MemberStatus status : due) {
            now.observe(status, belonging).forEach(out::collect);
        }
        answers.update(now);
    }

    private void observe(ClusterRoster roster, Collector<ClusterEvent> out) throws Exception {
        Membership now = Objects.requireNonNullElseGet(membership.value(), Membership::new);
        now.observe(roster).forEach(out::collect);
        membership.update(now);
    }
}
