package io.quorate.simulator.model;

import java.util.List;

/**
 * What clients ask and the disks do while nothing special happens: rates that hold from one event to the next, drawn from in
 * one go, never operation by operation.
 */
final class Flow {

    /** Clients give up after this. */
    private static final double CLIENT_TIMEOUT = 1;
    /** etcd collects what it applied for so long before it commits the backend. */
    static final double BATCH_SECONDS = 0.1;
    /** Beyond this an apply is counted as slow. */
    private static final double SLOW_APPLY = 0.1;

    /** Entries that one who was away is sent in one message. */
    private static final long CAUGHT_UP_AT_ONCE = 64;

    private static final double RAFT_LOOP_SECONDS = 0.0006;
    private static final long PROBE_MICROS = 30 * Time.SECOND;
    /** Seven or eight probes within 30 s, each taken in by an eighth. */
    private static final double PROBED = 0.63;
    /** etcd raised NOSPACE before the quota was reached, as measured. */
    private static final double NOSPACE_SHARE = 0.989;

    private final Cluster cluster;
    private final Raft raft;
    private final Network network;
    private final List<Member> members;
    private final ClusterShape shape;
    private final double[] putRate;
    private final double[] failRate;
    private final double[] latency;
    private final double[] readSeconds;
    private final Shares[] putShares;
    private final Shares[] applyShares;
    private final Shares[] readShares;

    private Load load;
    private double expensiveReads;
    private double expensiveReadSeconds = 0.5;
    private int serving = Member.NONE;
    private double entries;
    private long flowedTo;

    private long revision = 1;
    private long puts;
    private long putBytes;
    private long index = 8;
    private long liveBytes;
    private long historyBytes;
    private long compactedRevision = -1;

    Flow(Cluster cluster, Raft raft, Network network, List<Member> members) {
        this.cluster = cluster;
        this.raft = raft;
        this.network = network;
        this.members = members;
        this.shape = cluster.shape();
        this.load = shape.load();
        int n = members.size();
        putRate = new double[n];
        failRate = new double[n];
        latency = new double[n];
        readSeconds = new double[n];
        putShares = new Shares[n];
        applyShares = new Shares[n];
        readShares = new Shares[n];
    }

    Load load() {
        return load;
    }

    void load(Load now) {
        load = now;
    }

    void expensiveReads(double perSecond, double seconds) {
        expensiveReads = perSecond;
        expensiveReadSeconds = seconds;
    }

    long revision() {
        return revision;
    }

    long compactedRevision() {
        return compactedRevision;
    }

    long keys() {
        return Math.min(load.keys(), puts);
    }

    /** Entries per second that every member writes to its log. */
    double entries() {
        return entries;
    }

    boolean putting() {
        return serving != Member.NONE
                && load.puts() > 0
                && cluster.alarmedMembers().isEmpty();
    }

    boolean synced(Member member) {
        if (serving == Member.NONE || !member.live()) {
            return false;
        }
        Member leader = members.get(serving);
        return member == leader || (raft.follows(member, leader) && network.bothWays(leader, member));
    }

    /** Works the rates out anew, after something changed. */
    void review() {
        serving = raft.serving();
        double commit = serving == Member.NONE ? Double.POSITIVE_INFINITY : commitSeconds(members.get(serving));
        double period = load.puts() > 0 ? load.workers() / load.puts() : Double.POSITIVE_INFINITY;
        double workers = load.workers() / (double) members.size();
        entries = 0;
        for (Member member : members) {
            int i = member.index;
            latency[i] = !member.running()
                    ? Double.POSITIVE_INFINITY
                    : synced(member) ? latency(member, commit) : Double.POSITIVE_INFINITY;
            double served = 1 / (1 + StrictMath.pow(latency[i] / CLIENT_TIMEOUT, 4));
            double cycle = Math.max(period, Math.min(latency[i], CLIENT_TIMEOUT));
            boolean asked = member.running() && load.puts() > 0;
            putRate[i] = asked ? workers / cycle * served : 0;
            failRate[i] = asked ? workers / cycle * (1 - served) : 0;
            if (member.running() && !synced(member)) {
                failRate[i] += load.others() / members.size();
            }
            entries += putRate[i];
            spread(member);
        }
        entries += serving == Member.NONE ? 0 : load.others();
    }

