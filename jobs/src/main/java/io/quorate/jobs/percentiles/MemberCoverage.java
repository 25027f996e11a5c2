package io.quorate.jobs.percentiles;

import io.quorate.events.Coverage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Of each cluster, every half minute of event time, what its members show and lack; told when it changed, and every ten
 * minutes. Of each member and kind the newest sighting of the half minute counts, so that a replay says the same.
 */
final class MemberCoverage extends KeyedProcessFunction<String, Sighting, Coverage> {

    private static final long serialVersionUID = 1;

    static final Duration SPAN = Duration.ofSeconds(30);

    private static final Comparator<Sighting> ORDER = Comparator.comparing(Sighting::observedAt)
            .thenComparing(Sighting::kind)
            .thenComparing(Sighting::member);

    private transient MapState<Long, List<Sighting>> waiting;
    private transient ValueState<ClusterView> view;
    private transient Counter late;

    @Override
    public void open(OpenContext context) {
        MapStateDescriptor<Long, List<Sighting>> open =
                new MapStateDescriptor<>("waiting", Types.LONG, Types.LIST(TypeInformation.of(Sighting.class)));
        open.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        waiting = getRuntimeContext().getMapState(open);
        ValueStateDescriptor<ClusterView> known = new ValueStateDescriptor<>("view", ClusterView.class);
        known.enableTimeToLive(PercentilesPipeline.FORGOTTEN_AFTER_A_DAY);
        view = getRuntimeContext().getState(known);
        late = getRuntimeContext().getMetricGroup().counter("lateSightings");
    }

    @Override
    public void processElement(Sighting sighting, Context context, Collector<Coverage> out) throws Exception {
        if (sighting.kind() == Sighting.Kind.ROSTER && sighting.roster().isEmpty()) {
            // Labels alone: who belongs is what a member list says.
            return;
        }
        long end = endOf(sighting.observedAt());
        if (end <= context.timerService().currentWatermark()) {
            // The next half minute brings a newer one.
            late.inc();
            return;
        }
        List<Sighting> known = waiting.get(end);
        List<Sighting> now = new ArrayList<>(known == null ? List.of() : known);
        if (now.stream()
                .anyMatch(other -> other.whose().equals(sighting.whose())
                        && !other.observedAt().isBefore(sighting.observedAt()))) {
            return;
        }
        now.removeIf(other -> other.whose().equals(sighting.whose()));
        now.add(sighting);
        waiting.put(end, now);
        context.timerService().registerEventTimeTimer(end);
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Coverage> out) throws Exception {
        ClusterView now = view.value();
        if (now == null) {
            now = new ClusterView();
        }
        List<Sighting> seen = waiting.get(time);
        if (seen != null) {
            waiting.remove(time);
            List<Sighting> ordered = new ArrayList<>(seen);
            ordered.sort(ORDER);
            ordered.forEach(now::see);
        }
        now.told(context.getCurrentKey(), Instant.ofEpochMilli(time + 1)).forEach(out::collect);
        if (now.members.isEmpty()) {
            view.clear();
        } else {
            view.update(now);
            // Also when nothing comes any more: that is to be told. The end of the input is no time at which nothing
            // came.
            if (context.timerService().currentWatermark() != Long.MAX_VALUE) {
                context.timerService().registerEventTimeTimer(time + SPAN.toMillis());
            }
        }
    }

    /** The last moment of the half minute in which this one lies. */
    private static long endOf(Instant time) {
        long millis = SPAN.toMillis();
        return Math.floorDiv(time.toEpochMilli(), millis) * millis + millis - 1;
    }
}
