package io.quorate.jobs.detection;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who leads one cluster, as far as its members' answers allow to say; a Flink POJO, as it is keyed state.
 *
 * <p>An answer is a belief, and (leader, raftTerm) is not read atomically: the term lags, answers can be torn. So a leader
 * is accepted only in a term above the last accepted one, and only when a second answer, of any member, says the same; a
 * term has one leader.
 */
public class Leadership {

    /** The cluster this is about; another id under the same name is another cluster. */
    public @Nullable String clusterId;

    public @Nullable String leaderId;
    public long raftTerm;

    /** Names by member id, as the members' own answers tell them. */
    public Map<String, String> names = new HashMap<>();

    /** When each endpoint was last seen: whoever answers or is asked belongs. */
    public Map<String, Instant> endpoints = new HashMap<>();

    /** First answers that nobody has confirmed yet, by {@code leader@term}. */
    public Map<String, Instant> claims = new HashMap<>();

    /** When the leader's own poll last failed, while it leads. */
    public @Nullable Instant leaderSilentSince;

    /** The leader was silent, and others still followed it: nobody hands over leadership like that. */
    public boolean leaderLost;

    static Leadership unknown() {
        return new Leadership();
    }

    /** Takes in one answer, in order of time; a leader change, when this answer confirms one. */
    @Nullable
    LeaderChange observe(MemberStatus status) {
        endpoints.put(status.endpoint(), status.observedAt());
        endpoints.values().removeIf(seen -> seen.isBefore(status.observedAt().minusSeconds(600)));
        if (!status.answered()) {
            if (leaderId != null && nameOf(leaderId).equals(status.member())) {
                leaderSilentSince = status.observedAt();
            }
            return null;
        }
        if (status.clusterId() != null && !status.clusterId().equals(clusterId)) {
            forget(status.clusterId());
        }
        if (status.memberId() != null) {
            names.put(status.memberId(), status.member());
        }
        String claimed = status.leaderId();
        if (claimed == null || status.raftTerm() < raftTerm) {
            return null;
        }
        if (leaderId != null && status.raftTerm() == raftTerm) {
            if (claimed.equals(leaderId)) {
                hearOfTheLeader(status);
            }
            return null;
        }
        Instant first = claims.putIfAbsent(claimed + '@' + status.raftTerm(), status.observedAt());
        return first == null ? null : accept(claimed, first, status);
    }

    private void hearOfTheLeader(MemberStatus status) {
        if (status.isLeader()) {
            leaderSilentSince = null;
            leaderLost = false;
        } else if (leaderSilentSince != null) {
            leaderLost = true;
        }
    }

    private @Nullable LeaderChange accept(String leader, Instant first, MemberStatus second) {
        LeaderChange change = leaderId == null
                ? null
                : new LeaderChange(
                        second.cluster(),
                        clusterId,
                        nameOf(leaderId),
                        leaderId,
                        nameOf(leader),
                        leader,
                        second.raftTerm(),
                        first,
                        second.observedAt(),
                        leaderLost ? Planned.NO : Planned.UNKNOWN,
                        second.voters() > 0 ? second.voters() : endpoints.size());
        leaderId = leader;
        raftTerm = second.raftTerm();
        leaderSilentSince = null;
        leaderLost = false;
        claims.keySet().removeIf(claim -> Long.parseLong(claim.substring(claim.indexOf('@') + 1)) <= raftTerm);
        return change;
    }

    private String nameOf(String memberId) {
        return names.getOrDefault(memberId, memberId);
    }

    private void forget(@Nullable String newClusterId) {
        clusterId = newClusterId;
        leaderId = null;
        raftTerm = 0;
        names.clear();
        claims.clear();
        leaderSilentSince = null;
        leaderLost = false;
    }
}
