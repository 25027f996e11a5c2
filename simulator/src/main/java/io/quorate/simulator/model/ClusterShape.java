package io.quorate.simulator.model;

/**
 * What every cluster of a fleet is made as.
 *
 * @param members voting members
 * @param release of etcd
 * @param preVote whether a member asks if it could win before it campaigns
 * @param electionTimeoutMicros a follower waits between this and twice this
 * @param heartbeatMicros from heartbeat to heartbeat
 * @param quotaBytes of the backend
 * @param compactEveryMicros how often clients compact; 0 for never
 * @param load of clients
 * @param fsync how long an fsync of the write-ahead log takes on a disk that is well
 * @param commit how long a commit of the backend takes there
 */
public record ClusterShape(
        int members,
        Release release,
        boolean preVote,
        long electionTimeoutMicros,
        long heartbeatMicros,
        long quotaBytes,
        long compactEveryMicros,
        Load load,
        ServiceTime fsync,
        ServiceTime commit) {

    /** As measured on a calm local disk. */
    public static final ServiceTime FSYNC = new ServiceTime(0.00036, 0.45, 0.11, 0.0015, 0.85);

    public static final ServiceTime COMMIT = new ServiceTime(0.00062, 0.4, 0.22, 0.0026, 0.8);

    public ClusterShape {
        if (members < 1 || members > 9) {
            throw new IllegalArgumentException("a cluster has 1 to 9 members, not " + members);
        }
        if (heartbeatMicros < 1000 || electionTimeoutMicros < 5 * heartbeatMicros) {
            throw new IllegalArgumentException(
                    "etcd wants an election timeout of at least five heartbeats, and a heartbeat of at least 1ms");
        }
    }

    public ClusterShape withMembers(int number) {
        return new ClusterShape(
                number,
                release,
                preVote,
                electionTimeoutMicros,
                heartbeatMicros,
                quotaBytes,
                compactEveryMicros,
                load,
                fsync,
                commit);
    }
}
