package io.quorate.simulator.model;

/** One member: its process, what raft keeps on its disk and in its memory, and what its process counts. */
public final class Member {

    final int index;
    final String name;
    final long id;
    final Disk disk;
    final RandomStream random;
    final RandomStream timers;

    // The process.
    Process process = Process.DOWN;
    long startedAt;
    long pausedAt;
    /** Set by a restart that is under way, so that a later one wins. */
    int starts;

    double cpuShare = 1;
    long clockOffset;
    Counters counters;

    // What raft persists.
    long term = 1;
    int votedFor = Member.NONE;
    long lastTerm = 1;
    long lastIndex;

    // What raft forgets.
    Role role = Role.FOLLOWER;
    int lead = Member.NONE;
    long appliedTerm = 1;
    long commitIndex;
    long appliedIndex;
    long lastHeard;
    long electionTimeout;
    boolean armed;
    /** Regular heartbeats come in: its election timer need not be looked at. */
    boolean steady;

    int timerGeneration;
    int ballot;
    int granted;
    int refused;

    // A leader's heartbeats and its check that a quorum still answers.
    long lastBeat;
    long lastTick;
    boolean doubtsQuorum;
    boolean handingOver;
    int quorumGeneration;

    // A disk that is slow or hangs.
    boolean looping;
    boolean committing;
    long hungSince;
    long defragmentingUntil;

    // The backend.
    long dbBytes;
    long usedBytes;
    boolean alarmed;
    long putsSeen;
    long putBytesSeen;
    long pending;
    long slowWatchers;
    long pendingEvents;
    double[] smoothedRoundTrip;
    final boolean[] connected;

    static final int NONE = -1;

    Member(int index, long id, ClusterShape shape, RandomStream random) {
        this.index = index;
        this.name = "m" + (index + 1);
        this.id = id;
        this.disk = new Disk(shape.fsync(), shape.commit());
        this.random = random.split(1);
        this.timers = random.split(2);
        this.counters = new Counters(shape.members());
        this.smoothedRoundTrip = new double[shape.members()];
        this.connected = new boolean[shape.members()];
        this.dbBytes = 20480;
        this.usedBytes = 16384;
    }

    public String name() {
        return name;
    }

    public int index() {
        return index;
    }

    /** Lower-case hex. */
    public String hexId() {
        return Long.toHexString(id);
    }

    public long id() {
        return id;
    }

    /** The term that its raft is in. */
    public long term() {
        return term;
    }

    public Process process() {
        return process;
    }

    boolean running() {
        return process == Process.RUNNING;
    }

    /** Whether its raft moves: not while the process is stopped, nor while an fsync does not return. */
    boolean live() {
        return running() && !disk.hung();
    }

    boolean leads() {
        return role == Role.LEADER;
    }

    /** The mean wait for a processor, before a loop of raft can go on. */
    double meanCpuWait() {
        return cpuShare >= 1 ? 0 : 0.005 / cpuShare;
    }

    double drawCpuWait() {
        return cpuShare >= 1 ? 0 : meanCpuWait() * 0.6 * StrictMath.exp(random.gaussian());
    }

    double meanLoop() {
        return disk.meanFsync() + meanCpuWait();
    }

    boolean slow() {
        return disk.slow() || meanCpuWait() > 0.02;
    }

    /** A vote or a term is on disk before it is told: how long that takes. */
    long persist(long now) {
        double seconds = disk.drawFsync(now, random);
        counters.walFsync.observe(seconds);
        return Time.micros(seconds + drawCpuWait());
    }

    /** What its status call answers. */
    StatusAnswer status(Cluster cluster) {
        return new StatusAnswer(
                cluster.id(),
                id,
                cluster.revision(),
                cluster.shape().release().version(),
                dbBytes,
                usedBytes,
                lead == NONE ? 0 : cluster.members().get(lead).id,
                term,
                commitIndex,
                appliedTerm,
                appliedIndex,
                cluster.alarmedMembers());
    }
}
