package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.ingest.catalogue.Absence;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Metric;
import io.quorate.ingest.catalogue.Shown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to one cluster and what each of them was last seen to show; a Flink POJO, as it is keyed state.
 *
 * <p>A member is known by its id where anything told it, else by its name. Scrapes that fail tell no id: theirs is the one
 * that the same name had before, or has in the member list.
 */
public class ClusterView {

    /** A member that nothing was heard of for so long, and that the member list does not have, is no more. */
    private static final Duration GONE_AFTER = Duration.ofMinutes(10);

    /** Prometheus may scrape that seldom; what came no later than this ago is what the member shows. */
    private static final Duration SCRAPED_WITHIN = Duration.ofMinutes(2);

    private static final Duration TOLD_EVERY = Duration.ofMinutes(10);

    public @Nullable String clusterId;

    /** By member id. */
    public Map<String, ClusterRoster.Member> roster = new HashMap<>();

    /** By member id, or by name where that is unknown. */
    public Map<String, MemberView> members = new HashMap<>();

    /** Ids by the names that scrapes and statuses use. */
    public Map<String, String> ids = new HashMap<>();

    /** What is known of one member; a Flink POJO. */
    public static class MemberView {
        public String name = "";
        public @Nullable String memberId;
        public @Nullable String version;
        public Instant heardAt = Instant.EPOCH;
        public Instant scrapedAt = Instant.EPOCH;
        public @Nullable String failure;
        public List<String> metrics = new ArrayList<>();
        /** As {@link Sighting#node}. */
        public @Nullable String node;
        /** What the last event said was missing, as {@code metric=why}. */
        public List<String> told = new ArrayList<>();

        public Instant toldAt = Instant.EPOCH;
    }

    /** Takes in what was seen, in order of time. */
    void see(Sighting sighting) {
        if (sighting.clusterId() != null) {
            clusterId = sighting.clusterId();
        }
        if (sighting.kind() == Sighting.Kind.ROSTER) {
            roster.clear();
            for (ClusterRoster.Member member : sighting.roster()) {
                roster.put(member.memberId(), member);
                MemberView view = members.computeIfAbsent(member.memberId(), unseen -> new MemberView());
                view.memberId = member.memberId();
                view.name = member.name().isEmpty() ? member.memberId() : member.name();
                view.heardAt = sighting.observedAt();
            }
            return;
        }
        String id = sighting.memberId() == null ? idOf(sighting.member()) : sighting.memberId();
        if (id != null && sighting.memberId() != null) {
            ids.put(sighting.member(), id);
            // It was known by its name until now.
            members.remove(sighting.member());
        }
        if (sighting.kind() == Sighting.Kind.STATUS && id == null) {
            // An endpoint that never answered: nobody knows whether a member stands there.
            return;
        }
        MemberView view = members.computeIfAbsent(id == null ? sighting.member() : id, unseen -> new MemberView());
        view.memberId = id;
        ClusterRoster.Member listed = id == null ? null : roster.get(id);
        view.name = listed == null || listed.name().isEmpty() ? sighting.member() : listed.name();
        view.heardAt = sighting.observedAt();
        view.version = sighting.version() == null ? view.version : sighting.version();
        if (sighting.kind() == Sighting.Kind.SCRAPE) {
            view.scrapedAt = sighting.observedAt();
            view.failure = sighting.failure();
            view.metrics = new ArrayList<>(sighting.metrics());
            // A scrape that failed says nothing of the machine.
            view.node = sighting.failure() == null ? sighting.node() : view.node;
        }
    }

    private @Nullable String idOf(String name) {
        String known = ids.get(name);
        return known != null
                ? known
                : roster.values().stream()
                        .filter(member -> member.name().equals(name)
                                || member.clientUrls().stream().anyMatch(url -> url.endsWith("/" + name)))
                        .map(ClusterRoster.Member::memberId)
                        .findFirst()
                        .orElse(null);
    }

    /** What is to be told of this cluster by now: what changed, and what was long not told. */
    List<Coverage> told(String cluster, Instant now) {
        members.entrySet()
                .removeIf(member -> !roster.containsKey(member.getKey())
                        && member.getValue().heardAt.isBefore(now.minus(GONE_AFTER)));
        ids.values().removeIf(id -> !members.containsKey(id));
        List<Coverage> all = new ArrayList<>();
        for (MemberView member : new TreeMap<>(members).values()) {
            Coverage coverage = coverage(cluster, member, now);
            List<String> says = coverage.missing().stream()
                    .map(missing -> missing.metric() + '=' + missing.why())
                    .toList();
            if (!says.equals(member.told) || !member.toldAt.plus(TOLD_EVERY).isAfter(now)) {
                member.told = new ArrayList<>(says);
                member.toldAt = now;
                all.add(coverage);
            }
        }
        return all;
    }

    private Coverage coverage(String cluster, MemberView member, Instant now) {
        Shown shown = shown(member, now);
        Shown node = machine(member, now);
        List<String> present = new ArrayList<>();
        List<Coverage.Missing> missing = new ArrayList<>();
        for (Metric metric : Catalogue.shipped().metrics()) {
            boolean ofNode = metric.origin() == Metric.Origin.NODE;
            if (metric.origin() == Metric.Origin.QUORATE || (ofNode && member.node == null)) {
                continue;
            }
            Absence absence = (ofNode ? node : shown).absence(metric);
            if (absence == null) {
                present.add(metric.name());
            } else {
                missing.add(new Coverage.Missing(
                        metric.name(), absence.reason().word(), absence.detail(), metric.required()));
            }
        }
        return new Coverage(cluster, clusterId, member.name, member.memberId, member.version, now, present, missing);
    }

    private Shown shown(MemberView member, Instant now) {
        Shown nothing = nothing(member, now);
        return nothing == null ? Shown.page(Set.copyOf(member.metrics), member.version, roster.size()) : nothing;
    }

    /** The machine that the member runs on: its readings come with the member's. */
    private static Shown machine(MemberView member, Instant now) {
        Shown nothing = nothing(member, now);
        return nothing == null
                ? Shown.node(Set.copyOf(member.metrics), member.node == null ? "" : member.node)
                : nothing;
    }

    /** Of a member without a scrape that counts; null for any other. */
    private static @Nullable Shown nothing(MemberView member, Instant now) {
        if (member.scrapedAt.isBefore(now.minus(SCRAPED_WITHIN))) {
            return Shown.never();
        }
        return member.failure == null ? null : Shown.failed(member.failure);
    }
}
