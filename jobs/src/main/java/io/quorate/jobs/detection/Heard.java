package io.quorate.jobs.detection;

import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.MemberWindow;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What conditions hear of a cluster: one of a member's window, who belongs, or what a member lacks. */
public record Heard(
        String cluster,
        @Nullable MemberWindow window,
        @Nullable ClusterRoster roster,
        @Nullable Coverage coverage) {

    public Heard {
        Objects.requireNonNull(cluster, "cluster");
    }

    static Heard of(MemberWindow window) {
        return new Heard(window.cluster(), window, null, null);
    }

    static Heard of(ClusterRoster roster) {
        return new Heard(roster.cluster(), null, roster, null);
    }

    static Heard of(Coverage coverage) {
        return new Heard(coverage.cluster(), null, null, coverage);
    }

    /** Whether it takes the other's place: a roster, or a coverage of the same member, and no older. */
    boolean isAbout(Heard newer) {
        boolean bothRosters = roster != null && newer.roster != null;
        boolean sameMember =
                coverage != null && newer.coverage != null && coverage.member().equals(newer.coverage.member());
        return (bothRosters || sameMember) && !observedAt().isAfter(newer.observedAt());
    }

    /** Roster or coverage: when it was observed. */
    Instant observedAt() {
        return roster != null
                ? roster.observedAt()
                : Objects.requireNonNull(coverage, "a window has no such time").observedAt();
    }
}
