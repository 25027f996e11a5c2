package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * For how long one member has answered the same: raft index, leader and term. Etcd sets them in the loop that also waits for
 * the log's fsync, so a disk that hangs holds them all. So do other things, for a while; what tells them apart stands at the
 * fields. A Flink POJO, as it is keyed state.
 */
public class Standstill {

    /** As many entries in two polls, and a member that is cut off shows it by a standing index within a moment. */
    private static final long BUSY = 10;

    /** A quorum that goes on without a follower shows it in the next poll of any of its members. */
    private static final Duration GOES_ON_WITHOUT = Duration.ofMillis(1200);

    /** A leader that hangs must first be replaced: two election timeouts, and polls. */
    private static final Duration IS_REPLACED = Duration.ofSeconds(5);

    /** Polls that are further apart say nothing of the time between them. */
    private static final Duration APART = Duration.ofSeconds(5);

    public long index;
    public @Nullable String leader;
    public long term;

    /** The first answer that said so. */
    public Instant since = Instant.EPOCH;

    /**
     * Whether the member was then where its peers were. One that is far behind is catching up, and stands still while it
     * waits for a snapshot.
     */
    public boolean abreast;

    /** Whether entries came so fast just before that the next one was due at once: then it stands still since {@code since}. */
    public boolean busy;

    /** How much of the time since then it answered: what lies beside a failed poll, such as that of a pause, is left out. */
    public long answeredMillis;

    /** When a peer was first seen to advance beyond the index. While it is null, nobody has anything to write. */
    public @Nullable Instant overtakenAt;

    /** How much of the time since then it answered. */
    public long overtakenMillis;

    /** Begins with this answer. */
    static Standstill begin(MemberStatus answer, boolean abreast, long gain) {
        Standstill begun = new Standstill();
        begun.index = answer.raftIndex();
        begun.leader = answer.leaderId();
        begun.term = answer.raftTerm();
        begun.since = answer.observedAt();
        begun.abreast = abreast;
        begun.busy = gain >= BUSY;
        return begun;
    }

    /** Whether this answer says nothing new. */
    boolean goesOn(MemberStatus answer) {
        return answer.raftIndex() == index
                && answer.raftTerm() == term
                && leader != null
                && leader.equals(answer.leaderId());
    }

    /** Counts the time between these two polls of the member. */
    void count(MemberStatus before, MemberStatus now) {
        Instant from = before.observedAt();
        Instant to = now.observedAt();
        if (!before.answered() || from.plus(APART).isBefore(to)) {
            return;
        }
        answeredMillis += Duration.between(from, to).toMillis();
        if (overtakenAt != null && overtakenAt.isBefore(to)) {
            Instant begin = overtakenAt.isAfter(from) ? overtakenAt : from;
            overtakenMillis += Duration.between(begin, to).toMillis();
        }
    }

    /** A peer advanced to this index. */
    void overtake(long by, Instant at) {
        if (overtakenAt == null && by > index && at.isAfter(since)) {
            overtakenAt = at;
        }
    }

    /** How long it has stood still while others advanced, in whole seconds; 0 when it is no stall. */
    long seconds(MemberStatus last) {
        if (!abreast || leader == null || overtakenAt == null || !overtakenAt.isBefore(last.observedAt())) {
            return 0;
        }
        Duration soon = last.isLeader() ? IS_REPLACED : GOES_ON_WITHOUT;
        boolean stoodSinceItStopped = busy && !overtakenAt.isAfter(since.plus(soon));
        // A member lags by a heartbeat, and polls come a little early or late.
        return Math.round((stoodSinceItStopped ? answeredMillis : overtakenMillis) / 1000.0);
    }
}
