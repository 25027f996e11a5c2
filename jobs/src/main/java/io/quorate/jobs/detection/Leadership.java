package io.quorate.jobs.detection;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who leads one cluster, as far as its members' answers allow to say; a Flink POJO, as it is keyed state.
 *
 * <p>An answer is a belief, and (leader, raftTerm) is not read atomically: the term lags, answers can be torn. So a leader
 * is accepted only in a term above the last accepted one, and only when a second answer, of any member, says the same; a
 * term has one leader. Whether somebody meant the change, its old leader may tell a moment later: then it waits for that.
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
    public Map<String, Reign.Mark> claimed = new HashMap<>();

    /** What was seen of the leader's time in office. */
    public Reign reign = new Reign();

    public Roll roll = new Roll();

    /** The last change, while it waits for its old leader. */
    public @Nullable Undecided undecided;

    static Leadership unknown() {
        return new Leadership();
    }

    /** Takes in one answer, in order of time; the leader changes that it confirms or decides. */
    List<LeaderChange> observe(MemberStatus status) {
        List<LeaderChange> told = new ArrayList<>();
        endpoints.put(status.endpoint(), status.observedAt());
        endpoints.values().removeIf(seen -> seen.isBefore(status.observedAt().minusSeconds(600)));
        roll.observe(status, endpoints.size());
        if (undecided != null) {
            undecided.observe(status);
            decide(status.observedAt(), told);
        }
        if (!status.answered()) {
            if (leaderId != null && nameOf(leaderId).equals(status.member())) {
                reign.fellSilent(status);
            }
            return told;
        }
        if (status.clusterId() != null && !status.clusterId().equals(clusterId)) {
            giveUp(status.observedAt(), told);
            forget(status.clusterId());
        }
        if (status.memberId() != null) {
            names.put(status.memberId(), status.member());
        }
        String leader = status.leaderId();
        if (leader == null) {
            reign.leaderless = true;
            return told;
        }
        if (status.raftTerm() < raftTerm) {
            return told;
        }
        if (leaderId != null && status.raftTerm() == raftTerm) {
            if (leader.equals(leaderId)) {
                hearOfTheLeader(status);
            }
            return told;
        }
        reign.followed |= !leader.equals(leaderId) && Objects.equals(status.memberId(), leaderId);
        Reign.Mark first = claimed.putIfAbsent(leader + '@' + status.raftTerm(), Reign.Mark.of(status));
        if (first != null) {
            accept(leader, first, status, told);
        }
        return told;
    }

    /** When waiting for an old leader ends; null when none is waited for. */
    @Nullable
    Instant waitsUntil() {
        return undecided == null ? null : undecided.until();
    }

    /** It is that late, and all answers up to then are in; the leader change that nobody can decide any more. */
    List<LeaderChange> timeIs(Instant now) {
        List<LeaderChange> told = new ArrayList<>();
        Instant until = waitsUntil();
        if (until != null && !until.isAfter(now)) {
            giveUp(until, told);
        }
        return told;
    }

    private void hearOfTheLeader(MemberStatus status) {
        if (status.isLeader()) {
            reign.leads(status);
        } else {
            reign.isFollowed(status);
        }
    }

    private void accept(String leader, Reign.Mark first, MemberStatus second, List<LeaderChange> told) {
        giveUp(second.observedAt(), told);
        if (leaderId != null) {
            String from = nameOf(leaderId);
            LeaderChange change = new LeaderChange(
                    second.cluster(),
                    clusterId,
                    from,
                    leaderId,
                    nameOf(leader),
                    leader,
                    second.raftTerm(),
                    first.at(),
                    second.observedAt(),
                    Planned.UNKNOWN,
                    second.voters() > 0 ? second.voters() : endpoints.size());
            // Who hands over takes one term; more have seen candidates fail.
            boolean isNext = !change.regained() && second.raftTerm() == raftTerm + 1;
            undecided = isNext || reign.lost
                    ? Undecided.of(change, reign, first, roll.reaches(from, second.observedAt()))
                    : Undecided.nobodyKnows(change);
        }
        leaderId = leader;
        raftTerm = second.raftTerm();
        reign = new Reign();
        hearOfTheLeader(second);
        claimed.keySet().removeIf(claim -> Long.parseLong(claim.substring(claim.indexOf('@') + 1)) <= raftTerm);
        decide(second.observedAt(), told);
    }

    private void decide(Instant now, List<LeaderChange> told) {
        Planned planned = undecided == null ? null : undecided.planned();
        if (planned != null) {
            tell(planned, now, told);
        }
    }

    private void giveUp(Instant now, List<LeaderChange> told) {
        if (undecided != null) {
            tell(Planned.UNKNOWN, now, told);
        }
    }

    private void tell(Planned planned, Instant now, List<LeaderChange> told) {
        if (undecided != null) {
            told.add(undecided.decided(planned, now));
            undecided = null;
        }
        if (planned == Planned.YES) {
            roll.wasMeant(now);
        } else if (planned == Planned.NO) {
            roll.wasDisturbed(now);
        }
    }

    private String nameOf(String memberId) {
        return names.getOrDefault(memberId, memberId);
    }

    private void forget(@Nullable String newClusterId) {
        clusterId = newClusterId;
        leaderId = null;
        raftTerm = 0;
        names.clear();
        claimed.clear();
        reign = new Reign();
        roll = new Roll();
    }
}
