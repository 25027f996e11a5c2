package io.quorate.ingest.prometheus;

import io.quorate.events.DeadLetter;
import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.ingest.Observation;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.poll.Parcel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one poll of one Prometheus gathers. The {@code up} series are asked first: they are written together with the rest of
 * their scrape, so every scrape that they name is whole in the answers that follow, however many those are. A scrape that
 * they do not name yet is left for the next poll.
 */
final class Round {

    private final PrometheusSettings settings;
    private final Catalogue catalogue;
    private final Map<String, Long> marks;
    private final Map<Target, TreeMap<Long, Boolean>> scrapes = new HashMap<>();
    private final Map<Target, Set<String>> identification;
    private final Map<Target, Map<Long, ScrapeAssembler>> assemblers = new HashMap<>();
    /** What named the machine of each, scrape by scrape: a member may move. Nothing where nobody asks for machines. */
    private final Map<Target, TreeMap<Long, SortedSet<String>>> nodeKeys;

    private final @Nullable Nodes nodes;
    private long samples;
    private long nameless;
    private @Nullable String namelessExample;

    /**
     * Begins.
     *
     * @param marks per target the newest scrape that was handed over already
     */
    Round(PrometheusSettings settings, Catalogue catalogue, Map<String, Long> marks) {
        this(settings, catalogue, marks, new HashMap<>(), new HashMap<>());
    }

