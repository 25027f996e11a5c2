package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.DeadLetter;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import io.quorate.events.codec.EventCodec;
import io.quorate.jobs.time.Waiting;
import io.quorate.rules.Threshold;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thresholds of every cluster. All members' windows of one end are judged together, when the stream's time is there;
 * also when none came, as that is to be told. What people say while it runs takes effect at once, on what was heard last. A
 * window that comes later, such as a correction, changes nothing and is counted.
 */
final class Conditions extends KeyedBroadcastProcessFunction<String, Heard, Control, Alert> {

    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(Conditions.class);

    static final OutputTag<Alert> SHADOW = new OutputTag<>("shadow-alerts", TypeInformation.of(Alert.class));
    static final OutputTag<Alert> CALMED = new OutputTag<>("calmed-alerts", TypeInformation.of(Alert.class));
    static final OutputTag<Symptom> SYMPTOMS = new OutputTag<>("symptoms", TypeInformation.of(Symptom.class));
    static final OutputTag<RuleCoverage> COVERAGE =
            new OutputTag<>("rule-coverage", TypeInformation.of(RuleCoverage.class));
    static final OutputTag<DeadLetter> REFUSED = new OutputTag<>("refused", TypeInformation.of(DeadLetter.class));

    static final MapStateDescriptor<String, Control> SAID =
            new MapStateDescriptor<>("control", Types.STRING, TypeInformation.of(Control.class));

    /** A member that no list tells of is forgotten so long after it was last heard, and a cluster with its last member. */
    static final Duration REMEMBERED = Duration.ofHours(1);

    /**
     * A window stands for its member until the next one, but no longer than this, as a status does for {@link
     * MemberAnswers#STANDS}: where scrapes are a minute apart, five windows of six have none.
     */
    private static final Duration WINDOW_STANDS = Duration.ofSeconds(90);

    /** After so long without anything a cluster is looked at every minute. */
    private static final Duration QUIET = Duration.ofMinutes(10);

    private final Threshold.Source source;
    private final Duration step;
    private final Controls controls;
    private final Set<String> symptoms;

    private transient Waiting<MemberWindow> waiting;
    private transient ValueState<KnownCluster> clusters;
    private transient MapState<String, KnownMember> members;
    private transient MapState<String, Standing> standings;
    private transient MapState<String, String> cells;
    private transient Counter late;
    private transient Counter refused;
    private transient Counter left;
    private transient RuleSet rules;
    private transient boolean stale;

