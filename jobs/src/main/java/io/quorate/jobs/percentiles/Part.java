package io.quorate.jobs.percentiles;

import io.quorate.events.Measures;
import io.quorate.events.MemberWindow;
import io.quorate.events.ScopeWindow;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one part adds to the same window of the whole it belongs to: a member to its cluster, a cluster to its share of a
 * group or the fleet, a share to that.
 *
 * @param whole that is summed: a cluster, a share, a group's labels, or nothing for the fleet
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

    /** The group of all clusters. */
    static final String FLEET = "";

    /** Shares of the fleet and of each group: many, so that no key is hot. */
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

    /** A cluster's part in its share of a group, which {@link #ofGroup} takes it from. */
    Part ofShareOf(String group) {
        return as(Math.floorMod(whole.hashCode(), SHARES) + "/" + group, whole);
    }

    /** A share's part in its group. */
    Part ofGroup() {
        return as(whole.substring(whole.indexOf('/') + 1), whole);
    }

    /** The sum over a cluster as an event. */
    ScopeWindow ofCluster() {
        return window(ScopeWindow.Scope.CLUSTER, cluster, clusterId, null);
    }

    /** The sum over a group or the fleet as an event. */
    ScopeWindow ofClusters() {
        return whole.equals(FLEET)
                ? window(ScopeWindow.Scope.FLEET, null, null, null)
                : window(ScopeWindow.Scope.GROUP, null, null, whole);
    }

    Span span() {
        return Span.of(windowStart, windowEnd);
    }

    private ScopeWindow window(
            ScopeWindow.Scope scope, @Nullable String ofCluster, @Nullable String ofClusterId, @Nullable String group) {
        return new ScopeWindow(
                scope, ofCluster, ofClusterId, group, windowStart, windowEnd, members, gap, version, measures);
    }

    private Part as(String newWhole, String newPart) {
        return new Part(newWhole, newPart, windowStart, windowEnd, cluster, clusterId, members, gap, version, measures);
    }
}
