package io.quorate.jobs.detection;

import io.quorate.events.MemberStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One leader's time in office, and what tells whether somebody meant its end; a Flink POJO, as it is keyed state.
 *
 * <p>A leader that is asked to end, or to move, hands over in milliseconds. Without that nobody else leads before an election
 * timeout has passed since its last heartbeat. So what matters is how near its last sign of life and the first answer that
 * names another lie.
 */
public class Reign {

    /**
     * No election fits into less: its timeout is at least 1 s by default, counted in ticks of 100 ms, so up to one tick short,
     * and from a heartbeat that may be one interval older than the sign of life.
     */
    static final Duration NO_ELECTION_WITHIN = Duration.ofMillis(800);

    /** Between two answers of one member lies a second; what takes much longer was no hand-over. */
    private static final Duration NO_HAND_OVER_AFTER = Duration.ofMillis(1500);

    /** The leader's own answers that its pace is read from. */
    private static final int MARKS = 6;

    /** As long, for five members. */
    private static final int LATELY = 5 * MARKS;

    /** A log that goes on evenly does so in any such time. */
    private static final double EVEN_SECONDS = 0.3;

    /** An answer, by its time and the raft index that it told. */
    public record Mark(Instant at, long raftIndex) {

        static Mark of(MemberStatus status) {
            return new Mark(status.observedAt(), status.raftIndex());
        }

        private double secondsTo(Mark later) {
            return Duration.between(at, later.at).toMillis() / 1000.0;
        }

        private double paceTo(Mark later) {
            return (later.raftIndex - raftIndex) / Math.max(0.001, secondsTo(later));
        }
    }

    /** Its own last answers as leader, in order of time. */
    public List<Mark> marks = new ArrayList<>();

    /** The last answers of all that named it, itself included; the index is the highest so far. */
    public List<Mark> lately = new ArrayList<>();

    /** Members, by id, that have told more of the log since: they have heard of it. */
    public Set<String> heard = new HashSet<>();

    /** Since its last answer, somebody knew no leader. */
    public boolean leaderless;

    /** Its polls have failed since. */
    public boolean silent;

    /** One of them found nobody listening. */
    public boolean refused;

    /** A poll of it failed in another way than an ended process makes it fail. */
    public boolean hung;

    /** The leader was silent, and others still followed it: nobody hands over leadership like that. */
    public boolean lost;

    /** It named its successor itself. */
    public boolean followed;

    /** It answered that it leads. */
    void leads(MemberStatus status) {
        marks.add(Mark.of(status));
        if (marks.size() > MARKS) {
            marks.remove(0);
        }
        tells(status);
        heard.clear();
        leaderless = false;
        silent = false;
        refused = false;
        hung = false;
        lost = false;
        followed = false;
    }

    /** Its own poll failed. */
    void fellSilent(MemberStatus status) {
        silent = true;
        refused |= refuses(status);
        hung |= !refuses(status) && !breaksOff(status);
    }

    /** Another member answered that it follows it. */
    void isFollowed(MemberStatus status) {
        lost |= silent;
        if (!marks.isEmpty() && status.memberId() != null && status.raftIndex() > last().raftIndex()) {
            heard.add(status.memberId());
        }
        tells(status);
    }

    private void tells(MemberStatus status) {
        long highest = lately.isEmpty() ? 0 : lately.get(lately.size() - 1).raftIndex();
        lately.add(new Mark(status.observedAt(), Math.max(highest, status.raftIndex())));
        if (lately.size() > LATELY) {
            lately.remove(0);
        }
    }

    /**
     * Whether no election can have brought the successor, as it was named this early. The leader's own answer tells that it
     * lived, and not that its heartbeats went out: a slow disk holds them back.
     */
    boolean leavesNoTimeForAnElection(Mark successor) {
        return !marks.isEmpty()
                && !successor.at().isBefore(last().at())
                && last().at().plus(NO_ELECTION_WITHIN).isAfter(successor.at());
    }

    /**
     * Whether those who would have had to time out heard of the leader after its last answer: the successor, or anybody where
     * its vote is needed too.
     */
    boolean wasHeardBy(String successorId, int members) {
        return heard.contains(successorId) || (members <= 3 && !heard.isEmpty());
    }

    /** Whether it was all as a hand-over looks, without proof: soon, and nobody without a leader. */
    boolean looksHandedOver(Mark successor) {
        return !marks.isEmpty()
                && !leaderless
                && !successor.at().isBefore(last().at())
                && !last().at().plus(NO_HAND_OVER_AFTER).isBefore(successor.at());
    }

    /**
     * Whether the log went on at its pace until the successor was named. Without a leader it stands still for an election
     * timeout: the rest of the time, at the highest pace seen, brings clearly less. Of a log that grows by fits and starts
     * nothing can be said.
     */
    boolean wentOn(Mark successor) {
        if (marks.size() < 4) {
            return false;
        }
        double pace = marks.get(0).paceTo(last());
        double most = 0;
        for (int i = 1; i < marks.size(); i++) {
            most = Math.max(most, marks.get(i - 1).paceTo(marks.get(i)));
        }
        double seconds = last().secondsTo(successor);
        double stalled = most * Math.max(0, seconds - NO_ELECTION_WITHIN.toMillis() / 1000.0);
        // A new leader writes one entry of its own.
        long told = successor.raftIndex() - last().raftIndex() - 1;
        return told >= 0.7 * seconds * pace && told > stalled + 3 * Math.sqrt(stalled) + 3 && isEven(pace);
    }

    private boolean isEven(double pace) {
        Mark from = lately.get(0);
        for (Mark mark : lately) {
            if (from.secondsTo(mark) >= EVEN_SECONDS) {
                if (from.paceTo(mark) < pace / 3) {
                    return false;
                }
                from = mark;
            }
        }
        return true;
    }

    /** Nobody listens: the process has ended. */
    static boolean refuses(MemberStatus status) {
        return "refused".equals(status.failure());
    }

    /** A call that was under way when the process ended. */
    static boolean breaksOff(MemberStatus status) {
        return "error".equals(status.failure());
    }

    private Mark last() {
        return marks.get(marks.size() - 1);
    }
}
