package io.quorate.jobs.detection;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.events.Coverage.Missing;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import io.quorate.jobs.detection.Measured.Judged;
import io.quorate.jobs.detection.RuleSet.Ruled;
import io.quorate.rules.Rule;
import io.quorate.rules.RuleOverride;
import io.quorate.rules.Signal;
import io.quorate.rules.Threshold;
import io.quorate.rules.Threshold.Across;
import io.quorate.rules.Threshold.Bound;
import io.quorate.rules.Threshold.Limit;
import io.quorate.rules.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One cluster at one end of windows: every threshold against everything that is known, and what comes of it. */
final class Moment {

    private static final Duration TOLD_ANYWAY = Duration.ofMinutes(10);

    private final String name;
    private final Instant now;
    private final Duration step;
    private final RuleSet rules;
    private final String profile;
    private final Set<String> wanted;
    private final KnownCluster cluster;
    private final Map<String, KnownMember> members;
    private final Map<String, Standing> standings;

    private final List<Alert> alerts = new ArrayList<>();
    private final List<Alert> shadowAlerts = new ArrayList<>();
    private final List<Alert> calmed = new ArrayList<>();
    private final List<Symptom> symptoms = new ArrayList<>();
    private final Map<String, Standing> changed = new TreeMap<>();
    private final Map<String, RuleCoverage> cells = new TreeMap<>();
    private final Blindness blindness = new Blindness();

    /**
     * Of a cluster of this name.
     *
     * @param wanted the rules of which patterns want to know
     * @param standings by {@link #key}, those that are not idle
     */
    Moment(
            String name,
            Instant now,
            Duration step,
            RuleSet rules,
            String profile,
            Set<String> wanted,
            KnownCluster cluster,
            Map<String, KnownMember> members,
            Map<String, Standing> standings) {
        this.name = name;
        this.now = now;
        this.step = step;
        this.rules = rules;
        this.profile = profile;
        this.wanted = wanted;
        this.cluster = cluster;
        this.members = members;
        this.standings = standings;
    }

    List<Alert> alerts() {
        return alerts;
    }

    List<Alert> shadowAlerts() {
        return shadowAlerts;
    }

    /** Those that were pending and are not any more. */
    List<Alert> calmed() {
        return calmed;
    }

    List<Symptom> symptoms() {
        return symptoms;
    }

    /** By key, those that were judged. */
    Map<String, Standing> changed() {
        return changed;
    }

    /** By rule and member, as {@link RuleCoverage} tells them. */
    Map<String, RuleCoverage> cells() {
        return cells;
    }

    /** Whether every cell is to be told, changed or not. */
    boolean tellsAll() {
        long span = TOLD_ANYWAY.toMillis();
        return Math.floorDiv(now.toEpochMilli(), span)
                != Math.floorDiv(now.minus(step).toEpochMilli(), span);
    }

    /** What of a cell is compared with what was told before. */
    static String text(RuleCoverage cell) {
        // The verdict stands in the detail of those that have one: whether there is one is told, not which.
        String detail = cell.state().equals(RuleCoverage.BLIND) ? cell.detail() : "";
        return String.join("|", cell.state(), cell.metric(), cell.why(), detail, cell.version());
    }

    void judge() {
        if (members.isEmpty()) {
            standings.forEach((key, standing) -> end(key, standing, "no member of the cluster is known any more"));
            return;
        }
        for (Ruled ruled : rules.rules()) {
            if (!isAboutBlindness(ruled.rule())) {
                judge(ruled);
            }
        }
        for (Ruled ruled : rules.rules()) {
            if (isAboutBlindness(ruled.rule())) {
                judge(ruled);
            }
        }
        standings.forEach((key, standing) -> {
            String why = changed.containsKey(key) ? null : whyItEnds(key, standing);
            if (why != null) {
                end(key, standing, why);
            }
        });
    }

    /** Whether it says of others that they see nothing. */
    static boolean isAboutBlindness(Rule rule) {
        return rule.condition() instanceof Threshold threshold && threshold.signal() instanceof Signal.BlindRules;
    }

