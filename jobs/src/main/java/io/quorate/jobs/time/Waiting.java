package io.quorate.jobs.time;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.jspecify.annotations.Nullable;

/** What waits, in the state of a key, until the stream's time is there: only then is all of one moment known. */
public final class Waiting<T> {

    private final MapState<Long, List<T>> state;

    private Waiting(MapState<Long, List<T>> state) {
        this.state = state;
    }

    /** In state of this name. */
    public static <T> Waiting<T> of(RuntimeContext context, String name, Class<T> type) {
        return of(context, state(name, type));
    }

    /** In this state, such as one that is forgotten after a while. */
    public static <T> Waiting<T> of(RuntimeContext context, MapStateDescriptor<Long, List<T>> state) {
        return new Waiting<>(context.getMapState(state));
    }

    /** The state of this name. */
    public static <T> MapStateDescriptor<Long, List<T>> state(String name, Class<T> type) {
        return new MapStateDescriptor<>(name, Types.LONG, Types.LIST(TypeInformation.of(type)));
    }

    /** Lets one wait for this time, in event-time ms, at which the operator's timer is called. */
    public void add(long time, T one, TimerService timers) throws Exception {
        List<T> all = at(time);
        all.add(one);
        put(time, all, timers);
    }

    /** Likewise, unless the same waits already: a topic may repeat a record. */
    public void addOnce(long time, T one, TimerService timers) throws Exception {
        List<T> all = at(time);
        if (!all.contains(one)) {
            all.add(one);
            put(time, all, timers);
        }
    }

    /** What has waited for this time, in the order in which it came, and waits no more; the caller's own list. */
    public List<T> take(long time) throws Exception {
        List<T> all = at(time);
        state.remove(time);
        return all;
    }

    private List<T> at(long time) throws Exception {
        @Nullable List<T> known = state.get(time);
        return new ArrayList<>(known == null ? List.of() : known);
    }

    private void put(long time, List<T> all, TimerService timers) throws Exception {
        state.put(time, all);
        timers.registerEventTimeTimer(time);
    }
}
