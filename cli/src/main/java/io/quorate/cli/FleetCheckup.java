package io.quorate.cli;

import io.quorate.ingest.catalogue.Shown;
import io.quorate.ingest.etcd.EtcdProbe;
import io.quorate.ingest.etcd.EtcdSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.rules.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Everything that {@code ingest} names, by every way in: who answers, and what of the fleet can be seen. */
final class FleetCheckup {

    private final List<Rule> rules;
    private final Looking looking;
    private final Map<PrometheusCheckup, Looking.Begun<List<Finding>>> servers = new LinkedHashMap<>();
    private final List<MetricsCheckup> scraped;
    private final List<EtcdCheckup> clusters = new ArrayList<>();
    private final List<FoundClusters> found;

    private FleetCheckup(Settings settings, Looking looking) {
        this.rules = settings.rules();
        this.looking = looking;
        settings.prometheus().forEach(entry -> {
            PrometheusCheckup server =
                    new PrometheusCheckup(entry, settings.windows().size());
            servers.put(
                    server,
                    looking.begin(
                            0,
                            Looking.patience(1),
                            server::ask,
                            thrown -> List.of(
                                    Finding.miss("prometheus", server.url() + " cannot be asked (" + thrown + ")"))));
        });
        int listed = settings.etcd().stream()
                .mapToInt(cluster -> cluster.endpoints().size())
                .sum();
        Duration patience = Looking.patience(listed);
        for (EtcdSettings cluster : settings.etcd()) {
            clusters.add(EtcdCheckup.begin(cluster, EtcdCheckup.LISTED, clusters.size(), patience, looking));
        }
        this.scraped = settings.scraped().stream()
                .map(entry -> MetricsCheckup.begin(entry, looking))
                .toList();
        this.found = settings.foundEtcd().stream()
                .map(entry -> FoundClusters.begin(entry, looking))
                .toList();
    }

    /** Begins to look at all of it. */
    static FleetCheckup begin(Settings settings, Looking looking) {
        return new FleetCheckup(settings, looking);
    }

    /** Who answered, by the order of the settings. */
    List<Finding> answered() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<PrometheusCheckup, Looking.Begun<List<Finding>>> server : servers.entrySet()) {
            findings.addAll(server.getValue()
                    .seen()
                    .orElseGet(() -> List.of(Finding.miss(
                            "prometheus",
                            server.getKey().url() + " has not answered within "
                                    + looking.inAll().toSeconds() + " s; check the address and that it is up"))));
        }
        Set<String> members = new HashSet<>();
        Count ofMembers = Count.NONE;
        for (MetricsCheckup entry : scraped) {
            findings.addAll(entry.told(members));
            ofMembers = ofMembers.plus(entry.count());
        }
        findings.addAll(ofMembers.told("metrics", looking.inAll().toSeconds()));
        Set<String> names = new HashSet<>();
        clusters.forEach(cluster -> names.add(cluster.cluster()));
        for (FoundClusters entry : found) {
            findings.addAll(entry.told(names));
            clusters.addAll(entry.clusters());
        }
        Count ofEndpoints = Count.NONE;
        for (EtcdCheckup cluster : clusters) {
            findings.addAll(cluster.told());
            ofEndpoints = ofEndpoints.plus(cluster.count());
        }
        findings.addAll(ofEndpoints.told("etcd", looking.inAll().toSeconds()));
        return findings;
    }

    /** What of the fleet can be seen. To be asked after who answered. */
    List<Finding> seen() {
        List<Finding> findings = new ArrayList<>();
        shown().forEach((cluster, members) -> findings.addAll(Sight.of(cluster, members, rules)));
        if (!clusters.isEmpty()) {
            findings.add(Finding.ok("practice", Practices.UNSEEN));
        }
        findings.addAll(unscraped());
        return findings;
    }

    /** What there is of each cluster, the members among them that nobody scrapes. */
    private SortedMap<String, SortedMap<String, Shown>> shown() {
        SortedMap<String, SortedMap<String, Shown>> all = new TreeMap<>();
        servers.keySet().forEach(server -> add(server.shown(), all));
        scraped.forEach(entry -> add(entry.shown(), all));
        Set<String> partlyAsked = new HashSet<>();
        scraped.forEach(entry -> partlyAsked.addAll(entry.partlyAsked()));
        for (EtcdCheckup cluster : clusters) {
            SortedMap<String, Shown> members = all.get(cluster.cluster());
            if (members == null || partlyAsked.contains(cluster.cluster())) {
                continue;
            }
            for (EtcdProbe.Listed member : cluster.members()) {
                boolean known = members.keySet().stream()
                        .anyMatch(name -> name.equals(member.name())
                                || member.clientUrls().stream().anyMatch(url -> url.endsWith("/" + name)));
                // Names that only a relabel rule knows cannot be matched: as many as members is enough then.
                if (!known && members.size() < cluster.members().size()) {
                    members.put(member.name().isEmpty() ? member.memberId() : member.name(), Shown.never());
                }
            }
        }
        return all;
    }

    private static void add(
            SortedMap<String, SortedMap<String, Shown>> shown, SortedMap<String, SortedMap<String, Shown>> all) {
        shown.forEach((cluster, members) -> {
            SortedMap<String, Shown> known = all.computeIfAbsent(cluster, unseen -> new TreeMap<>());
            // Who shows a page to one of several ways in is seen.
            members.forEach((member, page) -> known.merge(member, page, (one, other) -> one.isPage() ? one : other));
        });
    }

    /** Clusters under a name that nobody scrapes; nothing, as long as somebody who scrapes has not told whom. */
    private List<Finding> unscraped() {
        Set<String> known = new TreeSet<>();
        for (PrometheusCheckup server : servers.keySet()) {
            if (server.clusters().isEmpty()) {
                return List.of();
            }
            known.addAll(server.clusters().get());
        }
        for (MetricsCheckup entry : scraped) {
            if (entry.clusters().isEmpty()) {
                return List.of();
            }
            known.addAll(entry.clusters());
        }
        String who = scraped.isEmpty() ? "Prometheus" : servers.isEmpty() ? "ingest.metrics" : "either way in";
        String label = scraped.isEmpty()
                ? "ingest.prometheus.cluster-label"
                : servers.isEmpty() ? "ingest.metrics.cluster-label" : "the cluster-label of both";
        return known.isEmpty()
                ? List.of()
                : clusters.stream()
                        .filter(cluster -> !known.contains(cluster.cluster()))
                        .map(cluster -> Finding.miss(
                                        cluster.part(),
                                        "etcd cluster '" + cluster.cluster() + "' has no series in " + who
                                                + ", which has: " + PrometheusCheckup.named(known)
                                                + "; windows and statuses would not meet; check ingest.etcd.cluster or "
                                                + label)
                                .because("no-series"))
                        .toList();
    }
}
