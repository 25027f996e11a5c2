package io.quorate.jobs.fleet;

import io.quorate.events.ClusterRoster;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The labels of each cluster when they change, and now and then: member lists come every few seconds, to one operator all. */
final class ClusterLabels extends KeyedProcessFunction<String, ClusterRoster, ClusterRoster> {

    private static final long serialVersionUID = 1;

    /** Several times within the span after which a cluster is forgotten. */
    private static final Duration REPEATED = Duration.ofMinutes(10);

    private transient ValueState<ClusterRoster> told;

    @Override
    public void open(OpenContext context) {
        ValueStateDescriptor<ClusterRoster> descriptor = new ValueStateDescriptor<>("told", ClusterRoster.class);
        descriptor.enableTimeToLive(
                StateTtlConfig.newBuilder(Contagion.KNOWN.multipliedBy(2)).build());
        told = getRuntimeContext().getState(descriptor);
    }

    @Override
    public void processElement(ClusterRoster roster, Context context, Collector<ClusterRoster> out) throws Exception {
        ClusterRoster before = told.value();
        if (before != null
                && (roster.observedAt().isBefore(before.observedAt())
                        || (roster.labels().equals(before.labels())
                                && roster.observedAt()
                                        .isBefore(before.observedAt().plus(REPEATED))))) {
            return;
        }
        ClusterRoster labels = ClusterRoster.ofLabels(roster.cluster(), roster.observedAt(), roster.labels());
        told.update(labels);
        out.collect(labels);
    }
}