    /**
     * For windows of this length.
     *
     * @param symptoms the rules of which patterns want to know
     */
    Conditions(Threshold.Source source, Duration step, Controls controls, Set<String> symptoms) {
        this.source = source;
        this.step = step;
        this.controls = controls;
        this.symptoms = Set.copyOf(symptoms);
    }

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", MemberWindow.class);
        clusters = getRuntimeContext().getState(clusterState());
        members = getRuntimeContext().getMapState(new MapStateDescriptor<>("members", String.class, KnownMember.class));
        standings =
                getRuntimeContext().getMapState(new MapStateDescriptor<>("standings", String.class, Standing.class));
        cells = getRuntimeContext().getMapState(new MapStateDescriptor<>("cells", String.class, String.class));
        late = getRuntimeContext().getMetricGroup().counter("lateWindows");
        left = getRuntimeContext().getMetricGroup().counter("leftOutControls");
        refused = getRuntimeContext().getMetricGroup().counter("refusedControls");
        // What was said before a restart stands in the broadcast state, which is not there yet.
        rules = controls.after(List.of(), source, step, this::leaveOut);
        stale = true;
    }

    private static ValueStateDescriptor<KnownCluster> clusterState() {
        return new ValueStateDescriptor<>("cluster", KnownCluster.class);
    }

    @Override
    public void processElement(Heard heard, ReadOnlyContext context, Collector<Alert> out) throws Exception {
        refresh(context.getBroadcastState(SAID));
        if (heard.window() == null) {
            KnownCluster cluster = cluster();
            cluster.hear(heard, step);
            clusters.update(cluster);
            return;
        }
        MemberWindow window = heard.window();
        long end = window.windowEnd().toEpochMilli();
        if (end <= context.timerService().currentWatermark()) {
            late.inc();
            return;
        }
        waiting.add(end, onlyWhatIsRead(window), context.timerService());
    }

    /** A window holds all of a member's series; those that wait need but some. */
    private MemberWindow onlyWhatIsRead(MemberWindow window) {
        Measures all = window.measures();
        return new MemberWindow(
                window.cluster(),
                window.clusterId(),
                window.member(),
                window.memberId(),
                window.windowStart(),
                window.windowEnd(),
                isMissed(window),
                window.version(),
                new Measures(
                        all.histograms().stream()
                                .filter(series -> rules.metrics().contains(series.metric()))
                                .toList(),
                        all.counters().stream()
                                .filter(series -> rules.metrics().contains(series.metric()))
                                .toList(),
                        all.gauges().stream()
                                .filter(series -> rules.metrics().contains(series.metric()))
                                .toList()));
    }

    /** A window of zeros without a gauge stands for polls that all failed. */
    private boolean isMissed(MemberWindow window) {
        return window.gap()
                && (source == Threshold.Source.MEMBER_STATUS
                        || window.measures().gauges().isEmpty());
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        refresh(context.getBroadcastState(SAID));
        Instant now = Instant.ofEpochMilli(time);
        KnownCluster cluster = cluster();
        hearNews(cluster, now);
        Map<String, KnownMember> known = members();
        listen(cluster, known, waiting.take(time), now);
        forget(cluster, known, now);
        cluster.judgedAt = now;
        Moment moment = moment(context.getCurrentKey(), cluster, known, now);
        moment.judge();
        say(moment, context::output, out);
        for (Map.Entry<String, KnownMember> member : known.entrySet()) {
            members.put(member.getKey(), member.getValue());
        }
        if (known.isEmpty()) {
            clusters.clear();
            cells.clear();
        } else {
            clusters.update(cluster);
            // The end of the input is no time at which anything was silent.
            if (context.timerService().currentWatermark() != Long.MAX_VALUE) {
                context.timerService().registerEventTimeTimer(next(known.values(), now));
            }
        }
    }

    /** After a hole in time, such as an outage of ingest, not every step of it is worth a look. */
    private long next(Collection<KnownMember> known, Instant now) {
        boolean isQuiet =
                known.stream().allMatch(member -> member.heardAt.plus(QUIET).isBefore(now));
        long wait = isQuiet ? Math.max(step.toMillis(), Duration.ofMinutes(1).toMillis()) : step.toMillis();
        return Math.floorDiv(now.toEpochMilli() + wait, step.toMillis()) * step.toMillis();
    }

    @Override
    public void processBroadcastElement(Control control, Context context, Collector<Alert> out) throws Exception {
        if (!List.of(Control.RULE, Control.OVERRIDE).contains(control.kind())) {
            return;
        }
        BroadcastState<String, Control> said = context.getBroadcastState(SAID);
        try {
            controls.check(control, values(said.immutableEntries()));
        } catch (Controls.Refused e) {
            // Every subtask hears it; one of them tells.
            if (source == Threshold.Source.MEMBER_WINDOW
                    && getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
                refused.inc();
                context.output(REFUSED, refusal(control, e.getMessage()));
            }
            return;
        }
        for (Control other : values(said.immutableEntries())) {
            if (other.supersedes(control)) {
                return;
            }
            if (control.supersedes(other)) {
                said.remove(other.key());
            }
        }
        // Also that something was removed: what comes late must not bring it back.
        said.put(control.key(), control);
        stale = true;
        refresh(said);
        context.applyToKeyedState(clusterState(), (key, state) -> {
            KnownCluster cluster = state.value();
            if (cluster != null && cluster.judgedAt.isAfter(Instant.EPOCH)) {
                Moment moment = moment(key, cluster, members(), cluster.judgedAt);
                moment.judge();
                say(moment, context::output, out);
            }
        });
    }

    private static DeadLetter refusal(Control control, @Nullable String why) {
        return new DeadLetter(
                "control",
                "refused",
                control.key() + ": " + why + "; what was in force before still is",
                null,
                new String(new EventCodec<>(Control.class).encode(control), StandardCharsets.UTF_8),
                control.at());
    }

    private void refresh(ReadOnlyBroadcastState<String, Control> said) throws Exception {
        if (stale) {
            rules = controls.after(values(said.immutableEntries()), source, step, this::leaveOut);
            stale = false;
        }
    }

    private void leaveOut(String what, String why) {
        left.inc();
        LOG.warn("{} is left out: {}", what, why.replace('\n', ' '));
    }

    private static Collection<Control> values(Iterable<Map.Entry<String, Control>> entries) {
        Map<String, Control> ordered = new TreeMap<>();
        entries.forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
        return ordered.values();
    }

    private KnownCluster cluster() throws Exception {
        KnownCluster known = clusters.value();
        return known == null ? new KnownCluster() : known;
    }

    private Map<String, KnownMember> members() throws Exception {
        Map<String, KnownMember> known = new TreeMap<>();
        for (Map.Entry<String, KnownMember> member : members.entries()) {
            known.put(member.getKey(), member.getValue());
        }
        return known;
    }

    /** Rosters and coverages up to this moment, whatever came first. */
    private void hearNews(KnownCluster cluster, Instant now) throws Exception {
        List<Heard> due = cluster.news.stream()
                .filter(news -> !news.observedAt().isAfter(now))
                .sorted(Comparator.comparing(Heard::observedAt))
                .toList();
        for (Heard news : due) {
            cluster.news.remove(news);
            if (news.roster() != null && !news.roster().observedAt().isBefore(cluster.rosterAt)) {
                hear(cluster, news.roster());
            } else if (news.coverage() != null) {
                hear(news.coverage());
            }
        }
    }

    private static void hear(KnownCluster cluster, ClusterRoster roster) {
        cluster.rosterAt = roster.observedAt();
        cluster.labels = new TreeMap<>(roster.labels());
        if (roster.tellsMembers()) {
            cluster.voters = roster.voters();
            cluster.roster = new ArrayList<>(roster.members().stream()
                    .map(ClusterRoster.Member::name)
                    .filter(name -> !name.isEmpty())
                    .toList());
            cluster.learners = new ArrayList<>(roster.members().stream()
                    .filter(ClusterRoster.Member::learner)
                    .map(ClusterRoster.Member::name)
                    .toList());
        }
    }

    private void hear(Coverage coverage) throws Exception {
        KnownMember member = members.get(coverage.member());
        if (member != null && !coverage.observedAt().isBefore(member.coveredAt)) {
            member.coveredAt = coverage.observedAt();
            member.missing = new TreeMap<>();
            coverage.missing().forEach(missing -> member.missing.put(missing.metric(), missing));
            members.put(coverage.member(), member);
        }
    }

    /** Takes in the windows of this moment, of each member the one that came first. */
    private void listen(KnownCluster cluster, Map<String, KnownMember> known, List<MemberWindow> windows, Instant now)
            throws Exception {
        Map<String, MemberWindow> first = new TreeMap<>();
        for (MemberWindow window : windows) {
            first.merge(window.member(), window, (one, other) -> one);
        }
        for (MemberWindow window : first.values()) {
            cluster.clusterId = window.clusterId() == null ? cluster.clusterId : window.clusterId();
            KnownMember member = known.computeIfAbsent(window.member(), name -> new KnownMember());
            if (window.memberId() != null) {
                letGoOfItsOldName(known, window);
                member.memberId = window.memberId();
            }
            member.heardAt = now;
            listen(member, window, !window.gap(), now);
        }
        for (Map.Entry<String, KnownMember> member : known.entrySet()) {
            if (!first.containsKey(member.getKey())) {
                hearNothing(member.getKey(), member.getValue(), now);
            }
        }
    }

    private void hearNothing(String name, KnownMember member, Instant now) {
        if (stands(member, now)) {
            return;
        }
        if (source == Threshold.Source.MEMBER_WINDOW) {
            listen(member, empty(name, now), false, now);
        } else {
            // Polls that fail are told; when nothing is, nobody asks.
            member.up = false;
            member.shown = new ArrayList<>();
        }
    }

    /** Whether what was heard of it last is still what is known of it. */
    private boolean stands(KnownMember member, Instant now) {
        Duration stands = source == Threshold.Source.MEMBER_WINDOW ? WINDOW_STANDS : MemberAnswers.STANDS;
        return member.heardAt.plus(stands).isAfter(now);
    }

    private MemberWindow empty(String member, Instant now) {
        return new MemberWindow("", null, member, null, now.minus(step), now, true, 1, Measures.NONE);
    }

    private void listen(KnownMember member, MemberWindow window, boolean up, Instant now) {
        Indexed indexed = new Indexed(window);
        member.up = up;
        member.listenedAt = now;
        member.shown = new ArrayList<>(indexed.metrics());
        for (Meter meter : rules.meters()) {
            member.kept.compute(
                    meter.key(),
                    (key, kept) -> new KnownMember.Kept(
                            meter.keep(kept == null ? null : kept.slots(), indexed, up, now.toEpochMilli())));
        }
        member.kept.keySet().removeIf(key -> !rules.knows(key));
    }

    /** A member is known by its address until its name is. */
    private void letGoOfItsOldName(Map<String, KnownMember> known, MemberWindow window) throws Exception {
        for (Map.Entry<String, KnownMember> other : List.copyOf(known.entrySet())) {
            if (!other.getKey().equals(window.member())
                    && window.memberId() != null
                    && window.memberId().equals(other.getValue().memberId)) {
                known.remove(other.getKey());
                members.remove(other.getKey());
            }
        }
    }

    /** Who is not on the member list, or, where there is none, was not heard for long, belongs no more. */
    private void forget(KnownCluster cluster, Map<String, KnownMember> known, Instant now) throws Exception {
        for (Map.Entry<String, KnownMember> each : List.copyOf(known.entrySet())) {
            KnownMember member = each.getValue();
            boolean listed = cluster.roster.contains(each.getKey());
            boolean longAgo = member.heardAt
                    .plus(listed ? Duration.ofDays(1) : REMEMBERED)
                    .isBefore(now);
            if (longAgo || (!cluster.roster.isEmpty() && !listed && !stands(member, now))) {
                known.remove(each.getKey());
                members.remove(each.getKey());
            }
        }
    }

    private Moment moment(String key, KnownCluster cluster, Map<String, KnownMember> known, Instant now)
            throws Exception {
        Map<String, Standing> open = new TreeMap<>();
        for (Map.Entry<String, Standing> standing : standings.entries()) {
            open.put(standing.getKey(), standing.getValue());
        }
        return new Moment(key, now, step, rules, controls.profile(), symptoms, cluster, known, open);
    }

    /** A side output, of whichever context is at hand. */
    private interface Aside {
        <T> void output(OutputTag<T> tag, T value);
    }

    private void say(Moment moment, Aside aside, Collector<Alert> out) throws Exception {
        moment.alerts().forEach(out::collect);
        moment.shadowAlerts().forEach(alert -> aside.output(SHADOW, alert));
        moment.calmed().forEach(alert -> aside.output(CALMED, alert));
        moment.symptoms().forEach(symptom -> aside.output(SYMPTOMS, symptom));
        for (Map.Entry<String, Standing> standing : moment.changed().entrySet()) {
            if (standing.getValue().isIdle()) {
                standings.remove(standing.getKey());
            } else {
                standings.put(standing.getKey(), standing.getValue());
            }
        }
        if (moment.tellsAll()) {
            cells.clear();
        }
        for (Map.Entry<String, RuleCoverage> cell : moment.cells().entrySet()) {
            String now = Moment.text(cell.getValue());
            if (!now.equals(cells.get(cell.getKey()))) {
                cells.put(cell.getKey(), now);
                aside.output(COVERAGE, cell.getValue());
            }
        }
    }
}
