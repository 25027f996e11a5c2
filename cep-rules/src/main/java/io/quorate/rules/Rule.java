package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import io.quorate.events.LeaderChange;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One rule as its file tells it: when it fires, how badly, when it is over, what it says.
 *
 * @param name as alerts carry it, such as {@code EtcdElectionStorm}
 * @param why the comment above the rule: what it means, for a person on call
 * @param step what is counted, as a clause: {@code leader-moves}
 * @param planned which leader changes count
 * @param levels worst first; the rule is true when any of them is
 * @param resolveAfter how long nothing may have been counted for the episode to be over
 * @param summary one sentence with {@code {cluster}}, {@code {count}} and {@code {span}}
 * @param profiles by name, what they set otherwise
 * @param tests that stand in the rule's own file
 */
public record Rule(
        String name,
        String why,
        String step,
        Set<LeaderChange.Planned> planned,
        List<Level> levels,
        Duration resolveAfter,
        String summary,
        String runbook,
        Map<String, Profile> profiles,
        List<RuleTest> tests)
        implements Serializable {

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

    /** What a profile sets otherwise. */
    public record Profile(List<Level> levels, Duration resolveAfter) implements Serializable {}

    /** The rule as it reads under this profile; unchanged when it says nothing of it. */
    public Rule under(String profile) {
        Profile other = profiles.get(profile);
        return other == null
                ? this
                : new Rule(
                        name,
                        why,
                        step,
                        planned,
                        other.levels(),
                        other.resolveAfter(),
                        summary,
                        runbook,
                        profiles,
                        tests);
    }

    /** Whether this change is one of those that the rule counts. */
    public boolean counts(LeaderChange change) {
        return planned.contains(change.planned());
    }
}
