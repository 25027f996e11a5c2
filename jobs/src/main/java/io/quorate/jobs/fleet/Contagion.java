package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

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

    /** Clusters that fall ill within it may do so together: six windows of 10 s, so that it does not matter who is judged first. */
    static final Duration SPAN = Duration.ofSeconds(60);

    /** So many clusters at least: of fewer, each is worth its own page. */
    static final int LEAST = 5;

    /** Who cannot be seen is not ill: all are blind when a job begins, or a Prometheus of many goes. */
    private static final Set<String> OF_BLINDNESS = Set.of("EtcdRulesBlind", "EtcdStatusRulesBlind");

    /** How often a label may be named by chance, once so many clusters fell ill at once: seldom enough in itself. */
    static final double CHANCE = 0.01;

    /** From this share on it is the whole fleet: some clusters always answer from memory for a while. */
    private static final double WHOLE = 0.9;

    /** Nobody is woken by what is over so soon, two windows of 10 s, unless one of its alerts fires. */
    static final Duration HOLD = Duration.ofSeconds(20);

    /** Fewer than so many alerts, for so long, are an incident no more. */
    private static final int LOW = 3;

    private static final Duration LOW_FOR = Duration.ofMinutes(2);

    /** What is told again of an incident that grows. */
    private static final Duration TOLD_AGAIN = Duration.ofSeconds(60);

    /** A cluster that nothing was heard of for so long is not counted. */
    static final Duration KNOWN = Duration.ofHours(1);

    /** Not every rule tells that what was pending is over; and of a rule that is no more nothing is heard. */
    private static final Duration PENDING_STANDS = Duration.ofHours(1);

    private static final Duration FIRING_STANDS = Duration.ofDays(7);
    private static final Duration TIDIED = Duration.ofMinutes(10);

    /** Of so many label values it is told how they stand. */
    private static final int SHOWN = 5;

    private static final Comparator<Alert> ORDER = Comparator.comparing(Alert::at)
            .thenComparing(Alert::cluster)
            .thenComparing(alert -> alert.member() == null ? "" : alert.member())
            .thenComparing(Alert::rule)
            .thenComparing(Alert::id)
            .thenComparing(Alert::status)
            .thenComparing(Alert::severity);

    private static final Comparator<Incident> FIRST = Comparator.comparingLong(
                    (Incident incident) -> incident.recognisedAt)
            .thenComparing(incident -> incident.id);

    private final boolean last;

    private transient MapState<Long, List<FleetNews>> waiting;
    private transient MapState<String, Labelled> clusters;
    private transient MapState<String, Ill> ills;
    private transient MapState<String, Incident> incidents;
    private transient Counter found;
    private transient Counter attached;

    /** The first of the two, or the last. */
    Contagion(boolean last) {
        this.last = last;
    }

    @Override
    public void open(OpenContext context) {
        waiting = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>(
                        "waiting", Types.LONG, Types.LIST(TypeInformation.of(FleetNews.class))));
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
            List<FleetNews> known = waiting.get(time);
            List<FleetNews> all = new ArrayList<>(known == null ? List.of() : known);
            all.add(news);
            waiting.put(time, all);
            context.timerService().registerEventTimeTimer(time);
        } else {
            // What comes behind the stream's time was said by a person rather than measured: it waits for nobody.
            Moment moment = new Moment(Math.max(watermark, time == null ? watermark : time), context, out);
            moment.pass(List.of(news));
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        List<FleetNews> news = waiting.get(time);
        waiting.remove(time);
        // The end of the input is no time at which anything was over.
        if (news != null || context.timerService().currentWatermark() != Long.MAX_VALUE) {
            new Moment(time, context, out).pass(news == null ? List.of() : news);
        }
    }

    /** All that is known at one moment. */
    private final class Moment {

        private final long now;
        private final Instant at;
        private final Context context;
        private final Collector<Alert> out;
        private final Map<String, Ill> known = new TreeMap<>();
        private final Map<String, Incident> open = new TreeMap<>();
        private final List<Alert> said = new ArrayList<>();
        private final Map<String, Ill> over = new HashMap<>();
        private final Set<String> grown = new HashSet<>();
        private final Set<String> spoken = new HashSet<>();
        private boolean falls;
        private @Nullable Map<String, Map<String, String>> fleet;

        Moment(long now, Context context, Collector<Alert> out) throws Exception {
            this.now = now;
            this.at = Instant.ofEpochMilli(now);
            this.context = context;
            this.out = out;
            for (Map.Entry<String, Ill> ill : ills.entries()) {
                known.put(ill.getKey(), ill.getValue());
            }
            for (Map.Entry<String, Incident> incident : incidents.entries()) {
                open.put(incident.getKey(), incident.getValue());
            }
        }

        void pass(List<FleetNews> news) throws Exception {
            for (FleetNews one : news) {
                if (one.incident() != null) {
                    adopt(one.incident());
                }
            }
            news.stream()
                    .filter(one -> one.alert() != null)
                    .sorted(Comparator.comparing((FleetNews one) -> Objects.requireNonNull(one.alert()), ORDER)
                            .thenComparing(FleetNews::word))
                    .forEach(this::hear);
            if (falls) {
                recognise();
            }
            List<Ill> late = attach();
            for (Incident incident : inOrder()) {
                tell(incident);
            }
            said.forEach(this::passOn);
            late.forEach(ill -> out.collect(ill.alert().as(Status.UPDATED, at, ill.partOf)));
            for (Incident incident : inOrder()) {
                letGo(incident);
            }
            tidy();
            keep();
        }

        private List<Incident> inOrder() {
            return open.values().stream().sorted(FIRST).toList();
        }

        /** Another's incident is one's own from now on; only who is last tells its end. */
        private void adopt(Incident news) {
            Incident mine = open.get(news.id);
            if (mine == null) {
                news.own = false;
                open.put(news.id, news);
            } else {
                mine.hear(news);
            }
        }

        private void hear(FleetNews news) {
            Alert alert = Objects.requireNonNull(news.alert());
            Ill ill = known.get(alert.id());
            boolean isHeard = news.word() == FleetNews.Word.HEARD;
            if (news.word() == FleetNews.Word.CALMED) {
                if (ill != null && !ill.firing) {
                    known.remove(alert.id());
                }
                return;
            }
            if (!isHeard) {
                said.add(alert);
            }
            if (OF_BLINDNESS.contains(alert.rule())) {
                return;
            }
            // What is part of something already makes nobody ill.
            if (alert.status() == Status.RESOLVED || (!isHeard && alert.partOf() != null)) {
                if (ill != null) {
                    over.put(alert.id(), ill);
                    known.remove(alert.id());
                }
                return;
            }
            if (ill == null) {
                if (alert.status() == Status.UPDATED) {
                    // More is known of what is over: nobody falls ill by it.
                    return;
                }
                ill = new Ill();
                ill.onset = now;
                ill.heardOnly = isHeard;
                falls = true;
                known.put(alert.id(), ill);
            }
            spoken.add(alert.id());
            ill.hear(alert, now);
            if (isHeard) {
                ill.partOf = alert.partOf();
            }
        }

        private void passOn(Alert alert) {
            Ill ill = known.getOrDefault(alert.id(), over.get(alert.id()));
            out.collect(alert.partOf() != null || ill == null ? alert : alert.asPartOf(ill.partOf));
        }

        private Map<String, Map<String, String>> fleet() throws Exception {
            if (fleet == null) {
                fleet = new TreeMap<>();
                for (Map.Entry<String, Labelled> cluster : clusters.entries()) {
                    Map<String, String> labels = cluster.getValue().at(now);
                    if (labels != null) {
                        fleet.put(cluster.getKey(), labels);
                    }
                }
            }
            return fleet;
        }

        /** Those that fell ill lately, and when first, by nothing that is known yet. */
        private Map<String, Long> fallen() {
            Map<String, Long> fallen = new TreeMap<>();
            known.values().stream()
                    .filter(ill -> ill.partOf == null && ill.counts() && ill.beganIn(now - SPAN.toMillis(), now))
                    .forEach(ill -> fallen.merge(ill.alert().cluster(), ill.onset, Math::min));
            return fallen;
        }

        private void recognise() throws Exception {
            Map<String, Long> fallen = fallen();
            if (fallen.size() < LEAST) {
                return;
            }
            Map<String, Map<String, String>> unexplained = new TreeMap<>(fleet());
            unexplained.values().removeIf(labels -> open.values().stream().anyMatch(each -> each.covers(labels)));
            fallen.keySet().retainAll(unexplained.keySet());
            if (fallen.size() < LEAST) {
                return;
            }
            List<Suspect> suspects = Suspect.among(unexplained, fallen.keySet());
            Suspect best = suspects.isEmpty() ? null : suspects.get(0);
            if (best != null && best.standsOut()) {
                if (best.coversMost()) {
                    begin(best.label(), best.value(), best.of(), suspects, fallen, unexplained);
                }
            } else if (open.isEmpty() && fallen.size() >= WHOLE * unexplained.size()) {
                begin("", "", unexplained.size(), suspects, fallen, unexplained);
            }
        }

        private void begin(
                String label,
                String value,
                int of,
                List<Suspect> suspects,
                Map<String, Long> fallen,
                Map<String, Map<String, String>> among) {
            Incident incident = new Incident();
            incident.label = label;
            incident.value = value;
            incident.of = of;
            incident.fleet = among.size();
            fallen.forEach((cluster, onset) -> {
                if (incident.covers(among.get(cluster))) {
                    incident.clusters.put(cluster, onset);
                }
            });
            incident.othersIll = fallen.size() - incident.clusters.size();
            incident.startedAt = incident.clusters.values().stream()
                    .mapToLong(Long::longValue)
                    .min()
                    .orElse(now);
            incident.recognisedAt = now;
            incident.id = Alert.idOf(RULE, FLEET, label + '=' + value, Instant.ofEpochMilli(incident.startedAt));
            suspects.stream()
                    .limit(SHOWN)
                    .forEach(suspect -> incident.suspects.add(new Evidence(
                            "label " + suspect.label() + '=' + suspect.value(),
                            suspect.ill() + " of " + suspect.of() + " fell ill, by chance " + suspect.chance(),
                            at)));
            incident.suspects.add(
                    new Evidence("fleet", fallen.size() + " of " + among.size() + " clusters fell ill", at));
            open.put(incident.id, incident);
            found.inc();
            timer(now + HOLD.toMillis());
        }

        /**
         * What began with an incident, or while it is open, is part of it.
         *
         * @return those of which it was told before that they fire
         */
        private List<Ill> attach() throws Exception {
            List<Ill> late = new ArrayList<>();
            if (open.isEmpty()) {
                return late;
            }
            List<Incident> inOrder = inOrder();
            for (Map.Entry<String, Ill> each : known.entrySet()) {
                Ill ill = each.getValue();
                if (ill.partOf != null) {
                    continue;
                }
                Map<String, String> labels = fleet().get(ill.alert().cluster());
                Incident incident = inOrder.stream()
                        .filter(one -> one.covers(labels) && ill.onset > one.recognisedAt - SPAN.toMillis())
                        .findFirst()
                        .orElse(null);
                if (incident == null) {
                    continue;
                }
                if (ill.heardOnly) {
                    if (ill.counts()) {
                        incident.clusters.putIfAbsent(ill.alert().cluster(), ill.onset);
                    }
                    continue;
                }
                ill.partOf = incident.id;
                incident.take(ill);
                attached.inc();
                grown.add(incident.id);
                if (ill.firing && !spoken.contains(each.getKey())) {
                    late.add(ill);
                }
            }
            return late;
        }

        private List<Ill> children(Incident incident) {
            return known.values().stream()
                    .filter(ill -> !ill.heardOnly && incident.id.equals(ill.partOf))
                    .toList();
        }

        private void tell(Incident incident) throws Exception {
            List<Ill> children = children(incident);
            List<Ill> firing = children.stream().filter(ill -> ill.firing).toList();
            Severity before = incident.severity;
            boolean isNew = incident.own && incident.toldAt == 0;
            boolean fires = firing.stream().anyMatch(Ill::counts) || (incident.own && hasHeld(incident));
            Collection<Ill> worst = firing.stream().anyMatch(Ill::counts) ? firing : children;
            // Until it fires it may get milder again.
            incident.severity =
                    Incident.worse(incident.own && !incident.firing ? Severity.WARNING : before, Incident.worst(worst));
            if (fires && !incident.firing) {
                incident.firing = true;
                say(incident, Status.FIRING);
            } else if (isNew) {
                say(incident, Status.PENDING);
            } else if (incident.firing && (incident.severity != before || isToBeToldAgain(incident))) {
                say(incident, Status.UPDATED);
            } else if (grown.contains(incident.id)) {
                show(incident);
            }
        }

        /** Whether it has grown, and it is not a moment ago that it was told. */
        private boolean isToBeToldAgain(Incident incident) {
            long again = incident.toldAt + TOLD_AGAIN.toMillis();
            boolean hasGrown = incident.own && incident.clusters.size() > incident.toldClusters;
            if (hasGrown && now < again) {
                timer(again);
            }
            return hasGrown && now >= again;
        }

        /** Whether so many are ill still, a while after it was found. */
        private boolean hasHeld(Incident incident) throws Exception {
            if (now < incident.recognisedAt + HOLD.toMillis()) {
                return false;
            }
            Set<String> still = new HashSet<>();
            for (Ill ill : known.values()) {
                if (ill.counts() && incident.clusters.containsKey(ill.alert().cluster())) {
                    still.add(ill.alert().cluster());
                }
            }
            return still.size() >= LEAST && 2 * still.size() >= incident.of;
        }

        private void say(Incident incident, Status status) {
            out.collect(incident.tell(status, at));
            show(incident);
        }

        private void show(Incident incident) {
            if (!last) {
                context.output(INCIDENTS, incident);
            }
        }

        private void letGo(Incident incident) throws Exception {
            List<Ill> children = children(incident);
            if (children.size() >= LOW) {
                incident.lowSince = 0;
                return;
            }
            if (incident.lowSince == 0) {
                incident.lowSince = now;
                timer(now + LOW_FOR.toMillis());
            }
            boolean isLong = now >= incident.lowSince + LOW_FOR.toMillis();
            if (isLong && (incident.own || incident.letGo)) {
                end(incident, children);
            }
        }

        private void end(Incident incident, List<Ill> children) {
            if (!last) {
                incident.letGo = true;
                show(incident);
            } else if (incident.firing) {
                out.collect(incident.tell(Status.RESOLVED, at));
            }
            for (Ill ill : children) {
                ill.partOf = null;
                if (ill.firing) {
                    out.collect(ill.alert().as(Status.UPDATED, at, null));
                }
            }
            open.remove(incident.id);
        }

        private void tidy() throws Exception {
            known.values()
                    .removeIf(ill -> ill.heardAt < now - (ill.firing ? FIRING_STANDS : PENDING_STANDS).toMillis());
            if (now % TIDIED.toMillis() == 0) {
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
            if (!known.isEmpty() || !open.isEmpty()) {
                timer((now / TIDIED.toMillis() + 1) * TIDIED.toMillis());
            }
        }

        private void timer(long time) {
            context.timerService().registerEventTimeTimer(time);
        }

        private void keep() throws Exception {
            put(ills, known);
            put(incidents, open);
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
    }
}
