package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signal beyond a limit for long enough. The summary may hold {@code {who}}, {@code {cluster}}, {@code {member}}, {@code
 * {value}}, {@code {limit}}, {@code {over}} and {@code {series}}.
 *
 * @param reads windows of members' metrics, or members' statuses
 * @param across how the members' values become the cluster's; null when each member is judged by itself
 * @param policy what counts as a breach where the limit lies inside a bucket
 * @param limits worst first, each severity once
 * @param clearFor how long the signal must be within the limit again for the episode to be over
 * @param guard what must hold as well for a breach; null for nothing
 */
public record Threshold(
        Source reads,
        Signal signal,
        @Nullable Across across,
        Policy policy,
        List<Limit> limits,
        Duration clearFor,
        @Nullable Guard guard)
        implements Rule.Condition {

    public enum Source {
        MEMBER_WINDOW,
        MEMBER_STATUS
    }

    /** How values of members become one of the cluster. Histograms and shares are pooled, whatever stands here. */
    public enum Across {
        SUM,
        MAX,
        MIN,
        /** The largest less the smallest. */
        SPREAD
    }

    /** What to say of a quantile that may lie on either side of the limit. */
    public enum Policy {
        /** Undecided. */
        CERTAIN,
        /** What Prometheus would say: as if the operations lay evenly in their bucket. */
        INTERPOLATED,
        /** A breach, as it may be one. */
        POSSIBLE
    }

    /** When a value is beyond a bound. */
    public enum Comparison {
        ABOVE,
        AT_LEAST,
        BELOW,
        AT_MOST;

        /** Whether it looks for large values. */
        public boolean isUpper() {
            return this == ABOVE || this == AT_LEAST;
        }

        /** Whether this value is beyond this bound. */
        public boolean holds(double value, double bound) {
            return switch (this) {
                case ABOVE -> value > bound;
                case AT_LEAST -> value >= bound;
                case BELOW -> value < bound;
                case AT_MOST -> value <= bound;
            };
        }
    }

    /**
     * So far beyond so much for so long is so bad.
     *
     * @param clear the bound within which an episode that fires must come back; null for the same bound
     * @param duration how long it must be beyond before it fires
     */
    public record Limit(
            Severity severity,
            Comparison comparison,
            Bound bound,
            @Nullable Bound clear,
            Duration duration) implements Serializable {}

    /**
     * A second signal of the same member or cluster, without which the first is no breach: a ratio says little of a small
     * database. Taken across members as the first one is.
     */
    public record Guard(Signal signal, Comparison comparison, Bound bound) implements Serializable {}

    /**
     * A number to compare with, in the base unit of the signal: seconds, bytes, a ratio.
     *
     * @param number unless it depends on the cluster
     * @param text as the rule says it
     */
    public record Bound(double number, Kind kind, String text) implements Serializable {

        public enum Kind {
            NUMBER,
            /** How many voting members the cluster has. */
            MEMBERS,
            /** How many of them make a quorum. */
            QUORUM
        }

        /** For a cluster of so many voting members. */
        public double of(int voters) {
            return switch (kind) {
                case NUMBER -> number;
                case MEMBERS -> voters;
                case QUORUM -> voters / 2 + 1;
            };
        }
    }

    /** Whether it is about the cluster rather than each of its members. */
    public boolean perCluster() {
        return across != null;
    }
}
