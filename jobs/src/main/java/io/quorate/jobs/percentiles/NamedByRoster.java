package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberWindow;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Gives each window the name that its member has in the cluster's own member list, where the metrics only told an address.
 */
final class NamedByRoster extends KeyedCoProcessFunction<String, MemberWindow, ClusterRoster, MemberWindow> {

    private static final long serialVersionUID = 1;

    private transient ValueState<ClusterRoster> roster;

    @Override
    public void open(OpenContext context) {
        roster = getRuntimeContext().getState(new ValueStateDescriptor<>("roster", ClusterRoster.class));
    }

    @Override
    public void processElement1(MemberWindow window, Context context, Collector<MemberWindow> out) throws Exception {
        out.collect(named(window, roster.value()));
    }

    @Override
    public void processElement2(ClusterRoster newest, Context context, Collector<MemberWindow> out) throws Exception {
        if (newest.tellsMembers()) {
            roster.update(newest);
        }
    }

    private static MemberWindow named(MemberWindow window, @Nullable ClusterRoster roster) {
        String name = roster == null || window.memberId() == null ? null : roster.nameOf(window.memberId());
        return new MemberWindow(
                window.cluster(),
                window.clusterId() == null && roster != null ? roster.clusterId() : window.clusterId(),
                name == null ? window.member() : name,
                window.memberId(),
                window.windowStart(),
                window.windowEnd(),
                window.gap(),
                window.version(),
                window.measures());
    }
}