    private void spread(Member member) {
        int i = member.index;
        double seconds = Double.isInfinite(latency[i]) ? CLIENT_TIMEOUT : latency[i];
        ServiceTime put = ServiceTime.of(Math.max(1e-4, seconds * 0.85), 0.6);
        putShares[i] = new Shares(put, Edges.RPC, 1);
        double wait = member.meanCpuWait();
        applyShares[i] = new Shares(ServiceTime.of(0.00012 + wait, 0.9), Edges.APPLY, 1);
        readSeconds[i] = 0.0004 + wait;
        readShares[i] = new Shares(ServiceTime.of(readSeconds[i], 0.9), Edges.RPC, 1);
    }

    /** How long a proposal takes until a quorum has it: the leader's own loop, and the quickest followers that suffice. */
    private double commitSeconds(Member leader) {
        double[] followers = members.stream()
                .filter(member -> member != leader && synced(member))
                .mapToDouble(member -> network.roundTripSeconds(leader, member) + loop(member))
                .sorted()
                .toArray();
        int needed = raft.quorum() - 1;
        double quickest = needed == 0 ? 0 : followers[Math.min(needed, followers.length) - 1];
        return Math.max(leader.meanLoop() * (leader.slow() ? 2.5 : 1), quickest) + RAFT_LOOP_SECONDS;
    }

    private static double loop(Member member) {
        return member.meanLoop() * (member.slow() ? 1.5 : 1);
    }

    /** What a client sees: forwarding, commitment, and the apply on the member that it asked. */
    private double latency(Member member, double commit) {
        Member leader = members.get(serving);
        double own = member.slow() ? 2.5 * member.meanLoop() + member.disk.meanCommit() / 2 : 0;
        double blocked =
                member.defragmentingUntil > cluster.now() ? Time.seconds(member.defragmentingUntil - cluster.now()) : 0;
        double forward = member == leader ? 0 : network.roundTripSeconds(member, leader);
        return commit + forward + (member == leader ? 0 : own) + blocked + 0.001;
    }

    /** Lets happen what happened since the last event. */
    void advance(long now) {
        double seconds = Time.seconds(now - flowedTo);
        long before = flowedTo;
        flowedTo = now;
        if (seconds <= 0) {
            return;
        }
        boolean open = cluster.alarmedMembers().isEmpty();
        long proposed = 0;
        for (Member member : members) {
            proposed += ask(member, seconds, open);
        }
        RandomStream random = cluster.random();
        long others = serving == Member.NONE ? 0 : random.poisson(load.others() * seconds);
        index += proposed + others;
        if (open) {
            puts += proposed;
            revision += proposed;
            putBytes += proposed * (load.valueBytes() + 10L);
            store(proposed);
        }
        for (Member member : members) {
            if (member.running()) {
                idle(member, before, now, seconds);
            }
            if (synced(member)) {
                follow(member, seconds);
            }
        }
        if (open && serving != Member.NONE) {
            watchQuota();
        }
    }

    private void store(long proposed) {
        long bytes = proposed * load.bytesPerPut();
        long live = Math.min(keys() * load.bytesPerPut(), liveBytes + bytes);
        historyBytes += bytes - (live - liveBytes);
        liveBytes = live;
    }

    private long ask(Member member, double seconds, boolean open) {
        int i = member.index;
        Counters counters = member.counters;
        RandomStream random = member.random;
        long proposed = random.poisson(putRate[i] * seconds);
        counters.handledPut.draw(proposed, putShares[i], random);
        counters.clientReceivedBytes += proposed * (load.valueBytes() + 30L);
        counters.clientSentBytes += proposed * 30;
        if (member.running()) {
            counters.proposalsFailed += open ? random.poisson(failRate[i] * seconds) : 0;
            long reads = random.poisson(load.ranges() / members.size() * seconds);
            counters.ranges += reads;
            counters.handledRange.draw(reads, readShares[i], random);
            counters.rangeTime.draw(reads, applyShares[i], random);
            counters.clientSentBytes += reads * load.valueBytes();
            if (serving == Member.NONE) {
                counters.readIndexesFailed += random.poisson(Math.min(1, load.ranges()) * seconds / 7);
            }
            expensive(member, seconds);
        }
        double busy = Math.min(1, latency[i] / Math.max(1e-9, load.workers() / Math.max(1e-9, load.puts())));
        long workers = (load.workers() + members.size() - 1L - i) / members.size();
        member.pending = load.puts() > 0 && member.running() ? random.binomial(workers, busy) : 0;
        return proposed;
    }

