package io.quorate.jobs.detection;

import io.quorate.events.LeaderChange;
import io.quorate.events.LeaderChange.Planned;
import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A confirmed leader change, and what its old leader does after it: the process that ends, or the leader that follows, tells
 * whether somebody meant it. A Flink POJO, as it is keyed state.
 */
public class Undecided {

    /** Who has ended is asked again within a second. */
    static final Duration WAIT = Duration.ofMillis(1500);

    public @Nullable LeaderChange change;

    /** How the old leader's time ended. */
    public Reign reign = new Reign();

    /** It was meant if the old leader's process has ended. */
    public boolean byItsEnd;

    /** It was meant if the old leader follows. */
    public boolean byItsFollowing;

    /** A change as it was confirmed. */
    static Undecided of(LeaderChange change, Reign reign, Reign.Mark successor, boolean nextInARoll) {
        Undecided undecided = new Undecided();
        undecided.change = change;
        undecided.reign = reign;
        boolean early = reign.leavesNoTimeForAnElection(successor);
        boolean likely = reign.looksHandedOver(successor) && (nextInARoll || reign.wentOn(successor));
        undecided.byItsEnd = early || likely;
        undecided.byItsFollowing = early && reign.wasHeardBy(String.valueOf(change.toId()), change.clusterSize());
        return undecided;
    }

    /** A change that no hand-over explains. */
    static Undecided nobodyKnows(LeaderChange change) {
        Undecided undecided = new Undecided();
        undecided.change = change;
        return undecided;
    }

    /** Takes in what the old leader answers, or that it does not. */
    void observe(MemberStatus status) {
        LeaderChange confirmed = change();
        if (!status.member().equals(confirmed.from())) {
            return;
        }
        if (!status.answered()) {
            reign.fellSilent(status);
        } else if (status.hasLeader()) {
            // One that leads on does not know of its end: it was cut off, or stood still.
            reign.followed |= !status.isLeader();
            reign.hung |= status.isLeader();
        }
    }

    /** Whether somebody meant it; null as long as only the old leader's next answer can tell. */
    @Nullable
    Planned planned() {
        if (reign.lost) {
            return Planned.NO;
        }
        if (reign.hung || !(byItsEnd || byItsFollowing)) {
            return Planned.UNKNOWN;
        }
        if (reign.refused) {
            return byItsEnd ? Planned.YES : Planned.UNKNOWN;
        }
        if (reign.followed && byItsFollowing) {
            return Planned.YES;
        }
        // A process that ends follows first, for a moment.
        return null;
    }

    /** When waiting ends. */
    Instant until() {
        return change().confirmedAt().plus(WAIT);
    }

    /** The change, with what was found out by then. */
    LeaderChange decided(Planned planned, Instant at) {
        LeaderChange confirmed = change();
        return new LeaderChange(
                confirmed.cluster(),
                confirmed.clusterId(),
                confirmed.from(),
                confirmed.fromId(),
                confirmed.to(),
                confirmed.toId(),
                confirmed.raftTerm(),
                confirmed.observedAt(),
                at,
                planned,
                confirmed.clusterSize());
    }

    private LeaderChange change() {
        if (change == null) {
            throw new IllegalStateException("an undecided leader change has been made without one");
        }
        return change;
    }
}
