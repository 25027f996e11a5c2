package io.quorate.cli.simulate;

import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.prometheus.ScrapeAssembler;
import io.quorate.ingest.prometheus.TextFormat;
import io.quorate.simulator.face.Observation;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.StatusAnswer;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What was seen of a simulated fleet as the events that the ingest job would have made of it. */
final class SimulatedEvents {

    private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());
    private final int voters;

    SimulatedEvents(int voters) {
        this.voters = voters;
    }

    /** A look at a member's page. */
    MemberScrape scrape(Observation seen) {
        Instant arrived = instant(seen.arrivesAt());
        Instant at = instant(seen.askedAt());
        String source = "simulator/" + seen.source();
        if (seen.page() == null) {
            return MemberScrape.failed(
                    seen.cluster(), seen.member(), source, at, arrived, failureClass(seen) + ": " + seen.error());
        }
        ScrapeAssembler assembler = new ScrapeAssembler();
        format.read(seen.page(), assembler);
        return assembler.scrape(seen.cluster(), seen.member(), source, at, arrived);
    }

    /** A look at a member's status. */
    MemberStatus status(Observation seen) {
        Instant at = instant(seen.askedAt() + seen.took());
        String endpoint = "simulator/" + seen.cluster() + "/" + seen.member();
        StatusAnswer answer = seen.status();
        if (answer == null) {
            return MemberStatus.failed(
                    seen.cluster(),
                    seen.member(),
                    null,
                    endpoint,
                    at,
                    voters,
                    failureClass(seen),
                    String.valueOf(seen.error()));
        }
        return new MemberStatus(
                seen.cluster(),
                Long.toHexString(answer.clusterId()),
                seen.member(),
                Long.toHexString(answer.memberId()),
                endpoint,
                at,
                at,
                answer.version(),
                answer.dbSize(),
                answer.dbSizeInUse(),
                answer.leader() == 0 ? null : Long.toHexString(answer.leader()),
                answer.raftTerm(),
                answer.raftIndex(),
                answer.raftAppliedIndex(),
                false,
                answer.errors(),
                voters,
                null,
                null);
    }

    /** Who belongs. */
    static ClusterRoster roster(Cluster cluster, Instant now) {
        return new ClusterRoster(
                cluster.name(),
                cluster.hexId(),
                now,
                now,
                cluster.members().stream()
                        .map(member -> new ClusterRoster.Member(member.hexId(), member.name(), false, List.of()))
                        .toList(),
                cluster.labels());
    }

    private static String failureClass(Observation seen) {
        return String.valueOf(seen.error()).contains("refused")
                ? "refused"
                : String.valueOf(seen.error()).contains("timed out") ? "timeout" : "error";
    }

    static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(Math.round(epochSeconds * 1000));
    }
}