    private Round(
            PrometheusSettings settings,
            Catalogue catalogue,
            Map<String, Long> marks,
            Map<Target, Set<String>> identification,
            Map<Target, TreeMap<Long, SortedSet<String>>> nodeKeys) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.marks = marks;
        this.identification = identification;
        this.nodeKeys = nodeKeys;
        NodeJoin join = settings.nodes();
        this.nodes = join == null ? null : new Nodes(join, catalogue, settings.dropLabels());
    }

    /** The part of it that is about these clusters, to be asked for by itself. */
    Round part(Predicate<String> clusters) {
        Round part = new Round(settings, catalogue, marks, identification, nodeKeys);
        scrapes.forEach((target, times) -> {
            if (clusters.test(target.cluster())) {
                part.scrapes.put(target, times);
            }
        });
        return part;
    }

    /** Of each cluster that {@code up} names, how many members. */
    SortedMap<String, Integer> members() {
        SortedMap<String, Integer> members = new TreeMap<>();
        scrapes.keySet().forEach(target -> members.merge(target.cluster(), 1, Integer::sum));
        return members;
    }

    /** Those of them of which some member has a scrape that is new. */
    SortedSet<String> news() {
        SortedSet<String> news = new TreeSet<>();
        scrapes.forEach((target, times) -> {
            if (!times.isEmpty() && times.lastKey() > marks.getOrDefault(target.mark(), Long.MIN_VALUE)) {
                news.add(target.cluster());
            }
        });
        return news;
    }

    record Target(String cluster, String member) {

        /** A text that no two targets share. */
        String mark() {
            return cluster.length() + ":" + cluster + member;
        }
    }

    /** A series of {@code up}. */
    void takeUp(Map<String, String> labels, long[] times, double[] values, int count) {
        Target target = target(labels);
        if (target == null) {
            return;
        }
        identification(target).addAll(labels.keySet());
        noteNode(target, labels, times, count);
        TreeMap<Long, Boolean> seen = scrapes.computeIfAbsent(target, unseen -> new TreeMap<>());
        for (int i = 0; i < count; i++) {
            if (!endsSeries(values[i])) {
                // Where two targets share a name, one that answered counts.
                seen.merge(times[i], values[i] > 0, Boolean::logicalOr);
            }
        }
    }

    /** Any other series. */
    void take(Map<String, String> labels, long[] times, double[] values, int count) {
        Target target = target(labels);
        String name = labels.get("__name__");
        if (target == null || name == null) {
            return;
        }
        Series series = Series.of(catalogue, name, labels, identification(target));
        if (series == null) {
            return;
        }
        if (nodes != null && !scrapes.containsKey(target)) {
            noteNode(target, labels, times, count);
        }
        long mark = marks.getOrDefault(target.mark(), Long.MIN_VALUE);
        for (int i = 0; i < count; i++) {
            if (times[i] > mark && !endsSeries(values[i])) {
                samples++;
                assemblers
                        .computeIfAbsent(target, unseen -> new HashMap<>())
                        .computeIfAbsent(times[i], unseen -> new ScrapeAssembler())
                        .add(series, values[i]);
            }
        }
    }

    /** VictoriaMetrics shows the mark that Prometheus sets, and hides, behind the last sample of a series. */
    private static boolean endsSeries(double value) {
        return Double.isNaN(value);
    }

    private void noteNode(Target target, Map<String, String> labels, long[] times, int count) {
        NodeJoin join = settings.nodes();
        String key = join == null ? "" : join.ofMember(labels);
        if (key.isEmpty()) {
            return;
        }
        TreeMap<Long, SortedSet<String>> keys = nodeKeys.computeIfAbsent(target, unseen -> new TreeMap<>());
        for (int i = 0; i < count; i++) {
            keys.computeIfAbsent(times[i], unseen -> new TreeSet<>()).add(key);
        }
    }

    /** What names the machines of those that brought something new. */
    SortedSet<String> nodeKeys() {
        SortedSet<String> keys = new TreeSet<>();
        assemblers
                .keySet()
                .forEach(target ->
                        nodeKeys.getOrDefault(target, new TreeMap<>()).values().forEach(keys::addAll));
        return keys;
    }

    /** Their node-exporters; null when these are not asked for. */
    @Nullable
    Nodes nodes() {
        return nodes;
    }

    long samples() {
        return samples;
    }

    /** Everything that is new, in order of time. */
    List<Parcel> parcels(Instant now) {
        if (nodes != null) {
            nodes.narrow();
        }
        List<Parcel> parcels = new ArrayList<>();
        Set<Target> targets = new HashSet<>(scrapes.keySet());
        targets.addAll(assemblers.keySet());
        for (Target target : targets) {
            addScrapes(target, now, parcels);
        }
        parcels.sort(
                Comparator.comparing((Parcel parcel) -> parcel.observation().observedAt())
                        .thenComparing(parcel -> parcel.target() == null ? "" : parcel.target()));
        if (nameless > 0) {
            parcels.add(Parcel.plain(Observation.of(new DeadLetter(
                    settings.url(),
                    "nameless",
                    nameless + " series do not tell their cluster or member; expected the label "
                            + settings.clusterLabel() + " (set cluster-label, or cluster for all) and "
                            + (settings.memberLabel() == null ? "member or instance" : settings.memberLabel())
                            + " (set member-label)",
                    null,
                    String.valueOf(namelessExample),
                    now))));
        }
        return parcels;
    }

    private void addScrapes(Target target, Instant now, List<Parcel> parcels) {
        Map<Long, ScrapeAssembler> assembled = assemblers.getOrDefault(target, Map.of());
        TreeMap<Long, Boolean> times = scrapes.get(target);
        if (times == null) {
            // No up series, for instance because labels were made after the scrape: take what is there.
            times = new TreeMap<>();
            for (Long time : assembled.keySet()) {
                times.put(time, true);
            }
        }
        long mark = marks.getOrDefault(target.mark(), Long.MIN_VALUE);
        times.tailMap(mark, false).forEach((time, up) -> {
            Instant observedAt = Instant.ofEpochMilli(time);
            ScrapeAssembler assembler = assembled.get(time);
            if (!up) {
                parcels.add(Parcel.marked(
                        Observation.of(MemberScrape.failed(
                                target.cluster(),
                                target.member(),
                                settings.url(),
                                observedAt,
                                now,
                                "scrape failed: up == 0")),
                        target.mark()));
            } else if (assembler != null) {
                if (nodes != null) {
                    SortedSet<String> keys =
                            nodeKeys.getOrDefault(target, new TreeMap<>()).getOrDefault(time, new TreeSet<>());
                    assembler.join(nodes.at(keys, time));
                }
                parcels.add(Parcel.marked(
                        Observation.of(
                                assembler.scrape(target.cluster(), target.member(), settings.url(), observedAt, now)),
                        target.mark()));
                DeadLetter leftOut =
                        assembler.deadLetter(target.cluster(), target.member(), settings.url(), observedAt);
                if (leftOut != null) {
                    parcels.add(Parcel.plain(Observation.of(leftOut)));
                }
            }
        });
    }

    /** Labels that belong to the target rather than to a metric, and so say nothing about a series. */
    private Set<String> identification(Target target) {
        return identification.computeIfAbsent(target, unseen -> {
            Set<String> labels = new HashSet<>(settings.dropLabels());
            labels.add(settings.clusterLabel());
            labels.add(settings.memberLabel() == null ? "member" : settings.memberLabel());
            return labels;
        });
    }

    private @Nullable Target target(Map<String, String> labels) {
        String cluster = labels.get(settings.clusterLabel());
        cluster = cluster == null || cluster.isEmpty() ? settings.cluster() : cluster;
        String member;
        if (settings.memberLabel() != null) {
            member = labels.get(settings.memberLabel());
        } else {
            member = labels.containsKey("member") ? labels.get("member") : labels.get("instance");
        }
        if (cluster == null || member == null || member.isEmpty()) {
            nameless++;
            namelessExample = namelessExample == null ? "{" + Labels.of(labels) + "}" : namelessExample;
            return null;
        }
        return new Target(cluster, member);
    }
}
