package io.quorate.ingest.etcd;

import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberStatus;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes events of the answers of one cluster, with the names of its last member list. Of one thread at a time. */
final class MemberEvents {

    private static final Logger LOG = LoggerFactory.getLogger(MemberEvents.class);

    private final String cluster;
    private final Map<String, String> labels;
    private @Nullable ClusterRoster roster;
    private long lastMomentMillis;

    MemberEvents(String cluster, Map<String, String> labels) {
        this.cluster = cluster;
        this.labels = labels;
    }

    static String clusterId(ResponseHeader header) {
        return Long.toHexString(header.getClusterId());
    }

    static String memberId(ResponseHeader header) {
        return Long.toHexString(header.getMemberId());
    }

    boolean hasRoster() {
        return roster != null;
    }

    /** The next list names the members; until then they are what their addresses say. */
    void forget() {
        roster = null;
    }

    /** The member list, which names the members from now on. */
    ClusterRoster roster(MemberListResponse answer) {
        Instant now = moment();
        List<ClusterRoster.Member> members = answer.getMembersList().stream()
                .map(member -> new ClusterRoster.Member(
                        Long.toHexString(member.getID()),
                        member.getName(),
                        member.getIsLearner(),
                        List.copyOf(member.getClientURLsList())))
                .sorted(Comparator.comparing(ClusterRoster.Member::memberId))
                .toList();
        ClusterRoster taken = new ClusterRoster(cluster, clusterId(answer.getHeader()), now, now, members, labels);
        tellOfReplaced(roster, taken);
        roster = taken;
        return taken;
    }

    private void tellOfReplaced(@Nullable ClusterRoster before, ClusterRoster now) {
        if (before == null || !before.clusterId().equals(now.clusterId())) {
            return;
        }
        for (ClusterRoster.Member member : now.members()) {
            before.members().stream()
                    .filter(earlier ->
                            !member.name().isEmpty() && earlier.name().equals(member.name()))
                    .filter(earlier -> now.members().stream()
                            .noneMatch(other -> other.memberId().equals(earlier.memberId())))
                    .forEach(earlier -> LOG.warn(
                            "{}: {} is now member {}, was {}: removed and added again; its windows begin anew",
                            cluster,
                            member.name(),
                            member.memberId(),
                            earlier.memberId()));
        }
    }

    /** Of a member that answered. */
    MemberStatus status(Endpoint endpoint, StatusResponse answer) {
        String id = memberId(answer.getHeader());
        String name = roster == null ? null : roster.nameOf(id);
        Instant now = moment();
        return new MemberStatus(
                cluster,
                clusterId(answer.getHeader()),
                name == null ? endpoint.hostAndPort() : name,
                id,
                endpoint.url(),
                now,
                now,
                answer.getVersion(),
                answer.getDbSize(),
                answer.getDbSizeInUse(),
                answer.getLeader() == 0 ? null : Long.toHexString(answer.getLeader()),
                answer.getRaftTerm(),
                answer.getRaftIndex(),
                answer.getRaftAppliedIndex(),
                answer.getIsLearner(),
                List.copyOf(answer.getErrorsList()),
                voters(),
                null,
                null);
    }

    /** Of one that did not. */
    MemberStatus failed(Endpoint endpoint, String failure, String detail) {
        ClusterRoster.Member member = byUrl(endpoint);
        return MemberStatus.failed(
                cluster,
                member == null || member.name().isEmpty() ? endpoint.hostAndPort() : member.name(),
                member == null ? null : member.memberId(),
                endpoint.url(),
                moment(),
                voters(),
                failure,
                detail);
    }

    /** Who this endpoint is by the last member list: a member that does not answer cannot tell. */
    private ClusterRoster.@Nullable Member byUrl(Endpoint endpoint) {
        if (roster == null) {
            return null;
        }
        return roster.members().stream()
                .filter(member -> member.clientUrls().stream()
                        .anyMatch(url -> url.equals(endpoint.url()) || url.endsWith("/" + endpoint.hostAndPort())))
                .findFirst()
                .orElse(null);
    }

    private int voters() {
        return roster == null ? 0 : roster.voters();
    }

    /** Now, and never the same moment twice: whoever orders by time must not meet a tie. */
    Instant moment() {
        lastMomentMillis = Math.max(System.currentTimeMillis(), lastMomentMillis + 1);
        return Instant.ofEpochMilli(lastMomentMillis);
    }
}
