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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The whole fleet at one moment: who is ill, which incidents that makes, and what is told of them. */
final class FleetMoment {

    /** Clusters that fall ill within it may do so together: six windows of 10 s, so that it does not matter who is judged first. */
    static final Duration SPAN = Duration.ofSeconds(60);

    /** So many clusters at least: of fewer, each is worth its own page. */
    static final int LEAST = 5;

    /** How often a label may be named by chance, once so many clusters fell ill at once: seldom enough in itself. */
    static final double CHANCE = 0.01;

    /** From this share on it is the whole fleet: some clusters always answer from memory for a while. */
    private static final double WHOLE = 0.9;

    /** Nobody is woken by what is over so soon, two windows of 10 s, unless one of its alerts fires. */
    static final Duration HOLD = Duration.ofSeconds(20);

    /** Fewer than so many alerts, for so long, are an incident no more. */
    private static final int LOW = 3;

    private static final Duration LOW_FOR = Duration.ofMinutes(2);

    /** What an outage brings, it brings so soon; an alert that begins later pages by itself. */
    static final Duration SOON = Duration.ofMinutes(10);

    /** What is told again of an incident that grows. */
    private static final Duration TOLD_AGAIN = Duration.ofSeconds(60);

    /** Not every rule tells that what was pending is over; and of a rule that is no more nothing is heard. */
    private static final Duration PENDING_STANDS = Duration.ofHours(1);

    private static final Duration FIRING_STANDS = Duration.ofDays(7);
    static final Duration TIDIED = Duration.ofMinutes(10);

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

    /** Where it learns the labels, and whom it tells. */
    interface Outside {

        /** By cluster, the labels of those that can be told apart at this time, in ms. */
        Map<String, Map<String, String>> labels(long time) throws Exception;

        void tell(Alert alert);

        /** To the second operator. */
        void show(Incident incident);

        /** There is to be a moment at this time, in ms, also when nothing comes. */
        void wakeAt(long time);

        void found();

        void attached();
    }

    private final long now;
    private final Instant at;
    private final boolean last;
    private final Words words;
    private final Outside outside;
    private final Map<String, Ill> known;
    private final Map<String, Incident> open;
    private final List<Alert> said = new ArrayList<>();
    private final Map<String, Ill> over = new HashMap<>();
    private final Set<String> grown = new HashSet<>();
    private final Set<String> spoken = new HashSet<>();
    private boolean falls;
    private @Nullable Map<String, Map<String, String>> fleet;

    /**
     * At this time, in ms.
     *
     * @param last whether this is the second of the two operators
     * @param words what alerts say of their clusters
     * @param known by the id of their alert, those that are ill; changed here
     * @param open by id, the incidents that are not over; changed here
     */
    FleetMoment(
            long now, boolean last, Words words, Map<String, Ill> known, Map<String, Incident> open, Outside outside) {
        this.now = now;
        this.at = Instant.ofEpochMilli(now);
        this.last = last;
        this.words = words;
        this.known = known;
        this.open = open;
        this.outside = outside;
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
        late.forEach(ill -> outside.tell(ill.alert().as(Status.UPDATED, at, ill.partOf)));
        for (Incident incident : inOrder()) {
            letGo(incident);
        }
        tidy();
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
        if (words.makesNobodyIll(alert)) {
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
        outside.tell(alert.partOf() != null || ill == null ? alert : alert.asPartOf(ill.partOf));
    }

    private Map<String, Map<String, String>> fleet() throws Exception {
        if (fleet == null) {
            fleet = outside.labels(now);
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
        incident.joinedAt = now;
        incident.id = Alert.idOf(
                Contagion.RULE, Contagion.FLEET, label + '=' + value, Instant.ofEpochMilli(incident.startedAt));
        suspects.stream()
                .limit(SHOWN)
                .forEach(suspect -> incident.suspects.add(new Evidence(
                        "label " + suspect.label() + '=' + suspect.value(),
                        suspect.ill() + " of " + suspect.of() + " fell ill, by chance " + suspect.chance(),
                        at)));
        incident.suspects.add(new Evidence("fleet", fallen.size() + " of " + among.size() + " clusters fell ill", at));
        open.put(incident.id, incident);
        outside.found();
        outside.wakeAt(now + HOLD.toMillis());
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
                    .filter(one -> one.covers(labels) && one.mayBring(ill, SOON))
                    .findFirst()
                    .orElse(null);
            if (incident == null) {
                continue;
            }
            if (ill.heardOnly) {
                incident.join(ill);
                continue;
            }
            ill.partOf = incident.id;
            incident.take(ill);
            outside.attached();
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
            outside.wakeAt(again);
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
        outside.tell(incident.tell(status, at));
        show(incident);
    }

    private void show(Incident incident) {
        if (!last) {
            outside.show(incident);
        }
    }

    private void letGo(Incident incident) throws Exception {
        List<Ill> children = children(incident);
        if (children.stream().filter(Ill::counts).count() >= LOW) {
            incident.lowSince = 0;
            return;
        }
        if (incident.lowSince == 0) {
            incident.lowSince = now;
            outside.wakeAt(now + LOW_FOR.toMillis());
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
            outside.tell(incident.tell(Status.RESOLVED, at));
        }
        for (Ill ill : children) {
            ill.partOf = null;
            if (ill.firing) {
                outside.tell(ill.alert().as(Status.UPDATED, at, null));
            }
        }
        open.remove(incident.id);
    }

    private void tidy() {
        known.values().removeIf(ill -> ill.heardAt < now - (ill.firing ? FIRING_STANDS : PENDING_STANDS).toMillis());
        if (!known.isEmpty() || !open.isEmpty()) {
            outside.wakeAt((now / TIDIED.toMillis() + 1) * TIDIED.toMillis());
        }
    }
}
