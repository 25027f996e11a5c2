package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a cluster or one of its members, and is neither a leader change nor an alert: who belongs, which
 * version runs, which alarms etcd raised, which processes began anew.
 *
 * @param cluster name
 * @param clusterId lower-case hex, when known
 * @param member name, or its id until it has one; null when it is about the whole cluster
 * @param memberId lower-case hex, when known
 * @param kind one of the constants here; a later version may know more
 * @param observedAt when it happened, as exactly as that is known: a restart's is the start of the process, any other's is
 *     when the answer arrived that first told it
 * @param before what was, such as a version; null when there was nothing
 * @param after what is now; null when there is nothing
 * @param detail in words, for people
 */
public record ClusterEvent(
        String cluster,
        @Nullable String clusterId,
        @Nullable String member,
        @Nullable String memberId,
        String kind,
        Instant observedAt,
        @Nullable String before,
        @Nullable String after,
        @Nullable String detail) {

    /** The member list has it, and had not; after tells whether it votes: voter or learner. */
    public static final String MEMBER_ADDED = "member-added";

    /** The member list has it no more; before tells whether it voted. */
    public static final String MEMBER_REMOVED = "member-removed";

    /** A learner votes now. */
    public static final String MEMBER_PROMOTED = "member-promoted";

    /** It answers as another version of etcd. */
    public static final String VERSION_CHANGED = "version-changed";

    /** Raised by etcd; after is its word for it, such as NOSPACE. */
    public static final String ALARM_RAISED = "alarm-raised";

    /** Disarmed; before is etcd's word for it. */
    public static final String ALARM_CLEARED = "alarm-cleared";

    /** Its process began anew; before and after are when the one and the other began. */
    public static final String RESTARTED = "restarted";

    public ClusterEvent {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(observedAt, "observedAt");
    }
}
