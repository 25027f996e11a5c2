package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Many clusters that fell ill at once, and the label value that they share; a Flink POJO, as it is keyed state. */
public class Incident {

    /** Of so many the names are told. */
    private static final int NAMED = 20;

    public String id = "";

    /** Empty when it is the whole fleet. */
    public String label = "";

    public String value = "";

    public long recognisedAt;
    public long startedAt;

    /** Of how many clusters that share the label value. */
    public int of;

    /** Of how many clusters that could be told apart, and how many of those without the label fell ill. */
    public int fleet;

    public int othersIll;
    public boolean firing;
    public Severity severity = Severity.WARNING;

    /** Those that fell ill, and when. */
    public Map<String, Long> clusters = new TreeMap<>();

    /** How many episodes of each rule. */
    public Map<String, Integer> rules = new TreeMap<>();

    /** Some of the episodes, in words. */
    public List<String> children = new ArrayList<>();

    public int more;
    public List<Evidence> suspects = new ArrayList<>();

    /** Whether it was found here, and not by the operator of the statuses' alerts. */
    public boolean own = true;

    /** Whether who found it let it go. */
    public boolean letGo;

    /** Since when hardly anything of it is ill; 0 when not. */
    public long lowSince;

    /** When a cluster was last found to be part of it. */
    public long joinedAt;

    public long toldAt;
    public int toldClusters;

    boolean isWhole() {
        return label.isEmpty();
    }

    boolean covers(@Nullable Map<String, String> labels) {
        return isWhole() || (labels != null && value.equals(labels.get(label)));
    }

    void take(Ill ill) {
        Alert alert = ill.alert();
        join(ill);
        rules.merge(alert.rule(), 1, Integer::sum);
        if (children.size() < NAMED) {
            children.add(
                    alert.rule() + " of " + alert.cluster() + (alert.member() == null ? "" : "/" + alert.member()));
        } else {
            more++;
        }
    }

    /** Its cluster is one of those that fell ill. */
    void join(Ill ill) {
        if (ill.counts() && clusters.putIfAbsent(ill.alert().cluster(), ill.onset) == null) {
            joinedAt = Math.max(joinedAt, ill.onset);
        }
    }

    /**
     * Whether what befell this cluster then may come of it: what began with it or soon after its cluster fell ill, or, of
     * another cluster, soon after the last one did. What comes later is trouble of its own, however long this lasts.
     */
    boolean mayBring(Ill ill, Duration soon) {
        long after = clusters.getOrDefault(ill.alert().cluster(), joinedAt) + soon.toMillis();
        return ill.onset > recognisedAt - FleetMoment.SPAN.toMillis() && ill.onset <= after;
    }

    /** What the other operator knows of it by now. */
    void hear(Incident news) {
        news.clusters.forEach(clusters::putIfAbsent);
        joinedAt = Math.max(joinedAt, news.joinedAt);
        news.rules.forEach((rule, count) -> rules.merge(rule, count, Math::max));
        firing |= news.firing;
        severity = worse(news.severity, severity);
        letGo |= news.letGo;
    }

    static Severity worse(Severity one, Severity other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    static Severity worst(Collection<Ill> ills) {
        return ills.stream()
                .map(ill -> ill.alert().severity())
                .max(Comparator.naturalOrder())
                .orElse(Severity.WARNING);
    }

    Alert tell(Status status, Instant at) {
        toldAt = at.toEpochMilli();
        toldClusters = clusters.size();
        return new Alert(
                id,
                Contagion.RULE,
                severity,
                Contagion.FLEET,
                null,
                null,
                null,
                status,
                at,
                Instant.ofEpochMilli(startedAt),
                summary(),
                cause(),
                null,
                Contagion.RUNBOOK,
                evidence(at));
    }

    private String shared() {
        return label + '=' + value;
    }

    private String summary() {
        String most = rules.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(3)
                .map(rule -> rule.getKey() + " (" + rule.getValue() + ")")
                .collect(Collectors.joining(", "));
        return clusters.size() + " of " + of + " clusters " + (isWhole() ? "of the fleet" : "with " + shared())
                + " fell ill " + within() + ": " + most + (rules.size() > 3 ? " and more" : "");
    }

    private String within() {
        long last = clusters.values().stream().mapToLong(Long::longValue).max().orElse(startedAt);
        long seconds = Duration.ofMillis(last - startedAt + 999).toSeconds();
        return seconds == 0 ? "at once" : "within " + seconds + " s";
    }

    private String cause() {
        if (isWhole()) {
            return "something that all clusters share, and no label tells: ask first what that is, and whether it is the way by"
                    + " which they are watched";
        }
        int others = fleet - of;
        return "something that the clusters with " + shared() + " share: " + clusters.size() + " of these " + of
                + " fell ill, and " + othersIll + " of the other " + others;
    }

    private List<Evidence> evidence(Instant at) {
        List<Evidence> evidence = new ArrayList<>(suspects);
        evidence.add(new Evidence("clusters", some(clusters.keySet()), at));
        evidence.add(new Evidence(
                "children", String.join(", ", children) + (more == 0 ? "" : " and " + more + " more"), at));
        return List.copyOf(evidence);
    }

    private static String some(Collection<String> names) {
        String some = names.stream().sorted().limit(NAMED).collect(Collectors.joining(", "));
        return names.size() > NAMED ? some + " and " + (names.size() - NAMED) + " more" : some;
    }
}
