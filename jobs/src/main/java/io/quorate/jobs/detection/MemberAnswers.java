package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the polls of one member brought, as far as facts need it; a Flink POJO, as it is keyed state. */
public class MemberAnswers {

    /** A status stands for its member until the next one, but no longer than this: polls that fail are told as well. */
    static final Duration STANDS = Duration.ofSeconds(10);

    public @Nullable String memberId;
    public @Nullable String clusterId;
    public @Nullable String version;
    public boolean learner;

    /** Its newest poll, and the one before. */
    public @Nullable MemberStatus last;

    public @Nullable MemberStatus before;

    public Instant firstPolledAt = Instant.EPOCH;
    public @Nullable Instant answeredAt;

    /** In a row, up to now. */
    public int failedPolls;

    /** Of those, how many of the last ones failed as the last one did. */
    public int failedAlike;

    /** How many entries its index gained between the two polls before the last answer. */
    public long gain;

    /** Null until it answered and named a leader. */
    public @Nullable Standstill standstill;

    public @Nullable Instant isolatedSince;

    /** Takes in the next poll. */
    void poll(MemberStatus status) {
        if (last == null) {
            firstPolledAt = status.observedAt();
        }
        boolean alike = last != null && Objects.equals(last.failure(), status.failure());
        failedPolls = status.answered() ? 0 : failedPolls + 1;
        failedAlike = status.answered() ? 0 : alike ? failedAlike + 1 : 1;
        before = last;
        last = status;
        memberId = status.memberId() == null ? memberId : status.memberId();
        if (status.answered()) {
            answeredAt = status.observedAt();
            clusterId = status.clusterId() == null ? clusterId : status.clusterId();
            version = status.version() == null ? version : status.version();
            learner = status.learner();
        }
    }

    /** How far its index came from the poll before to this one; 0 unless both were answered. */
    long advance() {
        return before != null && before.answered() && last != null && last.answered()
                ? Math.max(0, last.raftIndex() - before.raftIndex())
                : 0;
    }

    boolean isPolled(Instant now) {
        return last != null && last.observedAt().plus(STANDS).isAfter(now);
    }

    boolean isUp(Instant now) {
        return last != null && last.answered() && isPolled(now);
    }

    /** The term in which two polls in a row say that it leads; -1 for none. */
    long claims(Instant now) {
        return agree(now) && last != null && last.isLeader() ? last.raftTerm() : -1;
    }

    /** The term of the leader that two polls in a row name; -1 for none. */
    long accepts(Instant now) {
        return agree(now) && last != null && last.hasLeader() ? last.raftTerm() : -1;
    }

    private boolean agree(Instant now) {
        return isUp(now)
                && last != null
                && before != null
                && before.answered()
                && before.observedAt().plus(STANDS).isAfter(last.observedAt())
                && before.raftTerm() == last.raftTerm()
                && Objects.equals(before.leaderId(), last.leaderId());
    }

    /** Its index at this moment, at least: between two answers on the line from one to the other; -1 when unknown. */
    long indexAt(Instant moment) {
        if (last == null || !last.answered()) {
            return -1;
        }
        if (!last.observedAt().isAfter(moment)) {
            return last.raftIndex();
        }
        if (before == null || !before.answered() || before.observedAt().isAfter(moment)) {
            return -1;
        }
        double share = (double) Duration.between(before.observedAt(), moment).toMillis()
                / Duration.between(before.observedAt(), last.observedAt()).toMillis();
        return before.raftIndex() + (long) Math.floor(share * (last.raftIndex() - before.raftIndex()));
    }
}
