package io.quorate.cli;

import io.quorate.ingest.etcd.EtcdDiscovery;
import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which clusters an entry of {@code ingest.etcd} finds that has {@code discover}; each is checked as one that is listed. */
final class FoundClusters {

    private static final String PART = "etcd";

    private final EtcdDiscovery settings;
    private final Discovery place;
    private final Looking looking;
    private final Looking.Begun<Asked> asked;
    private final List<EtcdCheckup> clusters = new ArrayList<>();

    private record Asked(List<Finding> findings, List<EtcdCheckup> clusters) {}

    private FoundClusters(EtcdDiscovery settings, Looking looking) {
        this.settings = settings;
        this.place = settings.targets().clusters();
        this.looking = looking;
        this.asked = looking.begin(
                0,
                looking.inAll(),
                patience -> find(),
                thrown -> new Asked(
                        Discovered.untold(place, PART, String.valueOf(thrown)).findings(), List.of()));
    }

    /** Looks who there is, and begins to ask them all. */
    static FoundClusters begin(EtcdDiscovery settings, Looking looking) {
        return new FoundClusters(settings, looking);
    }

    private Asked find() {
        Discovered found = Discovered.at(place, PART);
        List<Finding> findings = new ArrayList<>(found.findings());
        Duration patience = Looking.patience(found.targets().stream()
                .mapToInt(target -> target.addresses().size())
                .sum());
        List<EtcdCheckup> begun = new ArrayList<>();
        for (Target target : found.targets()) {
            try {
                begun.add(
                        EtcdCheckup.begin(settings.cluster(target), "what is found", begun.size(), patience, looking));
            } catch (IllegalArgumentException e) {
                findings.add(Finding.miss(PART + " " + target.id(), "is found, but cannot be asked: " + e.getMessage())
                        .because("discovery"));
            }
        }
        return new Asked(findings, begun);
    }

    /**
     * What was found out about the place, once. To be asked before the clusters are.
     *
     * @param before the names of those that earlier entries have; those of this one come in addition
     */
    List<Finding> told(Set<String> before) throws InterruptedException {
        Asked all = asked.seen()
                .orElseGet(() -> new Asked(
                        Discovered.untold(
                                        place,
                                        PART,
                                        "no answer within " + looking.inAll().toSeconds() + " s")
                                .findings(),
                        List.of()));
        List<Finding> findings = new ArrayList<>(all.findings());
        List<String> twice = new ArrayList<>();
        for (EtcdCheckup cluster : all.clusters()) {
            if (before.add(cluster.cluster())) {
                clusters.add(cluster);
            } else {
                twice.add(cluster.cluster());
            }
        }
        findings.addAll(Discovered.twice(place, PART, twice));
        return findings;
    }

    /** Those that count as this entry has them. */
    List<EtcdCheckup> clusters() {
        return clusters;
    }
}
