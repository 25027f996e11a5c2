package io.quorate.simulator.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who leads, and for how long nobody does: raft as etcd runs it, with check-quorum and, if so wished, pre-vote. Messages are
 * events. Regular heartbeats are not: a follower that hears them is {@link Member#steady}, and its timer starts from the last
 * one when they end.
 */
final class Raft {

    private final Cluster cluster;
    private final Agenda agenda;
    private final Network network;
    private final List<Member> members;
    private final ClusterShape shape;
    private final boolean[][] contacting;
    private final List<Election> elections = new ArrayList<>();

    Raft(Cluster cluster, Agenda agenda, Network network, List<Member> members) {
        this.cluster = cluster;
        this.agenda = agenda;
        this.network = network;
        this.members = members;
        this.shape = cluster.shape();
        this.contacting = new boolean[members.size()][members.size()];
    }

    List<Election> elections() {
        return List.copyOf(elections);
    }

    int quorum() {
        return members.size() / 2 + 1;
    }

    /** Looks at everything anew, after something changed: whose heartbeats reach whom, and who must worry. */
    void review() {
        for (Member member : members) {
            if (!member.live()) {
                disarm(member);
                doubtNoMore(member);
            } else if (member.leads()) {
                disarm(member);
                checkQuorum(member);
            } else {
                doubtNoMore(member);
                checkHeartbeats(member);
            }
        }
        for (Member leader : members) {
            if (leader.live() && leader.leads()) {
                for (Member other : members) {
                    if (other != leader && !follows(other, leader)) {
                        contact(leader, other, cluster.random().below(shape.heartbeatMicros()));
                    }
                }
            }
        }
    }

    /** The member that leads with a quorum behind it, if there is one: only then entries are committed. */
    int serving() {
        for (Member leader : members) {
            if (leader.live() && leader.leads() && !leader.handingOver) {
                int behind = 1;
                for (Member other : members) {
                    if (other != leader && other.live() && follows(other, leader) && network.bothWays(leader, other)) {
                        behind++;
                    }
                }
                if (behind >= quorum()) {
                    return leader.index;
                }
            }
        }
        return Member.NONE;
    }

    boolean follows(Member other, Member leader) {
        return other.lead == leader.index && other.term == leader.term;
    }

    void started(Member member, boolean alone) {
        member.role = Role.FOLLOWER;
        member.lead = Member.NONE;
        member.electionTimeout = drawTimeout(member);
        // etcd skips most of the first timeout once its peers answer.
        member.lastHeard = cluster.now() - (alone ? 0 : shape.electionTimeoutMicros() * 6 / 10);
        member.steady = false;
    }

    void stopped(Member member) {
        member.role = Role.FOLLOWER;
        member.handingOver = false;
        member.lead = Member.NONE;
        disarm(member);
        doubtNoMore(member);
    }

    void paused(Member member) {
        disarm(member);
        doubtNoMore(member);
        member.steady = false;
    }

    void resumed(Member member, long since) {
        // The ticks of that time are lost, so the timer stands where it stood.
        member.lastHeard = Math.max(member.lastHeard, since) + cluster.now() - since;
        member.lastBeat = cluster.now();
        member.lastTick = cluster.now();
        if (member.leads()) {
            // Its next heartbeat to each peer is far too late.
            member.counters.heartbeatSendFailures += members.size() - 1L;
        }
    }

    /** A heartbeat of a slow leader arrives. */
    void hear(Member follower, Member leader) {
        if (follower.live() && follows(follower, leader) && !follower.leads()) {
            follower.lastHeard = cluster.now();
            arm(follower);
        }
    }

    /** Hands leadership over, as a leader does that is asked to end: to the follower that has been there longest. */
    void handOver(Member leader) {
        members.stream()
                .filter(other ->
                        other != leader && other.live() && follows(other, leader) && network.bothWays(leader, other))
                .min(Comparator.comparingLong(other -> other.startedAt))
                .ifPresent(other -> {
                    // Meanwhile it takes no proposals: its successor must not fall behind.
                    leader.handingOver = true;
                    agenda.at(cluster.now() + network.delay(leader, other), () -> {
                        if (other.live() && follows(other, leader)) {
                            campaign(other, true, false);
                            cluster.changed();
                        }
                    });
                });
    }

    private void checkHeartbeats(Member follower) {
        if (steady(follower)) {
            disarm(follower);
            follower.steady = true;
            return;
        }
        if (follower.steady) {
            follower.lastHeard = cluster.now() - follower.timers.below(shape.heartbeatMicros());
            follower.steady = false;
            follower.armed = false;
        }
        if (!follower.armed) {
            arm(follower);
        }
    }

    private boolean steady(Member follower) {
        if (follower.lead == Member.NONE) {
            return false;
        }
        Member leader = members.get(follower.lead);
        return leader.leads()
                && leader.term == follower.term
                && leader.live()
                && !leader.slow()
                && network.open(leader, follower);
    }

    private void arm(Member member) {
        int generation = ++member.timerGeneration;
        member.armed = true;
        // A slow loop loses ticks: the clock of raft runs late there.
        double stretch = Math.max(1, member.slow() ? 2 * member.meanLoop() / Time.seconds(shape.heartbeatMicros()) : 1);
        long deadline = member.lastHeard + Math.round(member.electionTimeout * stretch);
        agenda.at(Math.max(deadline, cluster.now()), () -> {
            if (member.timerGeneration == generation && member.live() && !member.leads()) {
                member.armed = false;
                campaign(member, false, shape.preVote());
                cluster.changed();
            }
        });
    }

    private void disarm(Member member) {
        member.timerGeneration++;
        member.armed = false;
    }

    /** etcd counts ticks: the timeout is a whole number of heartbeats in [T, 2T). */
    private long drawTimeout(Member member) {
        long ticks = shape.electionTimeoutMicros() / shape.heartbeatMicros();
        return shape.electionTimeoutMicros() + member.timers.below(ticks) * shape.heartbeatMicros();
    }

    private void checkQuorum(Member leader) {
        int active = 1;
        for (Member other : members) {
            if (other != leader && other.live() && network.bothWays(leader, other)) {
                active++;
            }
        }
        if (active >= quorum()) {
            doubtNoMore(leader);
        } else if (!leader.doubtsQuorum) {
            leader.doubtsQuorum = true;
            int generation = ++leader.quorumGeneration;
            // Looked at once per election timeout: who answered within the last one still counts at the first look.
            long wait = shape.electionTimeoutMicros() + leader.timers.below(shape.electionTimeoutMicros());
            agenda.at(cluster.now() + wait, () -> {
                if (leader.quorumGeneration == generation && leader.live() && leader.leads()) {
                    becomeFollower(leader, leader.term, Member.NONE);
                    cluster.changed();
                }
            });
        }
    }

    private void doubtNoMore(Member leader) {
        if (leader.doubtsQuorum) {
            leader.doubtsQuorum = false;
            leader.quorumGeneration++;
        }
    }

    /** A leader's next message to one that does not follow it yet. */
    private void contact(Member leader, Member other, long wait) {
        if (contacting[leader.index][other.index] || !network.open(leader, other) || !other.live()) {
            return;
        }
        contacting[leader.index][other.index] = true;
        agenda.at(cluster.now() + wait + network.delay(leader, other), () -> {
            contacting[leader.index][other.index] = false;
            if (leader.live() && leader.leads() && other.live() && network.open(leader, other)) {
                meet(leader, other);
                cluster.changed();
            }
        });
    }

    private void meet(Member leader, Member other) {
        if (leader.term >= other.term) {
            if (!follows(other, leader)) {
                becomeFollower(other, leader.term, leader.index);
                applyTermLater(other, leader);
            }
        } else if (network.open(other, leader)) {
            // The answer carries the higher term, and with check-quorum that alone ends a leadership.
            long term = other.term;
            agenda.at(cluster.now() + network.delay(other, leader), () -> {
                if (leader.live() && leader.term < term) {
                    becomeFollower(leader, term, Member.NONE);
                    cluster.changed();
                }
            });
        }
    }

    private void becomeFollower(Member member, long term, int lead) {
        if (term > member.term) {
            member.term = term;
            member.votedFor = Member.NONE;
        }
        member.role = Role.FOLLOWER;
        member.handingOver = false;
        believe(member, lead);
        member.electionTimeout = drawTimeout(member);
        member.lastHeard = cluster.now();
        member.steady = false;
        disarm(member);
        doubtNoMore(member);
    }

    private void believe(Member member, int lead) {
        if (member.lead != lead) {
            member.lead = lead;
            if (lead != Member.NONE) {
                member.counters.leaderChangesSeen++;
            }
        }
    }

    /** The term that the status call tells is that of the last applied entry: it comes a round trip after the leader. */
    private void applyTermLater(Member member, Member leader) {
        long term = leader.term;
        long wait = Time.micros(network.roundTripSeconds(leader, member)) + member.persist(cluster.now());
        agenda.at(cluster.now() + wait + Time.MILLISECOND, () -> {
            if (member.running() && member.term >= term && serving() != Member.NONE) {
                member.appliedTerm = Math.max(member.appliedTerm, term);
                member.lastTerm = Math.max(member.lastTerm, term);
            }
        });
    }

    private void campaign(Member member, boolean transfer, boolean pre) {
        member.ballot++;
        member.granted = 1;
        member.refused = 0;
        believe(member, Member.NONE);
        member.electionTimeout = drawTimeout(member);
        member.lastHeard = cluster.now();
        member.steady = false;
        long leaves = cluster.now();
        long term = member.term + 1;
        if (pre) {
            member.role = Role.PRE_CANDIDATE;
        } else {
            member.role = Role.CANDIDATE;
            member.term = term;
            member.votedFor = member.index;
            leaves += member.persist(cluster.now());
        }
        arm(member);
        if (member.granted >= quorum()) {
            won(member, pre);
            return;
        }
        int ballot = member.ballot;
        for (Member voter : members) {
            if (voter != member && network.open(member, voter)) {
                agenda.at(leaves + network.delay(member, voter), () -> {
                    if (voter.live()) {
                        vote(voter, member, term, ballot, transfer, pre);
                        cluster.changed();
                    }
                });
            }
        }
    }

    private void vote(Member voter, Member candidate, long term, int ballot, boolean transfer, boolean pre) {
        if (term > voter.term && !transfer && leased(voter)) {
            return;
        }
        boolean current = candidate.lastTerm > voter.lastTerm
                || (candidate.lastTerm == voter.lastTerm && candidate.lastIndex >= voter.lastIndex);
        if (pre) {
            answer(voter, candidate, ballot, term > voter.term && current, cluster.now());
            return;
        }
        if (term < voter.term) {
            return;
        }
        if (term > voter.term) {
            becomeFollower(voter, term, Member.NONE);
        }
        boolean free = voter.votedFor == Member.NONE || voter.votedFor == candidate.index;
        boolean granted = free && voter.lead == Member.NONE && current;
        long leaves = cluster.now();
        if (granted) {
            voter.votedFor = candidate.index;
            voter.lastHeard = cluster.now();
            disarm(voter);
            leaves += voter.persist(cluster.now());
        }
        answer(voter, candidate, ballot, granted, leaves);
    }

    /** Who has heard a leader within the election timeout does not listen to candidates. */
    private boolean leased(Member voter) {
        return voter.leads()
                || (voter.lead != Member.NONE
                        && (voter.steady || cluster.now() - voter.lastHeard < shape.electionTimeoutMicros()));
    }

    private void answer(Member voter, Member candidate, int ballot, boolean granted, long leaves) {
        if (!network.open(voter, candidate)) {
            return;
        }
        long term = voter.term;
        agenda.at(leaves + network.delay(voter, candidate), () -> {
            if (candidate.live()) {
                count(candidate, ballot, granted, term);
                cluster.changed();
            }
        });
    }

    private void count(Member candidate, int ballot, boolean granted, long voterTerm) {
        if (candidate.ballot != ballot || candidate.leads() || candidate.role == Role.FOLLOWER) {
            return;
        }
        boolean pre = candidate.role == Role.PRE_CANDIDATE;
        if (!granted && voterTerm > candidate.term) {
            becomeFollower(candidate, voterTerm, Member.NONE);
            return;
        }
        candidate.granted += granted ? 1 : 0;
        candidate.refused += granted ? 0 : 1;
        if (candidate.granted >= quorum()) {
            won(candidate, pre);
        } else if (candidate.refused >= quorum()) {
            becomeFollower(candidate, candidate.term, Member.NONE);
        }
    }

    private void won(Member member, boolean pre) {
        if (pre) {
            campaign(member, false, false);
            return;
        }
        member.role = Role.LEADER;
        disarm(member);
        believe(member, member.index);
        member.lastIndex++;
        member.lastTerm = member.term;
        member.lastBeat = cluster.now();
        member.lastTick = cluster.now();
        elections.add(new Election(cluster.now(), member.name, member.term));
        cluster.newLeader(member);
        for (Member other : members) {
            if (other != member) {
                contact(member, other, 0);
            }
        }
        applyTermLater(member, member);
    }
}
