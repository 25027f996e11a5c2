package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.RuleCoverage;
import io.quorate.jobs.causes.CausesPipeline;
import io.quorate.jobs.causes.Chains;
import io.quorate.jobs.causes.Clue;
import io.quorate.jobs.fleet.FleetPipeline;
import io.quorate.jobs.fleet.Words;
import io.quorate.rules.Maintenance;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import io.quorate.rules.Threshold;
import io.quorate.rules.compile.RuleCompiler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;

/**
 * Statuses and windows in, leader changes and alerts out.
 *
 * <pre>
 * statuses --key by cluster--> leader-changes --+--> changes()
 *                                   |           +--counted by the rule, key by cluster--+--> RULE-SEVERITY (CEP) --+
 *                                   v                                                   |                          v
 *                                 late()                                                +--------------------> RULE-episodes --> alerts()
 *
 * windows --key by cluster--> RULE --> alerts()
 *
 * statuses, windows, rosters, coverage, controls --> conditions, see {@link ConditionsPipeline} --> alerts()
 *                                                       '--symptoms, with changes--> see {@link PatternsPipeline} --> alerts()
 *
 * all alerts, of statuses and of windows, rosters
 *     --key by cluster, where the settings have a calendar--> maintenance-of-statuses, maintenance-of-windows
 *     --> see {@link FleetPipeline}, which makes one incident of those of many clusters
 *     --key by cluster, with what explains them--> causes --> alerts()
 * </pre>
 *
 * What reads statuses alone never meets windows: behind a stream of windows a storm would wait for a whole window.
 */
public final class DetectionPipeline {

    /**
     * What detection listens to.
     *
     * @param statuses with event time and watermarks
     * @param windows likewise: members' base windows
     * @param rosters who belongs, and the clusters' labels; holds back nobody's time, as do the next two
     * @param coverage what members lack, and why
     * @param controls what people say while it runs
     */
    public record Listens(
            DataStream<MemberStatus> statuses,
            DataStream<MemberWindow> windows,
            DataStream<ClusterRoster> rosters,
            DataStream<Coverage> coverage,
            DataStream<Control> controls) {}

    private final SingleOutputStreamOperator<LeaderChange> changes;
    private final DataStream<Alert> alerts;
    private final DataStream<Alert> shadowAlerts;
    private final ConditionsPipeline conditions;

    private DetectionPipeline(
            SingleOutputStreamOperator<LeaderChange> changes,
            DataStream<Alert> alerts,
            DataStream<Alert> shadowAlerts,
            ConditionsPipeline conditions) {
        this.changes = changes;
        this.alerts = alerts;
        this.shadowAlerts = shadowAlerts;
        this.conditions = conditions;
    }

    /**
     * Of these rules and overrides, on windows of this length as they were told at their end: whether a correction came before
     * or after they were judged would depend on who was faster.
     */
    public static DetectionPipeline of(Listens all, Controls controls, Duration window) {
        Listens to = new Listens(
                all.statuses(),
                all.windows().filter(one -> one.version() == 1),
                all.rosters(),
                all.coverage(),
                all.controls());
        if (controls.rules().isEmpty()) {
            throw new IllegalArgumentException("no rules; expected at least one");
        }
        SingleOutputStreamOperator<LeaderChange> changes = to.statuses()
                .keyBy(MemberStatus::cluster)
                .process(new LeaderChanges())
                .uid("leader-changes")
                .name("leader-changes");
        ConditionsPipeline conditions = ConditionsPipeline.of(to, controls, window, symptoms(controls.rules()));
        DataStream<Alert> ofStatuses = conditions.ofStatuses().alerts();
        DataStream<Alert> ofWindows = conditions.ofWindows().alerts();
        DataStream<Alert> shadowAlerts = conditions.shadowAlerts();
        Chains chains = new Chains(controls.rules());
        Map<String, Rule.CausalRank> ranks = PatternsPipeline.ranks(controls.rules());
        DataStream<Clue> clues = clues(conditions, changes, chains);
        for (Rule rule : controls.rules()) {
            DataStream<Alert> said;
            if (rule.condition() instanceof StepPattern pattern) {
                if (rule.explains() != null) {
                    clues = clues.union(PatternsPipeline.explanations(
                            conditions.symptoms(), changes, rule, pattern, ranks, window.toMillis()));
                    continue;
                }
                said = PatternsPipeline.patterns(
                        conditions.symptoms(), changes, rule, pattern, ranks, window.toMillis());
            } else if (rule.condition() instanceof Threshold) {
                continue;
            } else {
                said = alerts(changes, to.windows(), rule);
            }
            if (rule.maturity() != Rule.Maturity.STABLE) {
                shadowAlerts = shadowAlerts.union(said);
            } else if (rule.condition() instanceof Rule.CountedChanges) {
                ofStatuses = ofStatuses.union(said);
            } else {
                ofWindows = ofWindows.union(said);
            }
        }
        DataStream<Alert> alerts = FleetPipeline.alerts(
                new FleetPipeline.Told(
                        maintained(ofStatuses, to.rosters(), controls.maintenance(), window, "maintenance-of-statuses"),
                        conditions.ofStatuses().calmed()),
                new FleetPipeline.Told(
                        maintained(ofWindows, to.rosters(), controls.maintenance(), window, "maintenance-of-windows"),
                        conditions.ofWindows().calmed()),
                to.rosters(),
                new Words(
                        names(controls.rules(), Moment::isAboutBlindness),
                        names(controls.rules(), rule -> rule.condition() instanceof Rule.Regression)));
        if (!chains.isEmpty()) {
            alerts = CausesPipeline.of(alerts, clues, chains, window, PatternEvents.CONFIRMED);
        }
        return new DetectionPipeline(changes, alerts, shadowAlerts, conditions);
    }

