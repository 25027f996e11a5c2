package io.quorate.simulator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One cluster that does not exist. It depends on its seed and on what is done to it, never on who looks at it or when, nor on
 * other clusters. Faults act on causes: a disk, a process, a link, a processor, what clients ask.
 */
public final class Cluster {

    private static final long TICK = Time.SECOND;
    /** When etcd notices on its streams that a peer has gone silent. */
    private static final long STREAM_TIMEOUT = 5 * Time.SECOND;

    private final String name;
    private final long id;
    private final Map<String, String> labels;
    private final ClusterShape shape;
    private final RandomStream random;
    private final Agenda agenda = new Agenda();
    private final List<Member> members;
    private final Network network;
    private final Raft raft;
    private final Flow flow;
    private final Loops loops;
    private long now;
    private boolean changed;

    /** A cluster whose members start now, for the first time. */
    public Cluster(String name, Map<String, String> labels, ClusterShape shape, RandomStream random) {
        this.name = name;
        this.labels = new TreeMap<>(labels);
        this.shape = shape;
        this.random = random.split(0);
        this.id = this.random.nextLong() | 1;
        List<Member> made = new ArrayList<>();
        for (int i = 0; i < shape.members(); i++) {
            made.add(new Member(i, this.random.nextLong() | 1, shape, random.split(100 + i)));
        }
        this.members = List.copyOf(made);
        this.network = new Network(shape.members());
        this.raft = new Raft(this, agenda, network, members);
        this.flow = new Flow(this, raft, network, members);
        this.loops = new Loops(this, agenda, network, raft, flow, members);
        for (Member member : members) {
            member.process = Process.RUNNING;
            raft.started(member, true);
            for (Member peer : members) {
                member.connected[peer.index] = true;
            }
        }
        raft.review();
        flow.review();
        agenda.at(this.random.below(TICK), this::tick);
        if (shape.compactEveryMicros() > 0) {
            agenda.at(shape.compactEveryMicros(), this::compactRegularly);
        }
    }

    public String name() {
        return name;
    }

    public long id() {
        return id;
    }

    public String hexId() {
        return Long.toHexString(id);
    }

    public Map<String, String> labels() {
        return labels;
    }

    public ClusterShape shape() {
        return shape;
    }

    public List<Member> members() {
        return members;
    }

    /** Who became leader, and when. */
    public List<Election> elections() {
        return raft.elections();
    }

    public long now() {
        return now;
    }

    RandomStream random() {
        return random;
    }

    public long revision() {
        return flow.revision();
    }

    Flow flow() {
        return flow;
    }

    /** The ids of those that raised NOSPACE, in order. */
    public List<Long> alarmedMembers() {
        if (members.stream().noneMatch(member -> member.alarmed)) {
            return List.of();
        }
        return members.stream()
                .filter(member -> member.alarmed)
                .map(member -> member.id)
                .sorted(Long::compareUnsigned)
                .toList();
    }

    /** The member that leads by its own belief and that of a quorum; null when none does. */
    public @Nullable Member leader() {
        int serving = raft.serving();
        return serving == Member.NONE ? null : members.get(serving);
    }

    /** Lets everything happen up to then. */
    public void advanceTo(long then) {
        while (agenda.next() <= then) {
            step(agenda.next(), agenda.take());
        }
        now = then;
    }

    private void step(long at, Runnable what) {
        // First the time: what the flow finds out must not carry the time of whoever looked last.
        now = at;
        flow.advance(at);
        what.run();
        if (changed) {
            changed = false;
            settle();
        }
    }

    private void settle() {
        raft.review();
        flow.review();
        loops.review();
    }

    /** Told by whatever changes who leads, who runs or how fast: rates and timers are then looked at anew. */
    void changed() {
        changed = true;
    }

    private void tick() {
        agenda.at(now + TICK, this::tick);
    }

    private void compactRegularly() {
        flow.compact();
        agenda.at(now + shape.compactEveryMicros(), this::compactRegularly);
    }

    void newLeader(Member leader) {
        // The first entry of its term is empty.
        flow.propose();
        leader.counters.entries++;
    }

    void raiseNoSpace(Member member) {
        member.alarmed = true;
        flow.propose();
        changed();
    }

    // Causes. Each is to be called between two advances, and acts at once.

    /** Does this at that time, among everything else that happens. */
    public void at(long time, Runnable what) {
        agenda.at(time, () -> {
            what.run();
            changed();
        });
    }

    public void kill(Member member) {
        if (member.process == Process.DOWN) {
            return;
        }
        member.process = Process.DOWN;
        member.starts++;
        member.disk.hang(false);
        raft.stopped(member);
        lost(member, 0);
        changed();
    }

    /** Asks the process to end: a leader hands over first. */
    public void terminate(Member member) {
        if (!member.running()) {
            kill(member);
            return;
        }
        if (member.leads()) {
            raft.handOver(member);
        }
        int starts = member.starts;
        agenda.at(now + 60 * Time.MILLISECOND, () -> {
            if (member.starts == starts) {
                kill(member);
            }
        });
    }

    public void start(Member member) {
        if (member.process != Process.DOWN) {
            return;
        }
        int starts = ++member.starts;
        long since = now;
        agenda.at(now + 120 * Time.MILLISECOND + member.timers.below(250 * Time.MILLISECOND), () -> {
            if (member.starts != starts || member.process != Process.DOWN) {
                return;
            }
            member.process = Process.RUNNING;
            member.startedAt = since;
            member.counters = new Counters(shape.members());
            member.smoothedRoundTrip = new double[shape.members()];
            raft.started(member, false);
            connected(member);
            changed();
        });
    }

