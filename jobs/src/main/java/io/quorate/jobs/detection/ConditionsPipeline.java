package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import io.quorate.jobs.fleet.FleetPipeline;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleTest;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Source;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;

/**
 * What members do in, what thresholds say of it out.
 *
 * <pre>
 * windows  --.                                                                .--> ofWindows(), ofStatuses()
 * coverage --+--key by cluster--------------------> member-window-conditions --+
 * rosters  --+                                                 ^               +--> shadowAlerts()
 *            |                                controls --broadcast             +--> symptoms()
 *            |                                                 v               '--> coverage()
 *            '--key by cluster--------------------> member-status-conditions --'
 *                                                              ^
 * statuses -----key by cluster--> member-status-facts ---------'
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
        DataStream<Heard> statuses = facts(to.statuses(), "member-status-facts");
        return new ConditionsPipeline(
                conditions(
                        windows.union(rosters, coverage),
                        to.controls(),
                        new Conditions(Source.MEMBER_WINDOW, window, controls, symptoms),
                        uid(Source.MEMBER_WINDOW)),
                conditions(
                        statuses.union(rosters),
                        to.controls(),
                        new Conditions(Source.MEMBER_STATUS, ClusterFacts.SIZE, controls, symptoms),
                        uid(Source.MEMBER_STATUS)));
    }

    /** What one rule alone says, whether it notifies or not. */
    static DataStream<Alert> alone(Givens givens, Rule rule, Threshold threshold, String profile) {
        boolean windows = threshold.reads() == Source.MEMBER_WINDOW;
        DataStream<Heard> heard = windows
                ? givens.windows().map(window -> Heard.of(window)).returns(Heard.class)
                : facts(givens.statuses(), DetectionPipeline.kebab(rule.name()) + "-facts");
        DataStream<Heard> rosters =
                givens.rosters().map(roster -> Heard.of(roster)).returns(Heard.class);
        DataStream<Control> nothing = givens.rosters()
                .flatMap((ClusterRoster roster, Collector<Control> out) -> {})
                .returns(Control.class);
        SingleOutputStreamOperator<Alert> conditions = conditions(
                heard.union(rosters),
                nothing,
                new Conditions(
                        threshold.reads(),
                        windows ? RuleTest.Window.SIZE : ClusterFacts.SIZE,
                        new Controls(List.of(rule), List.of(), profile),
                        Set.of()),
                DetectionPipeline.kebab(rule.name()));
        return conditions.union(conditions.getSideOutput(Conditions.SHADOW));
    }

    private static DataStream<Heard> facts(DataStream<MemberStatus> statuses, String uid) {
        return statuses.keyBy(MemberStatus::cluster)
                .process(new ClusterFacts())
                .returns(MemberWindow.class)
                .uid(uid)
                .name(uid)
                .map(one -> Heard.of(one))
                .returns(Heard.class);
    }

    private static String uid(Source source) {
        return source.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-conditions";
    }

    private static SingleOutputStreamOperator<Alert> conditions(
            DataStream<Heard> heard, DataStream<Control> said, Conditions conditions, String uid) {
        return heard.keyBy(Heard::cluster)
                .connect(said.broadcast(Conditions.SAID))
                .process(conditions)
                .returns(Alert.class)
                .uid(uid)
                .name(uid);
    }

    FleetPipeline.Told ofStatuses() {
        return new FleetPipeline.Told(ofStatuses, ofStatuses.getSideOutput(Conditions.CALMED));
    }

    FleetPipeline.Told ofWindows() {
        return new FleetPipeline.Told(ofWindows, ofWindows.getSideOutput(Conditions.CALMED));
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
