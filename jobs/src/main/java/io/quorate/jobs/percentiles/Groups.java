package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Labels;
import io.quorate.jobs.settings.WindowSettings;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The fleet and the groups that a cluster's window is a part of, by the labels that its rosters tell. Until one is known,
 * the fleet alone.
 */
final class Groups extends KeyedCoProcessFunction<String, Part, ClusterRoster, Part> {

    private static final long serialVersionUID = 1;

    private final WindowSettings settings;
    private transient MapState<String, String> labels;

    Groups(WindowSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        labels = getRuntimeContext().getMapState(new MapStateDescriptor<>("labels", String.class, String.class));
    }

    @Override
    public void processElement1(Part cluster, Context context, Collector<Part> out) throws Exception {
        out.collect(cluster.ofShareOf(Part.FLEET));
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

    /** A cluster may be known by its member list and by its metrics, and only one of them tell labels. */
    @Override
    public void processElement2(ClusterRoster roster, Context context, Collector<Part> out) throws Exception {
        if (!roster.labels().isEmpty()) {
            labels.clear();
            labels.putAll(roster.labels());
        }
    }
}
