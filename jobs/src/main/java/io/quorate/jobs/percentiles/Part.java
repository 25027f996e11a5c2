package io.quorate.jobs.percentiles;

import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one part adds to the same window of the whole it belongs to: a member to its cluster, a cluster to its share of the
 * fleet, a share to the fleet.
 *
 * @param whole that is summed
 * @param part of it; a later one of the same name replaces it
 * @param cluster whose window this is, as long as it is that of one cluster
 */
public record Part(
        String whole,
        String part,
        Instant windowStart,
        Instant windowEnd,
        @Nullable String cluster,
        @Nullable String clusterId,
        int members,
        boolean gap,
        int version,
        Measures measures) {

    /** Shares of the fleet: many, so that no key is hot. */
    private static final int SHARES = 64;

    public Part {
        Objects.requireNonNull(whole, "whole");
        Objects.requireNonNull(part, "part");
        Objects.requireNonNull(windowStart, "windowStart");
        Objects.requireNonNull(windowEnd, "windowEnd");
        Objects.requireNonNull(measures, "measures");
    }

    /** A member's part in its cluster. */
    static Part ofCluster(MemberWindow window) {
        return new Part(
                window.cluster(),
                // Not the name, which the roster may change in between.
                Objects.requireNonNullElse(window.memberId(), window.member()),
                window.windowStart(),
                window.windowEnd(),
                window.cluster(),
                window.clusterId(),
                1,
                window.gap(),
                window.version(),
                window.measures());
    }

    /** A cluster's part in a share of the fleet. */
    Part ofShare() {
        return as("share-" + Math.floorMod(whole.hashCode(), SHARES), whole);
    }

    /** A share's part in the fleet. */
    Part ofFleet() {
        return as("fleet", whole);
    }

    /** The whole, as summed: it takes its name and its cluster from any of its parts. */
    Part summed(int allMembers, boolean anyGap, int newVersion, Measures total) {
        return new Part(whole, part, windowStart, windowEnd, cluster, clusterId, allMembers, anyGap, newVersion, total);
    }

    /** The sum as an event. */
    ScopeWindow window(ScopeWindow.Scope scope) {
        boolean ofOneCluster = scope == ScopeWindow.Scope.CLUSTER;
        return new ScopeWindow(
                scope,
                ofOneCluster ? cluster : null,
                ofOneCluster ? clusterId : null,
                null,
                windowStart,
                windowEnd,
                members,
                gap,
                version,
                measures);
    }

    private Part as(String newWhole, String newPart) {
        return new Part(newWhole, newPart, windowStart, windowEnd, cluster, clusterId, members, gap, version, measures);
    }
}
