package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.events.BucketVector;
import io.quorate.events.Histogram;
import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.Quantile;
import io.quorate.jobs.detection.Slowness.Beyond;
import io.quorate.jobs.time.Waiting;
import io.quorate.rules.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The regressions of each cluster and their alerts. All members' windows of one end are judged together, when the stream's
 * time is there: each against its member's own past, and a breach against the peers. A window that comes later, such as a
 * correction, changes nothing and is counted.
 */
final class Regressions extends KeyedProcessFunction<String, MemberWindow, Alert> {

    private static final long serialVersionUID = 1;

    /** After so long an episode ends in any case, as the new level is the norm then; so does the memory of a member. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** The key of the episode that is about the cluster; no member has an empty name. */
    private static final String CLUSTER = "";

    /** Three times 0.1 is a little more than 0.3 in binary; shares of real windows differ by far more. */
    private static final double ROUNDING = 1e-9;

    private final Rule rule;
    private final Rule.Regression condition;
    private transient Waiting<MemberWindow> waiting;
    private transient MapState<String, MemberPast> members;
    private transient MapState<String, RegressionEpisode> open;
    private transient Counter late;

    Regressions(Rule rule, Rule.Regression condition) {
        this.rule = rule;
        this.condition = condition;
    }

    @Override
    public void open(OpenContext context) {
        waiting = Waiting.of(getRuntimeContext(), "waiting", MemberWindow.class);
        MapStateDescriptor<String, MemberPast> pasts =
                new MapStateDescriptor<>("members", String.class, MemberPast.class);
        // Of a cluster that is no more, no window comes that would let its members go.
        pasts.enableTimeToLive(
                StateTtlConfig.newBuilder(LONGEST.multipliedBy(2)).build());
        members = getRuntimeContext().getMapState(pasts);
        open = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("episodes", String.class, RegressionEpisode.class));
        late = getRuntimeContext().getMetricGroup().counter("lateWindows");
    }

    @Override
    public void processElement(MemberWindow window, Context context, Collector<Alert> out) throws Exception {
        long end = window.windowEnd().toEpochMilli();
        if (end <= context.timerService().currentWatermark()) {
            late.inc();
            return;
        }
        waiting.add(end, onlyWhatIsRead(window), context.timerService());
    }

    /** Windows hold all of a member's series; those that wait need but one. */
    private MemberWindow onlyWhatIsRead(MemberWindow window) {
        return new MemberWindow(
                window.cluster(),
                window.clusterId(),
                window.member(),
                window.memberId(),
                window.windowStart(),
                window.windowEnd(),
                window.gap(),
                window.version(),
                new Measures(
                        window.measures().histograms().stream()
                                .filter(histogram -> histogram.metric().equals(condition.metric()))
                                .toList(),
                        List.of(),
                        List.of()));
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<Alert> out) throws Exception {
        Instant now = Instant.ofEpochMilli(time);
        Moment moment = new Moment(context.getCurrentKey(), now);
        for (MemberWindow window : first(waiting.take(time))) {
            moment.judge(window);
        }
        moment.say(out);
        if (moment.fired) {
            context.timerService().registerEventTimeTimer(now.plus(LONGEST).toEpochMilli());
        }
    }

    /** One window per member, in order of member; what comes twice is the same. */
    private static Iterable<MemberWindow> first(List<MemberWindow> windows) {
        SortedMap<String, MemberWindow> first = new TreeMap<>();
        windows.forEach(window -> first.putIfAbsent(window.member(), window));
        return first.values();
    }

    /** All that is known of a cluster at one end of windows. */
    private final class Moment {

        private final String cluster;
        private final Instant now;
        private final SortedMap<String, MemberPast> pasts = new TreeMap<>();
        private final SortedMap<String, Slowness> judged = new TreeMap<>();
        private @Nullable String clusterId;
        private boolean fired;

        Moment(String cluster, Instant now) throws Exception {
            this.cluster = cluster;
            this.now = now;
            for (Map.Entry<String, MemberPast> member : members.entries()) {
                pasts.put(member.getKey(), member.getValue());
            }
        }

        void judge(MemberWindow window) {
            clusterId = window.clusterId() == null ? clusterId : window.clusterId();
            BucketVector operations = window.measures().histograms().stream()
                    .map(Histogram::vector)
                    .reduce(BucketVector::plus)
                    .orElse(null);
            if (operations == null) {
                return;
            }
            Slowness slowness = pasts.computeIfAbsent(window.member(), name -> new MemberPast())
                    .judge(condition, window, operations);
            if (slowness != null) {
                judged.put(window.member(), slowness);
            }
        }

        void say(Collector<Alert> out) throws Exception {
            letGo();
            resolve(out);
            fire(out);
            announce(out);
            for (Map.Entry<String, MemberPast> past : pasts.entrySet()) {
                members.put(past.getKey(), past.getValue());
            }
        }

        /** Members that are no more, and levels that have become the norm. */
        private void letGo() throws Exception {
            Instant longAgo = now.minus(LONGEST);
            for (Map.Entry<String, RegressionEpisode> episode : open.entries()) {
                if (!episode.getValue().startedAt.isAfter(longAgo)) {
                    pasts.forEach((name, past) -> {
                        if (past.inRegression && episode.getKey().equals(past.named ? name : CLUSTER)) {
                            past.beginAnew();
                        }
                    });
                }
            }
            for (String name : List.copyOf(pasts.keySet())) {
                MemberPast past = Objects.requireNonNull(pasts.get(name));
                if (!past.inRegression && past.heardAt != null && past.heardAt.isBefore(longAgo)) {
                    pasts.remove(name);
                    members.remove(name);
                }
            }
        }

        private void resolve(Collector<Alert> out) throws Exception {
            pasts.values().stream()
                    .filter(past -> past.inRegression && past.calm >= condition.windows())
                    .forEach(MemberPast::end);
            SortedMap<String, RegressionEpisode> all = new TreeMap<>();
            for (Map.Entry<String, RegressionEpisode> episode : open.entries()) {
                all.put(episode.getKey(), episode.getValue());
            }
            for (Map.Entry<String, RegressionEpisode> episode : all.entrySet()) {
                boolean goesOn = pasts.entrySet().stream()
                        .anyMatch(past -> past.getValue().inRegression
                                && episode.getKey().equals(past.getValue().named ? past.getKey() : CLUSTER));
                if (!goesOn) {
                    out.collect(episode.getValue().alert(rule, condition, Status.RESOLVED, now));
                    open.remove(episode.getKey());
                }
            }
        }

        private void fire(Collector<Alert> out) throws Exception {
            SortedMap<String, Slowness> others = new TreeMap<>();
            for (Map.Entry<String, Slowness> member : breached().entrySet()) {
                MemberPast past = past(member.getKey());
                if (past.breached < condition.windows()) {
                    continue;
                }
                boolean named = standsOut(member.getKey());
                past.begin(named);
                if (named) {
                    fire(member.getKey(), new TreeMap<>(Map.of(member.getKey(), member.getValue())), out);
                } else {
                    others.put(member.getKey(), member.getValue());
                }
            }
            if (!others.isEmpty() && !open.contains(CLUSTER)) {
                fire(CLUSTER, others, out);
            }
        }

        private void fire(String about, SortedMap<String, Slowness> breached, Collector<Alert> out) throws Exception {
            RegressionEpisode episode = episode(about, breached);
            open.put(about, episode);
            fired = true;
            out.collect(episode.alert(rule, condition, Status.FIRING, now));
        }

        /** Pending: what may become an episode. It takes the id along if it does, and says no more if it does not. */
        private void announce(Collector<Alert> out) throws Exception {
            SortedMap<String, Slowness> others = new TreeMap<>();
            for (Map.Entry<String, Slowness> member : breached().entrySet()) {
                String name = member.getKey();
                if (!isNew(past(name))) {
                    continue;
                }
                if (standsOut(name)) {
                    out.collect(episode(name, new TreeMap<>(Map.of(name, member.getValue())))
                            .alert(rule, condition, Status.PENDING, now));
                } else {
                    others.put(name, member.getValue());
                }
            }
            if (!others.isEmpty() && !open.contains(CLUSTER)) {
                out.collect(episode(CLUSTER, others).alert(rule, condition, Status.PENDING, now));
            }
        }

        /** Whether this is the first verdict of a run. */
        private boolean isNew(MemberPast past) {
            return now.equals(past.breachedAt);
        }

        /** Those whose window of this moment is breached and which are in no episode yet. */
        private SortedMap<String, Slowness> breached() {
            SortedMap<String, Slowness> breached = new TreeMap<>();
            judged.forEach((name, slowness) -> {
                if (slowness.verdict() == Slowness.Verdict.BREACHED && !past(name).inRegression) {
                    breached.put(name, slowness);
                }
            });
            return breached;
        }

        private MemberPast past(String member) {
            return Objects.requireNonNull(pasts.get(member));
        }

        private boolean standsOut(String member) {
            Slowness slowness = Objects.requireNonNull(judged.get(member));
            Double peers = peersMedian(member, slowness);
            return peers == null || slowness.beyond().share() >= condition.peers() * peers - ROUNDING;
        }

        /** The median of the shares of the other members' windows of this moment, each by its own past; null without any. */
        private @Nullable Double peersMedian(String member, Slowness slowness) {
            double[] shares = judged.entrySet().stream()
                    .filter(peer -> !peer.getKey().equals(member))
                    .mapToDouble(peer -> peer.getValue().by(slowness.reason()).share())
                    .sorted()
                    .toArray();
            return shares.length == 0 ? null : (shares[(shares.length - 1) / 2] + shares[shares.length / 2]) / 2;
        }

        private RegressionEpisode episode(String about, SortedMap<String, Slowness> breached) {
            RegressionEpisode episode = new RegressionEpisode();
            episode.cluster = cluster;
            episode.clusterId = clusterId;
            episode.member = about.equals(CLUSTER) ? null : about;
            episode.memberId = about.equals(CLUSTER) ? null : past(about).memberId;
            episode.startedAt = breached.keySet().stream()
                    .map(member -> Objects.requireNonNull(past(member).breachedSince))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            episode.id = Alert.idOf(rule.name(), cluster, episode.member, episode.startedAt);
            episode.summary = summary(about, breached);
            breached.forEach((member, slowness) -> episode.evidence.addAll(evidence(member, slowness)));
            return episode;
        }

        private String summary(String about, SortedMap<String, Slowness> breached) {
            Beyond worst = breached.values().stream()
                    .map(Slowness::beyond)
                    .max(Comparator.comparingDouble(Beyond::share))
                    .orElseThrow();
            return rule.says()
                    .summary()
                    .replace("{who}", about.equals(CLUSTER) ? cluster : cluster + '/' + about)
                    .replace("{share}", Slowness.percent(worst.share()))
                    .replace("{slow}", Long.toString(worst.slow()))
                    .replace("{edge}", Slowness.text(worst.edge()));
        }

        private List<Evidence> evidence(String member, Slowness slowness) {
            Beyond beyond = slowness.beyond();
            Double peers = peersMedian(member, slowness);
            return List.of(
                    new Evidence(member + " share", Slowness.percent(beyond.share()), now),
                    new Evidence(member + " slow operations", beyond.slow() + " of " + beyond.total(), now),
                    new Evidence(
                            member + " edge",
                            Slowness.text(beyond.edge())
                                    + (slowness.reason() == Slowness.Reason.MEDIAN ? ", passed by the median" : ""),
                            now),
                    new Evidence(member + " baseline p99", bounds(slowness.pastP99()) + " of " + slowness.past(), now),
                    new Evidence(
                            member + " peers' median share",
                            peers == null ? "no peers to compare" : Slowness.percent(peers),
                            now));
        }

        private String bounds(@Nullable Quantile quantile) {
            if (quantile == null) {
                return "none";
            }
            return "(" + Slowness.text(quantile.low()) + ", "
                    + (quantile.high() == null ? "beyond" : Slowness.text(quantile.high())) + "]";
        }
    }
}
