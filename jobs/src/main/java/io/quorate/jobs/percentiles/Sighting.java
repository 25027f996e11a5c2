package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Labels;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.catalogue.Shown;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a scrape, a status or a member list tells of who there is and which metrics it shows; no value of any.
 *
 * @param member as the scrape or the status names it; empty for a member list
 * @param memberId lower-case hex, when known
 * @param version of etcd, when it tells
 * @param failure why the scrape brought nothing; null when it did, or is none
 * @param metrics base names that a scrape showed
 * @param node what a scrape tells of its member's machine: empty when readings of it came along, else why not; null when
 *     nobody asked
 * @param roster the members of a member list
 */
public record Sighting(
        Kind kind,
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        Instant observedAt,
        @Nullable String version,
        @Nullable String failure,
        List<String> metrics,
        @Nullable String node,
        List<ClusterRoster.Member> roster) {

    /** Where it comes from. */
    public enum Kind {
        SCRAPE,
        STATUS,
        ROSTER
    }

    public Sighting {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(observedAt, "observedAt");
        metrics = metrics == null ? List.of() : metrics;
        roster = roster == null ? List.of() : roster;
    }

    static Sighting of(MemberScrape scrape) {
        return new Sighting(
                Kind.SCRAPE,
                scrape.cluster(),
                scrape.clusterId(),
                scrape.member(),
                scrape.memberId(),
                scrape.observedAt(),
                Shown.version(scrape),
                scrape.failure(),
                List.copyOf(Shown.metrics(scrape)),
                node(scrape),
                List.of());
    }

    static Sighting of(MemberStatus status) {
        return new Sighting(
                Kind.STATUS,
                status.cluster(),
                status.clusterId(),
                status.member(),
                status.memberId(),
                status.observedAt(),
                status.version(),
                status.failure(),
                List.of(),
                null,
                List.of());
    }

    static Sighting of(ClusterRoster roster) {
        return new Sighting(
                Kind.ROSTER,
                roster.cluster(),
                roster.clusterId(),
                "",
                null,
                roster.observedAt(),
                null,
                null,
                List.of(),
                null,
                roster.members());
    }

    /** What another one of the same replaces when it is newer. */
    String whose() {
        return kind + " " + member;
    }

    private static @Nullable String node(MemberScrape scrape) {
        return scrape.gauges().stream()
                .filter(gauge -> gauge.metric().equals(Catalogue.NODE_UP))
                .map(gauge ->
                        gauge.value() > 0 ? "" : Labels.parse(gauge.labels()).getOrDefault("why", "not told why"))
                .findFirst()
                .orElse(null);
    }
}
