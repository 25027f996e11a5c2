package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import io.quorate.events.LeaderChange;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule as its file tells it: when it fires, how badly, when it is over, what it says.
 *
 * @param name as alerts carry it, such as {@code EtcdElectionStorm}
 * @param version of its text: of two files that differ, it differs
 * @param why the comment above the rule: what it means, for a person on call
 * @param maturity a sandbox rule is evaluated and notifies nobody
 * @param runsIn the profiles in which it runs; empty for all
 * @param rank where its symptom stands between cause and effect
 * @param alert what it says; null when it only gives a symptom to patterns, or explains
 * @param explains what it is the cause of; null for most
 * @param profiles by name, the condition that each sets instead
 * @param tests that stand in the rule's own file
 * @param text of its file, from which overrides are made
 */
public record Rule(
        String name,
        String version,
        String why,
        Maturity maturity,
        Set<String> runsIn,
        CausalRank rank,
        Condition condition,
        @Nullable Says alert,
        @Nullable Explains explains,
        Map<String, Condition> profiles,
        List<RuleTest> tests,
        String text)
        implements Serializable {

    /** What must be so for a rule to fire: a closed family. */
    public sealed interface Condition extends Serializable permits CountedChanges, Regression, Threshold, StepPattern {}

    public enum Maturity {
        SANDBOX,
        STABLE
    }

    /** From cause to effect. What one window or one scrape shows at once is taken in this order. */
    public enum CausalRank {
        DISK,
        NETWORK,
        PROCESS,
        COMMIT,
        HEARTBEAT,
        LEADER_CHANGE,
        APPLY,
        CLIENT,
        CAPACITY
    }

    /**
     * What an alert says.
     *
     * @param summary one sentence with the condition's words in braces
     * @param runbook path or address
     */
    public record Says(String summary, String runbook) implements Serializable {}

    /**
     * So many leader changes of one cluster within so long. The summary may hold {@code {cluster}}, {@code {count}} and
     * {@code {span}}.
     *
     * @param step what is counted, as a clause: {@code leader-moves}
     * @param planned which leader changes count
     * @param back whether each must give the leadership back to the member that lost it by the one before
     * @param levels worst first; the rule is true when any of them is
     * @param resolveAfter how long nothing may have been counted for the episode to be over
     */
    public record CountedChanges(
            String step, Set<LeaderChange.Planned> planned, boolean back, List<Level> levels, Duration resolveAfter)
            implements Condition {

        /** Whether this change is one of those that the rule counts. */
        public boolean counts(LeaderChange change) {
            return planned.contains(change.planned());
        }
    }

    /**
     * So many within so long is so bad.
     *
     * @param atLeast how many, whatever the size of the cluster
     * @param orMembersPlus how many more than the cluster has members; negative when the size does not matter. The larger
     *     of the two counts.
     * @param within from the first to the last, exclusive
     */
    public record Level(Severity severity, int atLeast, int orMembersPlus, Duration within) implements Serializable {

        public Level {
            if (atLeast < 2) {
                throw new IllegalArgumentException("a level counts at least 2, not " + atLeast);
            }
        }

        /** How many it takes in a cluster of this size. */
        public int needed(int clusterSize) {
            return orMembersPlus < 0 ? atLeast : Math.max(atLeast, clusterSize + orMembersPlus);
        }
    }

    /**
     * A member's operations take longer than they did in its own past. The summary may hold {@code {who}}, {@code
     * {share}}, {@code {slow}} and {@code {edge}}.
     *
     * @param metric the histogram of the operations
     * @param share a window is breached when more than this share of it is slower than the baseline's p99 bucket
     * @param atLeast and when so many operations are; windows are summed until there are
     * @param p50Edges or when the median rose by more bucket edges than this
     * @param windows how many in a row must be breached, and calm again
     * @param peers how many times the median share of its peers a member's must be for the alert to name it
     */
    public record Regression(
            String metric,
            Baseline baseline,
            double share,
            int atLeast,
            int p50Edges,
            int windows,
            double peers,
            Severity severity)
            implements Condition {

        public Regression {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException("a share lies between 0 and 1, not " + share);
            }
            if (atLeast < 1 || windows < 1) {
                throw new IllegalArgumentException("a regression takes at least one operation and one window");
            }
        }
    }

    /** Which of a member's windows are its past. */
    public record Baseline(Kind kind, Duration span) implements Serializable {

        /** The span before the window that is judged, or the first of what was ever seen. */
        public enum Kind {
            TRAILING,
            FIRST
        }
    }

    /** The rule as it reads under this profile; unchanged when it says nothing of it. */
    public Rule under(String profile) {
        Condition other = profiles.get(profile);
        return other == null ? this : with(other);
    }

    /** Whether it runs under this profile at all. */
    public boolean runsIn(String profile) {
        return runsIn.isEmpty() || runsIn.contains(profile);
    }

    /** The same rule on another condition. */
    public Rule with(Condition other) {
        return new Rule(name, version, why, maturity, runsIn, rank, other, alert, explains, profiles, tests, text);
    }

    /** The same rule with other words. */
    public Rule with(Says other) {
        return new Rule(name, version, why, maturity, runsIn, rank, condition, other, explains, profiles, tests, text);
    }

    /** The same rule with other profiles. */
    public Rule with(Map<String, Condition> others) {
        return new Rule(name, version, why, maturity, runsIn, rank, condition, alert, explains, others, tests, text);
    }

    /** The same rule under another name. */
    public Rule named(String other) {
        return new Rule(other, version, why, maturity, runsIn, rank, condition, alert, explains, profiles, tests, text);
    }

    /** The same rule without its tests, which are many times as large as all else. */
    public Rule untested() {
        return new Rule(
                name, version, why, maturity, runsIn, rank, condition, alert, explains, profiles, List.of(), text);
    }

    /** What its alerts say, of a rule that has some. */
    public Says says() {
        if (alert == null) {
            throw new IllegalStateException(name + " gives a symptom and no alerts");
        }
        return alert;
    }
}