    private void judge(Ruled ruled) {
        if (((Threshold) ruled.rule().condition()).perCluster()) {
            judge(ruled, null, members);
        } else {
            members.forEach((member, known) -> judge(ruled, member, Map.of(member, known)));
        }
    }

    /** One rule of one member, or of the cluster with all its members. */
    private void judge(Ruled ruled, @Nullable String member, Map<String, KnownMember> of) {
        RuleOverride override = ruled.overrideFor(name, member, cluster.labels);
        if (ruled.onlyOverridden() != null && override != ruled.onlyOverridden()) {
            return;
        }
        Rule.Condition reads = override == null ? ruled.rule().condition() : override.condition();
        if (!(reads instanceof Threshold condition)) {
            cell(ruled, member, RuleCoverage.OFF, null, "off by override " + (override == null ? "" : override.name()));
            return;
        }
        RuleSet.Asks asks = rules.asks(condition);
        Missing missing = Blindness.of(condition.reads(), asks.reads(), of);
        if (missing == null && !(isKept(asks.signal(), of) && isKept(asks.guard(), of))) {
            // It was said a moment ago, and nothing was kept for it yet.
            return;
        }
        Measured measured = missing == null ? measured(condition, asks, asks.signal(), member, of) : null;
        String key = key(ruled, member);
        Standing known = standings.getOrDefault(key, new Standing());
        if (known.said == Status.FIRING && known.notified != ruled.notifies()) {
            // Who was told that it fires is told that it is over; who is to be told from now on, that it fires.
            end(key, known, "the rule tells others now: its maturity changed");
            known = new Standing();
        }
        Standing standing = known;
        changed.put(key, standing);
        standing.cluster = name;
        standing.clusterId = cluster.clusterId;
        standing.member = member;
        standing.memberId = member == null ? null : known(of, member).memberId;
        standing.fit(condition.limits());

        List<Verdict> verdicts = new ArrayList<>();
        boolean tooFew = false;
        Verdict guard = null;
        for (int i = 0; i < condition.limits().size(); i++) {
            Limit limit = condition.limits().get(i);
            Bound bound = standing.isFiring(i) && limit.clear() != null ? limit.clear() : limit.bound();
            Judged judged =
                    measured == null ? Judged.UNDECIDED : measured.against(condition, limit, bound.of(voters()));
            tooFew |= judged.tooFew();
            if (judged.verdict() == Verdict.BREACH && guard == null) {
                guard = guard(condition, asks, member, of);
            }
            verdicts.add(judged.verdict() == Verdict.BREACH ? Objects.requireNonNull(guard) : judged.verdict());
        }
        if (missing != null) {
            cell(ruled, member, RuleCoverage.BLIND, missing, missing.detail());
        } else {
            boolean silent = tooFew && !verdicts.contains(Verdict.BREACH) && !verdicts.contains(Verdict.OK);
            cell(ruled, member, silent ? RuleCoverage.TOO_FEW : RuleCoverage.EVALUATED, null, verdictText(verdicts));
        }
        boolean wasPending = standing.said == Status.PENDING;
        Status status = standing.judge(verdicts, condition.limits(), condition.clearFor(), now);
        if (wasPending && standing.said == null) {
            calm(ruled.rule().name(), standing);
        }
        if (status != null && ruled.rule().alert() != null) {
            say(ruled, override, condition, measured, standing, status);
        }
        if (wanted.contains(ruled.rule().name()) && !ruled.shadow()) {
            show(ruled, condition, measured, standing, verdicts.get(verdicts.size() - 1));
        }
    }

    private static KnownMember known(Map<String, KnownMember> of, String member) {
        KnownMember known = of.get(member);
        if (known == null) {
            throw new IllegalStateException(member + " is judged and not known");
        }
        return known;
    }

