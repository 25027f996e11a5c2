package io.quorate.cli;

import io.quorate.events.MemberScrape;
import io.quorate.events.Sample;
import io.quorate.ingest.catalogue.Shown;
import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.Target;
import io.quorate.ingest.prometheus.ScrapeProbe;
import io.quorate.ingest.prometheus.ScrapeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the members of one entry of {@code ingest.metrics} are found, and what the page of each shows. */
final class MetricsCheckup {

    private static final String PART = "metrics";

    private final ScrapeSettings settings;
    private final Discovery place;
    private final ScrapeProbe probe;
    private final Looking looking;
    private final Looking.Begun<Asked> asked;

    private final SortedSet<String> clusters = new TreeSet<>();
    private final SortedSet<String> partlyAsked = new TreeSet<>();
    private final SortedMap<String, SortedMap<String, Shown>> shown = new TreeMap<>();
    private Count count = Count.NONE;

    /** Who was found, and the looks at them. */
    private record Asked(Discovered found, Map<Target, Looking.Begun<Told>> members) {}

    /** What one member told. */
    private record Told(List<Finding> findings, Shown shown) {}

    private MetricsCheckup(ScrapeSettings settings, Looking looking) {
        this.settings = settings;
        this.place = settings.targets().members();
        this.probe = new ScrapeProbe(settings);
        this.looking = looking;
        this.asked = looking.begin(
                0,
                looking.inAll(),
                patience -> find(),
                thrown -> new Asked(Discovered.untold(place, PART, String.valueOf(thrown)), Map.of()));
    }

    /** Looks who there is, and begins to ask them all. */
    static MetricsCheckup begin(ScrapeSettings settings, Looking looking) {
        return new MetricsCheckup(settings, looking);
    }

    private Asked find() {
        Discovered found = Discovered.at(place, PART);
        Map<String, Long> sizes =
                found.targets().stream().collect(Collectors.groupingBy(MetricsCheckup::cluster, Collectors.counting()));
        Duration patience = Looking.patience(found.targets().size());
        Map<Target, Looking.Begun<Told>> members = new LinkedHashMap<>();
        for (Target target : found.targets()) {
            int size = sizes.getOrDefault(cluster(target), 0L).intValue();
            members.put(
                    target,
                    looking.begin(
                            members.size(),
                            patience,
                            within -> ask(target, size, within),
                            thrown -> missed(target, "error", thrown + "; check the address")));
        }
        return new Asked(found, members);
    }

    private Told ask(Target target, int size, Duration patience) {
        try {
            ScrapeProbe.Page page = probe.ask(target, patience);
            return told(target, page, Shown.of(page.scrape(), size));
        } catch (ScrapeProbe.NoPage e) {
            return missed(target, e.reason(), e.getMessage() + (e.next().isEmpty() ? "" : "; " + e.next()));
        }
    }

    private static Told told(Target target, ScrapeProbe.Page page, Shown shown) {
        String part = PART + " " + cluster(target);
        MemberScrape scrape = page.scrape();
        String version = Shown.version(scrape);
        String role = role(scrape);
        String what = url(target) + ": member " + member(target) + (version == null ? "" : ", version " + version)
                + (role.isEmpty() ? "" : ", " + role);
        List<Finding> findings = new ArrayList<>();
        findings.add(
                role.equals(Sight.NO_LEADER)
                        ? Finding.note(part, what).because("no-leader")
                        : Finding.ok(part, what).alikeTo("members show their metrics"));
        if (page.leftOut() != null) {
            findings.add(Finding.note(part, url(target) + ": " + page.leftOut()).because("malformed"));
        }
        OptionalDouble size = gauge(scrape, "etcd_mvcc_db_total_size_in_bytes");
        OptionalDouble quota = gauge(scrape, "etcd_server_quota_backend_bytes");
        if (size.isPresent() && quota.orElse(0) > 0 && size.getAsDouble() / quota.getAsDouble() > Sight.NEARLY_FULL) {
            findings.add(Sight.nearlyFull(cluster(target), member(target), size.getAsDouble() / quota.getAsDouble()));
        }
        return new Told(findings, shown);
    }

    private static Told missed(Target target, String reason, String why) {
        return new Told(
                List.of(Finding.miss(
                                PART + " " + cluster(target),
                                url(target) + " (member " + member(target) + ") cannot be asked: " + reason + ": "
                                        + why)
                        .because(reason)),
                Shown.failed(reason + ": " + why));
    }

    /** By its own account; blank when its page does not tell. */
    private static String role(MemberScrape scrape) {
        OptionalDouble leads = gauge(scrape, "etcd_server_is_leader");
        if (gauge(scrape, "etcd_server_is_learner").orElse(0) > 0) {
            return "learner";
        }
        if (gauge(scrape, "etcd_server_has_leader").orElse(1) == 0) {
            return Sight.NO_LEADER;
        }
        return leads.isEmpty() ? "" : leads.getAsDouble() > 0 ? "leader" : "follower";
    }

    private static OptionalDouble gauge(MemberScrape scrape, String name) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals(name) && gauge.labels().isEmpty())
                .mapToDouble(Sample::value)
                .findFirst();
    }

    /**
     * All that was found out, once. To be asked before anything else is.
     *
     * @param before who was found by earlier entries; those of this one come in addition
     */
    List<Finding> told(Set<String> before) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Asked all = asked.seen().orElse(null);
        if (all == null) {
            return Discovered.untold(
                            place, PART, "no answer within " + looking.inAll().toSeconds() + " s")
                    .findings();
        }
        findings.addAll(all.found().findings());
        settings.transport()
                .cautions(
                        all.found().targets().stream().map(MetricsCheckup::url).toList())
                .forEach(caution -> findings.add(Finding.note(PART, caution)));
        List<String> twice = new ArrayList<>();
        for (Map.Entry<Target, Looking.Begun<Told>> member : all.members().entrySet()) {
            if (!before.add(member.getKey().id())) {
                twice.add(member.getKey().id());
                continue;
            }
            Told told = member.getValue().seen().orElse(null);
            take(member.getKey(), told);
            if (told != null) {
                findings.addAll(told.findings());
            }
        }
        findings.addAll(Discovered.twice(place, PART, twice));
        return findings;
    }

    private void take(Target target, @Nullable Told told) {
        clusters.add(cluster(target));
        count = count.plus(told != null);
        if (told == null) {
            partlyAsked.add(cluster(target));
        } else {
            shown.computeIfAbsent(cluster(target), unseen -> new TreeMap<>()).put(member(target), told.shown());
        }
    }

    /** Whom it found. */
    SortedSet<String> clusters() {
        return clusters;
    }

    /** Those of which not all members could be asked in time. */
    SortedSet<String> partlyAsked() {
        return partlyAsked;
    }

    /** What each member of each cluster shows of the required metrics. */
    SortedMap<String, SortedMap<String, Shown>> shown() {
        return shown;
    }

    Count count() {
        return count;
    }

    private static String cluster(Target target) {
        return target.labels().getOrDefault("cluster", "");
    }

    private static String member(Target target) {
        return target.labels().getOrDefault("member", "");
    }

    private static String url(Target target) {
        return target.addresses().get(0);
    }
}