    private void expensive(Member member, double seconds) {
        long reads = member.random.poisson(expensiveReads / members.size() * seconds);
        if (reads == 0) {
            return;
        }
        ServiceTime time = ServiceTime.of(expensiveReadSeconds / Math.min(1, member.cpuShare), 0.5);
        Counters counters = member.counters;
        counters.ranges += reads;
        counters.handledRange.draw(reads, new Shares(time, Edges.RPC, 1), member.random);
        counters.rangeTime.draw(reads, new Shares(time, Edges.APPLY, 1), member.random);
        counters.slowApplies += member.random.binomial(reads, 1 - time.share(SLOW_APPLY));
        counters.cpuSeconds += reads * expensiveReadSeconds * 0.6;
        counters.clientSentBytes += reads * 4_000_000;
    }

    /** What every process does, whoever leads. */
    private void idle(Member member, long before, long now, double seconds) {
        Counters counters = member.counters;
        counters.cpuSeconds += seconds * Math.min(member.cpuShare, 0.02 + 0.001 * putRate[member.index]);
        long probes = (now - member.startedAt) / PROBE_MICROS - (before - member.startedAt) / PROBE_MICROS;
        for (Member peer : members) {
            if (peer == member) {
                continue;
            }
            for (long probe = 0; probe < probes; probe++) {
                probe(member, peer);
            }
            // A stream needs both directions: where one is cut, neither end sends.
            if (!peer.running() || !network.bothWays(member, peer)) {
                boolean down = peer.process == Process.DOWN || !member.connected[peer.index];
                counters.peerSendFailures[peer.index] += down ? member.random.poisson(tries(member) * seconds) : 0;
            }
        }
    }

    /** Messages per second to each peer: a leader's heartbeats, the votes of one that campaigns. */
    private double tries(Member member) {
        if (member.leads()) {
            return 1 / Time.seconds(shape.heartbeatMicros());
        }
        return member.lead == Member.NONE ? 1 / (1.5 * Time.seconds(shape.electionTimeoutMicros())) : 0.02;
    }

    private void probe(Member member, Member peer) {
        if (peer.running() && network.bothWays(member, peer)) {
            double seen = network.roundTripSeconds(member, peer)
                    + 0.0002 * StrictMath.exp(0.6 * member.random.gaussian())
                    + member.meanCpuWait()
                    + peer.meanCpuWait();
            double[] smoothed = member.smoothedRoundTrip;
            double old = smoothed[peer.index];
            smoothed[peer.index] = old == 0 ? seen : old + PROBED * (seen - old);
        }
        // One prober for messages, one for snapshots.
        member.counters.peerRoundTrip[peer.index].observe(member.smoothedRoundTrip[peer.index]);
        member.counters.peerRoundTrip[peer.index].observe(member.smoothedRoundTrip[peer.index]);
    }

    /** A member that has what the leader has, writes and applies it. */
    private void follow(Member member, double seconds) {
        Counters counters = member.counters;
        Member leader = members.get(serving);
        long fresh = Math.max(0, index - member.lastIndex);
        long applied = puts - member.putsSeen;
        member.lastIndex = index;
        member.lastTerm = leader.term;
        member.commitIndex = index;
        // What is to be applied waits for a backend that is being rewritten.
        member.appliedIndex = member.defragmentingUntil > cluster.now() ? member.appliedIndex : index;
        member.putsSeen = puts;
        counters.puts += applied;
        counters.putBytes += putBytes - member.putBytesSeen;
        member.putBytesSeen = putBytes;
        counters.entries += fresh;
        counters.walBytes += fresh * 210 + Math.round(Math.max(applied, refused(fresh)) * 1.9 * load.valueBytes());
        counters.events += applied * Math.min(1, load.watchers());
        counters.applyPut.draw(applied, applyShares[member.index], member.random);
        counters.cpuSeconds += fresh * 0.0009;
        long stored = liveBytes + historyBytes + 16384;
        member.usedBytes = stored;
        member.dbBytes = Math.max(member.dbBytes, stored / 4096 * 4096 + 4096);
        for (Member peer : members) {
            if (peer != member && peer.running()) {
                long bytes = member == leader
                        ? fresh * (load.valueBytes() + 140L) + Math.round(seconds * 1200)
                        : fresh * 60 + Math.round(seconds * 400);
                counters.peerSentBytes[peer.index] += bytes;
                peer.counters.peerReceivedBytes[member.index] += bytes;
            }
        }
        if (member.slow()) {
            return;
        }
        writeDisk(member, fresh, applied, seconds);
    }

