package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.jobs.time.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Many clusters that fall ill at once and share a label value are one incident: it is told, and their alerts become part of it.
 * What comes at one moment is looked at together, when the stream's time is there and in an order of its own, so that a replay
 * says the same; of a single cluster's alert nothing is held back.
 *
 * <p>There are two of these in a row, as what reads statuses alone never waits for windows: the first passes on the alerts of
 * statuses, the second those of windows. The second hears what the first passed on and the incidents that it found, makes them
 * its own, and alone tells their end.
 */
final class Contagion extends KeyedProcessFunction<String, FleetNews, Alert> {

    private static final long serialVersionUID = 1;

    static final String RULE = "EtcdFleetContagion";
    static final String RUNBOOK = "docs/runbooks/etcd-fleet-contagion.md";

    /** In the place of a cluster's name. */
    static final String FLEET = "fleet";

    static final OutputTag<Incident> INCIDENTS = new OutputTag<>("incidents", TypeInformation.of(Incident.class));

    /** A cluster that nothing was heard of for so long is not counted. */
    static final Duration KNOWN = Duration.ofHours(1);

    private final boolean last;
    private final Words words;

    private transient Waiting<FleetNews> waiting;
    private transient MapState<String, Labelled> clusters;
    private transient MapState<String, Ill> ills;
    private transient MapState<String, Incident> incidents;
    private transient Counter found;
    private transient Counter attached;

    /**
     * The first of the two, or the last.
     *
     * @param words what alerts say of their clusters
     */
    Contagion(boolean last, Words words) {
        this.last = last;
        this.words = words;
    }

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", FleetNews.class);
        clusters = getRuntimeContext().getMapState(new MapStateDescriptor<>("clusters", String.class, Labelled.class));
        ills = getRuntimeContext().getMapState(new MapStateDescriptor<>("ills", String.class, Ill.class));
        incidents =
                getRuntimeContext().getMapState(new MapStateDescriptor<>("incidents", String.class, Incident.class));
        found = getRuntimeContext().getMetricGroup().counter("fleetIncidents");
        attached = getRuntimeContext().getMetricGroup().counter("attachedAlerts");
    }

    @Override
    public void processElement(FleetNews news, Context context, Collector<Alert> out) throws Exception {
        ClusterRoster labels = news.labels();
        if (labels != null) {
            Labelled known = clusters.get(labels.cluster());
            Labelled cluster = known == null ? new Labelled() : known;
            cluster.hear(labels);
            clusters.put(labels.cluster(), cluster);
            return;
        }
        Long time = context.timestamp();
        long watermark = context.timerService().currentWatermark();
        if (time != null && time > watermark) {
            waiting.add(time, news, context.timerService());
        } else {
            // What comes behind the stream's time was said by a person rather than measured: it waits for nobody.
            pass(List.of(news), Math.max(0, Math.max(watermark, time == null ? watermark : time)), context, out);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        List<FleetNews> news = waiting.take(time);
        // The end of the input is no time at which anything was over.
        if (!news.isEmpty() || context.timerService().currentWatermark() != Long.MAX_VALUE) {
            pass(news, time, context, out);
        }
    }

    private void pass(List<FleetNews> news, long now, Context context, Collector<Alert> out) throws Exception {
        Map<String, Ill> known = all(ills);
        Map<String, Incident> open = all(incidents);
        new FleetMoment(now, last, words, known, open, new Operator(context, out)).pass(news);
        put(ills, known);
        put(incidents, open);
        if (now % FleetMoment.TIDIED.toMillis() == 0) {
            forgetClusters(now);
        }
    }

    private void forgetClusters(long now) throws Exception {
        List<String> gone = new ArrayList<>();
        for (Map.Entry<String, Labelled> cluster : clusters.entries()) {
            if (cluster.getValue().isGone(now)) {
                gone.add(cluster.getKey());
            }
        }
        for (String cluster : gone) {
            clusters.remove(cluster);
        }
    }

    private static <T> Map<String, T> all(MapState<String, T> state) throws Exception {
        Map<String, T> all = new TreeMap<>();
        for (Map.Entry<String, T> each : state.entries()) {
            all.put(each.getKey(), each.getValue());
        }
        return all;
    }

    private static <T> void put(MapState<String, T> state, Map<String, T> now) throws Exception {
        List<String> gone = new ArrayList<>();
        for (String key : state.keys()) {
            if (!now.containsKey(key)) {
                gone.add(key);
            }
        }
        for (String key : gone) {
            state.remove(key);
        }
        for (Map.Entry<String, T> each : now.entrySet()) {
            state.put(each.getKey(), each.getValue());
        }
    }

    /** This operator, as a moment sees it. */
    private final class Operator implements FleetMoment.Outside {

        private final Context context;
        private final Collector<Alert> out;

        Operator(Context context, Collector<Alert> out) {
            this.context = context;
            this.out = out;
        }

        @Override
        public Map<String, Map<String, String>> labels(long time) throws Exception {
            Map<String, Map<String, String>> labels = new TreeMap<>();
            for (Map.Entry<String, Labelled> cluster : clusters.entries()) {
                Map<String, String> known = cluster.getValue().at(time);
                if (known != null) {
                    labels.put(cluster.getKey(), known);
                }
            }
            return labels;
        }

        @Override
        public void tell(Alert alert) {
            out.collect(alert);
        }

        @Override
        public void show(Incident incident) {
            context.output(INCIDENTS, incident);
        }

        @Override
        public void wakeAt(long time) {
            context.timerService().registerEventTimeTimer(time);
        }

        @Override
        public void found() {
            found.inc();
        }

        @Override
        public void attached() {
            attached.inc();
        }
    }
}