    private static String verdictText(List<Verdict> verdicts) {
        Verdict worst = verdicts.contains(Verdict.BREACH)
                ? Verdict.BREACH
                : verdicts.contains(Verdict.UNDECIDED) ? Verdict.UNDECIDED : Verdict.OK;
        return worst.name().toLowerCase(Locale.ROOT);
    }

    private int voters() {
        return cluster.voters > 0 ? cluster.voters : members.size();
    }

    /** A breach where what the condition asks for beside its signal holds as well, or where it asks for nothing. */
    private Verdict guard(
            Threshold condition, RuleSet.Asks asks, @Nullable String member, Map<String, KnownMember> of) {
        Threshold.Guard guard = condition.guard();
        if (guard == null || asks.guard() == null) {
            return Verdict.BREACH;
        }
        return measured(condition, asks, asks.guard(), member, of)
                .against(
                        guard.signal(),
                        condition.policy(),
                        guard.comparison(),
                        guard.bound().of(voters()))
                .verdict();
    }

    /** Whether something was kept of every one of these members. */
    private static boolean isKept(RuleSet.@Nullable Asked asked, Map<String, KnownMember> of) {
        Meter meter = asked == null ? null : asked.meter();
        return meter == null || of.values().stream().allMatch(known -> known.kept.containsKey(meter.key()));
    }

    private Measured measured(
            Threshold condition,
            RuleSet.Asks asks,
            RuleSet.Asked asked,
            @Nullable String member,
            Map<String, KnownMember> of) {
        Meter meter = asked.meter();
        if (meter == null) {
            return blindness.measured(member);
        }
        List<List<Slot>> kept = new ArrayList<>();
        for (Map.Entry<String, KnownMember> each : of.entrySet()) {
            KnownMember known = each.getValue();
            List<Slot> slots =
                    Objects.requireNonNull(known.kept.get(meter.key())).slots();
            boolean leftOut = of.size() > 1 && !known.up && !asked.readsTheSilent();
            if (!leftOut && !(asks.votersOnly() && cluster.learners.contains(each.getKey()))) {
                kept.add(meter.counting(slots, known.listenedAt.toEpochMilli()));
            }
        }
        Across across = condition.across();
        return across == null ? meter.member(kept.get(0)) : meter.cluster(kept, across);
    }

    private void say(
            Ruled ruled,
            @Nullable RuleOverride override,
            Threshold condition,
            @Nullable Measured measured,
            Standing standing,
            Status status) {
        if (status != Status.RESOLVED && measured != null) {
            Limit passed = condition.limits().stream()
                    .filter(limit -> limit.severity() == standing.severity)
                    .findFirst()
                    .orElseThrow();
            ThresholdWords words = new ThresholdWords(
                    condition, measured, passed, passed.bound().of(voters()));
            standing.id = Alert.idOf(ruled.key(), name, standing.member, standing.startedAt);
            standing.summary = words.summary(ruled.rule().says().summary(), name, standing.member);
            standing.evidence = words.evidence(ruled, override, profile, now);
        }
        standing.notified = ruled.notifies();
        tell(ruled, standing, status, standing.evidence);
    }

    private void tell(Ruled ruled, Standing standing, Status status, List<Evidence> evidence) {
        Alert alert = alert(ruled.rule().name(), ruled.rule().says().runbook(), standing, status, evidence);
        (ruled.notifies() ? alerts : shadowAlerts).add(alert);
    }

    private Alert alert(
            String rule, @Nullable String runbook, Standing standing, Status status, List<Evidence> evidence) {
        return new Alert(
                standing.id,
                rule,
                standing.severity,
                name,
                standing.clusterId,
                standing.member,
                standing.memberId,
                status,
                now,
                standing.startedAt,
                standing.summary,
                null,
                null,
                runbook,
                List.copyOf(evidence));
    }

