package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Alerts of single clusters in; out the same, some of them as part of a fleet incident, and the incidents.
 *
 * <pre>
 * rosters --key by cluster--> cluster-labels --+----------------.
 *                                              v                |
 * alerts of statuses --------------> contagion-of-statuses --+--|--> alerts()
 *                                              |             |  |
 *                                incidents, alerts           |  |
 *                                              v             |  |
 * alerts of windows ---------------> contagion-of-windows <--|--'
 *                                              '-------------+
 * </pre>
 *
 * Each is one operator for the whole fleet: alerts are rare, and what they have in common can only be seen in one place.
 */
public final class FleetPipeline {

    private FleetPipeline() {}

    /**
     * What one clock tells.
     *
     * @param alerts with event time and watermarks
     * @param calmed those that were pending and are not any more, likewise
     */
    public record Told(DataStream<Alert> alerts, DataStream<Alert> calmed) {}

    /**
     * Of these alerts.
     *
     * @param rosters with the clusters' labels; they hold back nobody's time
     * @param words what alerts say of their clusters
     */
    public static DataStream<Alert> alerts(
            Told ofStatuses, Told ofWindows, DataStream<ClusterRoster> rosters, Words words) {
        DataStream<FleetNews> labels = rosters.keyBy(ClusterRoster::cluster)
                .process(new ClusterLabels())
                .uid("cluster-labels")
                .name("cluster-labels")
                .map(FleetNews::labels)
                .returns(FleetNews.class);
        SingleOutputStreamOperator<Alert> first =
                contagion(news(ofStatuses).union(labels), new Contagion(false, words), "contagion-of-statuses");
        DataStream<FleetNews> before = first.filter(alert -> !alert.rule().equals(Contagion.RULE))
                .map(FleetNews::heard)
                .returns(FleetNews.class)
                .union(
                        ofStatuses.calmed().map(FleetNews::calmed).returns(FleetNews.class),
                        first.getSideOutput(Contagion.INCIDENTS)
                                .map(FleetNews::incident)
                                .returns(FleetNews.class));
        return first.union(
                contagion(news(ofWindows).union(labels, before), new Contagion(true, words), "contagion-of-windows"));
    }

    private static DataStream<FleetNews> news(Told told) {
        return told.alerts()
                .map(FleetNews::said)
                .returns(FleetNews.class)
                .union(told.calmed().map(FleetNews::calmed).returns(FleetNews.class));
    }

    private static SingleOutputStreamOperator<Alert> contagion(
            DataStream<FleetNews> news, Contagion contagion, String uid) {
        return news.keyBy(one -> Contagion.FLEET)
                .process(contagion)
                .returns(Alert.class)
                .setParallelism(1)
                .uid(uid)
                .name(uid);
    }
}
