package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Labels;
import io.quorate.jobs.settings.WindowSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The fleet and the groups that a cluster's window is a part of, by the labels that its rosters tell. A cluster whose first
 * windows come before its first roster, as after a start they do, has them held for the groups until then, or for a minute.
 * A label that changes counts from the next window on that comes here.
 */
final class Groups extends KeyedCoProcessFunction<String, Part, ClusterRoster, Part> {

    private static final long serialVersionUID = 1;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Who catches up with hours meets more windows in a minute than state should hold. */
    private static final int MOST_HELD = 500;

    private final WindowSettings settings;
    private transient MapState<String, String> labels;
    private transient MapState<Span, Part> held;
    private transient ValueState<Boolean> settled;

    Groups(WindowSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        labels = getRuntimeContext().getMapState(new MapStateDescriptor<>("labels", String.class, String.class));
        held = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "held", TypeInformation.of(Span.class), TypeInformation.of(Part.class)));
        settled = getRuntimeContext().getState(new ValueStateDescriptor<>("settled", Boolean.class));
    }

    @Override
    public void processElement1(Part cluster, Context context, Collector<Part> out) throws Exception {
        out.collect(cluster.ofShareOf(Part.FLEET));
        if (settled.value() != null) {
            collect(cluster, out);
        } else if (cluster.version() > 0) {
            if (held.isEmpty()) {
                TimerService timers = context.timerService();
                timers.registerProcessingTimeTimer(timers.currentProcessingTime() + PATIENCE.toMillis());
            }
            held.put(cluster.span(), cluster);
            List<Span> spans = new ArrayList<>();
            held.keys().forEach(spans::add);
            if (spans.size() > MOST_HELD) {
                letGo();
            }
        }
    }

    /** A cluster may be known by its member list and by its metrics, and only one of them tell labels. */
    @Override
    public void processElement2(ClusterRoster roster, Context context, Collector<Part> out) throws Exception {
        if (roster.labels().isEmpty()) {
            return;
        }
        labels.clear();
        labels.putAll(roster.labels());
        for (Part cluster : held.values()) {
            collect(cluster, out);
        }
        letGo();
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Part> out) throws Exception {
        letGo();
    }

    private void letGo() throws Exception {
        held.clear();
        settled.update(true);
    }

    private void collect(Part cluster, Collector<Part> out) throws Exception {
        Map<String, String> known = new TreeMap<>();
        for (Map.Entry<String, String> label : labels.entries()) {
            known.put(label.getKey(), label.getValue());
        }
        List<List<String>> wanted = settings.groups() == null
                ? known.keySet().stream().map(List::of).toList()
                : settings.groups();
        for (List<String> names : wanted) {
            if (known.keySet().containsAll(names)) {
                out.collect(cluster.ofShareOf(
                        Labels.of(names.stream().collect(Collectors.toMap(name -> name, known::get)))));
            }
        }
    }
}