    private void show(
            Ruled ruled, Threshold condition, @Nullable Measured measured, Standing standing, Verdict verdict) {
        Instant from = now.minus(step);
        if (verdict == Verdict.UNDECIDED || measured == null) {
            return;
        }
        Symptom.Kind kind;
        if (verdict == Verdict.BREACH) {
            kind = standing.symptomSince == null ? Symptom.Kind.ONSET : Symptom.Kind.STILL;
            standing.symptomSince = standing.symptomSince == null ? from : standing.symptomSince;
        } else if (standing.symptomSince != null) {
            kind = Symptom.Kind.CLEAR;
        } else {
            return;
        }
        Limit limit = condition.limits().get(condition.limits().size() - 1);
        symptoms.add(new Symptom(
                ruled.rule().name(),
                name,
                cluster.clusterId,
                standing.member,
                standing.memberId,
                kind,
                standing.symptomSince == null ? from : standing.symptomSince,
                from,
                now,
                voters(),
                new ThresholdWords(condition, measured, limit, limit.bound().of(voters())).value()));
        if (kind == Symptom.Kind.CLEAR) {
            standing.symptomSince = null;
        }
    }

    private void cell(Ruled ruled, @Nullable String member, String state, @Nullable Missing missing, String detail) {
        if (ruled.shadow() && rules.of(ruled.rule().name()) != null) {
            return;
        }
        if (missing != null && !ruled.shadow()) {
            blindness.add(ruled.rule().name(), member, missing);
        }
        boolean quiet = state.equals(RuleCoverage.EVALUATED) && !ruled.notifies();
        cells.put(
                ruled.rule().name() + '\n' + (member == null ? "" : member),
                new RuleCoverage(
                        ruled.rule().name(),
                        name,
                        cluster.clusterId,
                        member,
                        member == null ? null : known(members, member).memberId,
                        now,
                        quiet ? RuleCoverage.SHADOW : state,
                        missing == null ? null : missing.metric(),
                        missing == null ? null : missing.why(),
                        detail,
                        ruled.rule().version()));
    }

    static String key(Ruled ruled, @Nullable String member) {
        return ruled.key() + '\n' + (member == null ? "" : member);
    }

    /** Null when its rule may still judge it: one that could not just now is waited for. */
    private @Nullable String whyItEnds(String key, Standing standing) {
        Ruled ruled = rules.of(key.substring(0, key.indexOf('\n')));
        if (ruled == null) {
            return "the rule was removed";
        }
        if (standing.member != null && !members.containsKey(standing.member)) {
            return "the member is not known any more";
        }
        return isOff(ruled, standing) ? "the rule is off here" : null;
    }

    private boolean isOff(Ruled ruled, Standing standing) {
        RuleOverride override = ruled.overrideFor(name, standing.member, cluster.labels);
        return ruled.onlyOverridden() != null
                ? override != ruled.onlyOverridden()
                : override != null && override.condition() == null;
    }

    /** Nobody was told of it, and nobody is told that it is over; but who counts those that are ill must know. */
    private void calm(String rule, Standing standing) {
        if (standing.notified && !standing.id.isEmpty()) {
            calmed.add(alert(rule, null, standing, Status.RESOLVED, List.of()));
        }
    }

    /** The rule is no more, or off, or the member is: nobody would ever resolve it. */
    private void end(String key, Standing standing, String why) {
        String ruleKey = key.substring(0, key.indexOf('\n'));
        if (standing.said == Status.PENDING) {
            calm(ruleKey.replaceFirst("/.*", ""), standing);
        }
        if (standing.said == Status.FIRING && !standing.id.isEmpty()) {
            Ruled ruled = rules.of(ruleKey);
            List<Evidence> evidence = new ArrayList<>(standing.evidence);
            evidence.add(new Evidence("ended", why, now));
            Alert alert = alert(
                    ruleKey.replaceFirst("/.*", ""),
                    ruled == null || ruled.rule().alert() == null
                            ? null
                            : ruled.rule().says().runbook(),
                    standing,
                    Status.RESOLVED,
                    evidence);
            (standing.notified ? alerts : shadowAlerts).add(alert);
        }
        changed.put(key, new Standing());
    }
}
