package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import io.quorate.rules.Threshold.Source;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * What members do in, what thresholds say of it out.
 *
 * <pre>
 * windows  --.                                                          .--> alerts()
 * coverage --+--key by cluster--> member-window-conditions --.          |
 * rosters  --+                        ^                      +----------+--> shadowAlerts()
 *            +--key by cluster--> member-status-conditions --'          |
 * statuses --'                        ^                                 +--> symptoms()
 * controls --broadcast----------------'                                 '--> coverage()
 * </pre>
 */
final class ConditionsPipeline {

    private final SingleOutputStreamOperator<Alert> ofWindows;
    private final SingleOutputStreamOperator<Alert> ofStatuses;

    private ConditionsPipeline(
            SingleOutputStreamOperator<Alert> ofWindows, SingleOutputStreamOperator<Alert> ofStatuses) {
        this.ofWindows = ofWindows;
        this.ofStatuses = ofStatuses;
    }

    /**
     * On these streams.
     *
     * @param window how long each window is
     * @param symptoms the rules of which patterns want to know
     */
    static ConditionsPipeline of(
            DetectionPipeline.Listens to, Controls controls, Duration window, Set<String> symptoms) {
        DataStream<Heard> rosters = to.rosters().map(roster -> Heard.of(roster)).returns(Heard.class);
        DataStream<Heard> coverage =
                to.coverage().map(covered -> Heard.of(covered)).returns(Heard.class);
        DataStream<Heard> windows = to.windows().map(one -> Heard.of(one)).returns(Heard.class);
        DataStream<Heard> statuses =
                to.statuses().map(status -> Heard.of(StatusWindows.of(status))).returns(Heard.class);
        return new ConditionsPipeline(
                conditions(
                        windows.union(rosters, coverage),
                        to.controls(),
                        new Conditions(Source.MEMBER_WINDOW, window, controls, symptoms),
                        Source.MEMBER_WINDOW),
                conditions(
                        statuses.union(rosters),
                        to.controls(),
                        new Conditions(Source.MEMBER_STATUS, StatusWindows.SIZE, controls, symptoms),
                        Source.MEMBER_STATUS));
    }

    private static SingleOutputStreamOperator<Alert> conditions(
            DataStream<Heard> heard, DataStream<Control> said, Conditions conditions, Source source) {
        String uid = source.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-conditions";
        return heard.keyBy(Heard::cluster)
                .connect(said.broadcast(Conditions.SAID))
                .process(conditions)
                .returns(Alert.class)
                .uid(uid)
                .name(uid);
    }

    DataStream<Alert> alerts() {
        return ofWindows.union(ofStatuses);
    }

    DataStream<Alert> shadowAlerts() {
        return ofWindows.getSideOutput(Conditions.SHADOW).union(ofStatuses.getSideOutput(Conditions.SHADOW));
    }

    DataStream<Symptom> symptoms() {
        return ofWindows.getSideOutput(Conditions.SYMPTOMS).union(ofStatuses.getSideOutput(Conditions.SYMPTOMS));
    }

    DataStream<RuleCoverage> coverage() {
        return ofWindows.getSideOutput(Conditions.COVERAGE).union(ofStatuses.getSideOutput(Conditions.COVERAGE));
    }

    DataStream<DeadLetter> refused() {
        return ofWindows.getSideOutput(Conditions.REFUSED).union(ofStatuses.getSideOutput(Conditions.REFUSED));
    }
}