    /** Of the proposals that the quota turns away, about a third is written with its value, as measured. */
    private double refused(long fresh) {
        return cluster.alarmedMembers().isEmpty() ? 0 : fresh * 0.33;
    }

    private void writeDisk(Member member, long fresh, long applied, double seconds) {
        Counters counters = member.counters;
        RandomStream random = member.random;
        // Entries that come while the log is being written share the next write.
        double load = entries * (member.disk.meanFsync() + RAFT_LOOP_SECONDS);
        double usual = entries * seconds;
        long single = Math.min(fresh, Math.round(usual + 5 * StrictMath.sqrt(usual) + 5));
        long written = single + (fresh - single) / CAUGHT_UP_AT_ONCE;
        long fsyncs = Math.max(Math.min(fresh, 1), Math.round(written / StrictMath.sqrt(1 + load * load)));
        counters.walFsync.draw(fsyncs, member.disk.fsyncShares(), random);
        counters.walWrite.draw(fsyncs * 2, WRITES, random);
        if (applied > 0) {
            double cycle = BATCH_SECONDS + member.disk.meanCommit();
            double perBatch = applied / seconds * cycle;
            double mean = seconds / cycle * (1 - StrictMath.exp(-perBatch));
            long commits = random.binomial(Math.max(1, Math.round(seconds / cycle)), mean * cycle / seconds);
            commit(member, commits);
        }
    }

    private static final Shares WRITES = new Shares(ServiceTime.of(0.00003, 0.8), Edges.DISK, 1);
    private static final Shares PHASES = new Shares(ServiceTime.of(0.00002, 0.8), Edges.DISK, 1);

    private static void commit(Member member, long commits) {
        Counters counters = member.counters;
        counters.commit.draw(commits, member.disk.commitShares(), member.random);
        counters.commitWrite.draw(commits, member.disk.commitShares(), member.random);
        phases(member, commits);
    }

    static void phases(Member member, long commits) {
        member.counters.commitRebalance.draw(commits, PHASES, member.random);
        member.counters.commitSpill.draw(commits, PHASES, member.random);
    }

    private void watchQuota() {
        for (Member member : members) {
            if (synced(member) && !member.alarmed && member.dbBytes > shape.quotaBytes() * NOSPACE_SHARE) {
                // The first one that is asked raises it; another one does so only if it is asked before it hears of it.
                cluster.raiseNoSpace(member);
                for (Member other : members) {
                    if (other != member && synced(other) && other.dbBytes > shape.quotaBytes() * NOSPACE_SHARE) {
                        if (other.random.chance(0.5)) {
                            cluster.raiseNoSpace(other);
                        }
                    }
                }
                return;
            }
        }
    }

    /** One proposal of the cluster's own, such as an alarm; false when nobody could commit it. */
    boolean propose() {
        if (serving == Member.NONE) {
            return false;
        }
        index++;
        return true;
    }

    /** Forgets what was overwritten. The backend does not shrink by it; how long it took goes to every member. */
    void compact() {
        if (serving == Member.NONE) {
            return;
        }
        propose();
        long keys = historyBytes / Math.max(1, load.bytesPerPut());
        compactedRevision = revision;
        historyBytes = 0;
        for (Member member : members) {
            if (synced(member)) {
                double millis = 2 + keys / 100.0;
                member.counters.compactedKeys += keys;
                member.counters.compactions++;
                member.counters.compactionMillis.observe(millis);
                for (long batch = 0; batch <= keys / 10_000; batch++) {
                    member.counters.compactionPauseMillis.observe(
                            Math.min(millis, 4 + 3 * StrictMath.exp(0.5 * member.random.gaussian())));
                }
            }
        }
    }
}