    public void pause(Member member) {
        if (member.running()) {
            member.process = Process.PAUSED;
            member.pausedAt = now;
            raft.paused(member);
            lost(member, STREAM_TIMEOUT);
            changed();
        }
    }

    public void resume(Member member) {
        if (member.process == Process.PAUSED) {
            member.process = Process.RUNNING;
            raft.resumed(member, member.pausedAt);
            connected(member);
            changed();
        }
    }

    /** Every operation of its disk takes so many times longer; 1 for well. */
    public void disk(Member member, double factor) {
        member.disk.factor(factor);
        changed();
    }

    /** Its disk takes only so many writes per second; 0 for as many as come. */
    public void diskWrites(Member member, double perSecond) {
        member.disk.limit(perSecond);
        changed();
    }

    /** The next fsync does not return. */
    public void hangDisk(Member member) {
        if (!member.disk.hung()) {
            member.disk.hang(true);
            member.hungSince = now;
            raft.paused(member);
            changed();
        }
    }

    /** The fsync that hung returns, and only now it is observed. */
    public void releaseDisk(Member member) {
        if (member.disk.hung()) {
            member.disk.hang(false);
            member.counters.walFsync.observe(Time.seconds(now - member.hungSince));
            raft.resumed(member, member.hungSince);
            changed();
        }
    }

    /** The share of the processors that it wants and gets. */
    public void processor(Member member, double share) {
        member.cpuShare = share;
        changed();
    }

    /** Messages from one to the other are lost, or no longer. */
    public void cut(Member from, Member to, boolean lost) {
        network.cut(from.index, to.index, lost);
        if (lost) {
            lost(to, STREAM_TIMEOUT);
            lost(from, STREAM_TIMEOUT);
        } else {
            connected(from);
        }
        changed();
    }

    /** Messages from one to the other take longer by this. */
    public void delay(Member from, Member to, long micros) {
        network.delay(from.index, to.index, micros);
        changed();
    }

    public void load(Load load) {
        flow.load(load);
        changed();
    }

    public Load load() {
        return flow.load();
    }

    /** Reads of whole prefixes: so many per second, each so long. */
    public void expensiveReads(double perSecond, double seconds) {
        flow.expensiveReads(perSecond, seconds);
        changed();
    }

    /** So many watchers cannot keep up, and so many events wait for them. */
    public void slowWatchers(Member member, long watchers, long events) {
        member.slowWatchers = watchers;
        member.pendingEvents = events;
    }

    public void compact() {
        flow.compact();
    }

    /** Rewrites the backend of this member, which answers no client until that is done. */
    public void defragment(Member member) {
        if (!member.running()) {
            return;
        }
        double seconds = 0.03
                + member.dbBytes
                        / 150e6
                        * Math.max(1, member.disk.meanFsync() / shape.fsync().mean() / 4);
        member.defragmentingUntil = now + Time.micros(seconds);
        changed();
        agenda.at(member.defragmentingUntil, () -> {
            if (member.running()) {
                member.counters.defragmentation.observe(seconds);
                member.counters.defragmentations++;
                member.counters.slowApplies += seconds > 0.1 ? 1 : 0;
                // The apply that waited for it.
                member.counters.applyPut.observe(seconds);
                member.dbBytes = member.usedBytes / 4096 * 4096 + 4096;
            }
            changed();
        });
    }

    /** Clears the alarms, which is itself a proposal. */
    public void disarm() {
        if (flow.propose()) {
            members.forEach(member -> member.alarmed = false);
            changed();
        }
    }

    /** One call of the alarm list: a proposal, although it only asks. False when no quorum could take it. */
    public boolean listAlarms(Member member) {
        member.counters.alarmCalls++;
        return flow.propose();
    }

    /** A call of the status; it writes nothing. */
    public StatusAnswer status(Member member) {
        member.counters.statusCalls++;
        return member.status(this);
    }

    /** A page of metrics is asked for. */
    public void scraped(Member member) {
        member.counters.scrapes++;
    }

    /** A call of the member list; it writes nothing. */
    public void memberList(Member member) {
        member.counters.memberListCalls++;
    }

    /** When the member's process started, by its own clock: a wrong clock moves it, as on a real machine. */
    public long startedAt(Member member) {
        return member.startedAt + member.clockOffset;
    }

    /** Its wall clock goes wrong by this. */
    public void clock(Member member, long micros) {
        member.clockOffset = micros;
    }

    private void lost(Member member, long after) {
        for (Member other : members) {
            if (other != member) {
                agenda.at(now + after, () -> disconnect(other, member));
                if (after > 0) {
                    agenda.at(now + after, () -> disconnect(member, other));
                }
            }
        }
    }

    private void disconnect(Member member, Member peer) {
        boolean still = !peer.running() || !network.bothWays(member, peer);
        if (still && member.running() && member.connected[peer.index]) {
            member.connected[peer.index] = false;
            member.counters.disconnections[peer.index]++;
        }
    }

    private void connected(Member member) {
        for (Member other : members) {
            if (other.running() && member.running() && network.bothWays(member, other)) {
                member.connected[other.index] = true;
                other.connected[member.index] = true;
            }
        }
    }
}
