package io.quorate.simulator.model;

import java.util.List;

/**
 * Members whose disk or processor is slow: there each fsync is an event, for it decides when the next heartbeat leaves, and
 * each commit of the backend is one, for it holds up what is to be applied.
 */
final class Loops {

    private static final double SLOW_APPLY = 0.1;
    /** A tick that waits when the loop comes round is mostly there before the next batch is. */
    private static final double TICK_FIRST = 0.7;

    private final Cluster cluster;
    private final Agenda agenda;
    private final Network network;
    private final Raft raft;
    private final Flow flow;
    private final List<Member> members;

    Loops(Cluster cluster, Agenda agenda, Network network, Raft raft, Flow flow, List<Member> members) {
        this.cluster = cluster;
        this.agenda = agenda;
        this.network = network;
        this.raft = raft;
        this.flow = flow;
        this.members = members;
    }

    /** Starts the loops of members that have become slow; those that are well again end theirs. */
    void review() {
        for (Member member : members) {
            if (member.live() && member.slow()) {
                if (!member.looping) {
                    member.looping = true;
                    member.lastBeat = cluster.now();
                    member.lastTick = cluster.now();
                    loop(member);
                }
                if (!member.committing) {
                    member.committing = true;
                    commit(member);
                }
            }
        }
    }

    private boolean over(Member member) {
        return !member.live() || !member.slow();
    }

    private void loop(Member member) {
        if (over(member)) {
            member.looping = false;
            return;
        }
        long now = cluster.now();
        // The ticker holds one tick at most, and the loop takes up either it or the next batch of entries.
        boolean writes = flow.synced(member) && flow.entries() > 0;
        if (now - member.lastTick >= cluster.shape().heartbeatMicros()
                && (!writes || member.random.chance(TICK_FIRST))) {
            member.lastTick = now;
            if (member.leads()) {
                beat(member, now);
            }
        }
        if (!writes) {
            agenda.at(now + cluster.shape().heartbeatMicros() / 2, () -> loop(member));
            return;
        }
        double wait = member.drawCpuWait();
        double fsync = member.disk.drawFsync(now, member.random) + 0.3 * wait;
        double idle = member.random.exponential(1 / flow.entries());
        long done = now + Time.micros(fsync);
        agenda.at(done, () -> {
            if (member.running()) {
                member.counters.walFsync.observe(fsync);
                member.counters.walWrite.observe(0.00003);
            }
        });
        agenda.at(Math.max(done + Time.micros(0.7 * wait), now + Time.micros(idle)), () -> loop(member));
    }

    private void beat(Member leader, long now) {
        boolean late = now - leader.lastBeat > 2 * cluster.shape().heartbeatMicros();
        leader.lastBeat = now;
        for (Member other : members) {
            if (other != leader) {
                leader.counters.heartbeatSendFailures += late ? 1 : 0;
                if (network.open(leader, other) && raft.follows(other, leader)) {
                    agenda.at(now + network.delay(leader, other), () -> raft.hear(other, leader));
                }
            }
        }
    }

    private void commit(Member member) {
        if (over(member)) {
            member.committing = false;
            return;
        }
        long now = cluster.now();
        long batch = Time.micros(Flow.BATCH_SECONDS);
        if (!flow.putting() || !flow.synced(member)) {
            agenda.at(now + batch, () -> commit(member));
            return;
        }
        double seconds = member.disk.drawCommit(now, member.random) + 0.3 * member.drawCpuWait();
        agenda.at(now + Time.micros(seconds), () -> {
            if (member.running()) {
                member.counters.commit.observe(seconds);
                member.counters.commitWrite.observe(seconds);
                Flow.phases(member, 1);
                // What is to be applied waits for the backend's lock.
                member.counters.slowApplies += seconds > SLOW_APPLY ? 1 : 0;
            }
            agenda.at(cluster.now() + batch, () -> commit(member));
        });
    }
}