    /** Alerts by the calendar; the same ones where there is none. */
    private static DataStream<Alert> maintained(
            DataStream<Alert> alerts,
            DataStream<ClusterRoster> rosters,
            List<Maintenance> calendar,
            Duration window,
            String uid) {
        if (calendar.isEmpty()) {
            return alerts;
        }
        return alerts.keyBy(Alert::cluster)
                .connect(rosters.keyBy(ClusterRoster::cluster))
                .process(new InMaintenance(calendar, window))
                .uid(uid)
                .name(uid);
    }

    /** What tells causes beside the patterns that explain: what came of them, and which rule could see. */
    private static DataStream<Clue> clues(
            ConditionsPipeline conditions, DataStream<LeaderChange> changes, Chains chains) {
        Set<String> read = chains.reads();
        return conditions
                .symptoms()
                .filter(symptom -> read.contains(symptom.rule()))
                .map(symptom -> Clue.of(symptom))
                .returns(Clue.class)
                .union(
                        changes.map(change -> Clue.of(change)).returns(Clue.class),
                        conditions
                                .coverage()
                                .filter(cell -> read.contains(cell.rule()))
                                .map(cell -> Clue.of(cell))
                                .returns(Clue.class));
    }

    private static Set<String> names(List<Rule> rules, Predicate<Rule> which) {
        return rules.stream().filter(which).map(Rule::name).collect(Collectors.toSet());
    }

    /** The rules of which patterns want to know. */
    private static Set<String> symptoms(List<Rule> rules) {
        Set<String> symptoms = rules.stream()
                .map(Rule::condition)
                .filter(StepPattern.class::isInstance)
                .flatMap(pattern -> ((StepPattern) pattern).steps().stream())
                .flatMap(step -> step.symptoms().stream())
                .collect(Collectors.toSet());
        symptoms.addAll(new Chains(rules).reads());
        return symptoms;
    }

    /** As they were confirmed. */
    public DataStream<LeaderChange> changes() {
        return changes;
    }

    /** One per transition. */
    public DataStream<Alert> alerts() {
        return alerts;
    }

    /** Of rules that notify nobody: in shadow, or not stable yet. */
    public DataStream<Alert> shadowAlerts() {
        return shadowAlerts;
    }

    /** Which rule can speak of which member. */
    public DataStream<RuleCoverage> coverage() {
        return conditions.coverage();
    }

    /** Statuses that came behind the watermark. */
    public DataStream<DeadLetter> late() {
        return changes.getSideOutput(LeaderChanges.LATE);
    }

    /** What people said and cannot be done. */
    public DataStream<DeadLetter> refused() {
        return conditions.refused();
    }

    static DataStream<Alert> alerts(DataStream<LeaderChange> changes, DataStream<MemberWindow> windows, Rule rule) {
        if (rule.condition() instanceof Rule.CountedChanges counted) {
            return counted(changes, rule, counted);
        }
        if (rule.condition() instanceof Rule.Regression regression) {
            return regressions(windows, rule, regression);
        }
        throw new IllegalStateException(rule.name() + " has a condition that nothing here detects");
    }

    static DataStream<Alert> regressions(DataStream<MemberWindow> windows, Rule rule, Rule.Regression condition) {
        String name = kebab(rule.name());
        return windows.keyBy(MemberWindow::cluster)
                .process(new Regressions(rule, condition))
                .uid(name)
                .name(name);
    }

    static DataStream<Alert> counted(DataStream<LeaderChange> changes, Rule rule, Rule.CountedChanges condition) {
        String name = kebab(rule.name());
        DataStream<LeaderChange> counted =
                changes.filter(new Counted(condition)).name(name + "-counted");
        List<DataStream<RuleMatch>> matches = new ArrayList<>();
        for (Rule.Level level : condition.levels()) {
            String uid = name + '-' + level.severity().name().toLowerCase(Locale.ROOT);
            matches.add(CEP.pattern(
                            counted.keyBy(LeaderChange::cluster),
                            RuleCompiler.pattern(condition, level),
                            RuleCompiler.order())
                    .process(new Matched(condition.step(), level))
                    .uid(uid)
                    .name(uid));
        }
        return matches.stream()
                .reduce(DataStream::union)
                .orElseThrow()
                .keyBy(RuleMatch::cluster)
                .connect(counted.keyBy(LeaderChange::cluster))
                .process(new Episodes(rule, condition))
                .uid(name + "-episodes")
                .name(name + "-episodes");
    }

    /** {@code EtcdElectionStorm} as an address: {@code etcd-election-storm}. */
    static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    private record Counted(Rule.CountedChanges condition)
            implements org.apache.flink.api.common.functions.FilterFunction<LeaderChange> {

        @Override
        public boolean filter(LeaderChange change) {
            return condition.counts(change);
        }
    }

    private static final class Matched extends PatternProcessFunction<LeaderChange, RuleMatch> {

        private static final long serialVersionUID = 1;

        private final String step;
        private final Rule.Level level;

        Matched(String step, Rule.Level level) {
            this.step = step;
            this.level = level;
        }

        @Override
        public void processMatch(Map<String, List<LeaderChange>> match, Context context, Collector<RuleMatch> out) {
            List<LeaderChange> run = new ArrayList<>(match.get(step));
            run.addAll(match.get(RuleCompiler.LAST));
            out.collect(new RuleMatch(run.get(0).cluster(), level.severity(), run));
        }
    }
}
