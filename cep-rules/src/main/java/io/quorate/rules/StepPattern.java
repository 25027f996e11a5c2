package io.quorate.rules;

import io.quorate.events.Alert.Severity;
import io.quorate.events.LeaderChange;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Steps of one cluster, in this order, first to last within so long. The summary may hold {@code {cluster}}, {@code {member}}
 * (of the first step), {@code {count}}, {@code {span}} and {@code {steps}}.
 *
 * @param within exclusive
 * @param resolveAfter how long no further match may end for the episode to be over
 */
public record StepPattern(List<Step> steps, Duration within, Duration resolveAfter, Severity severity)
        implements Rule.Condition {

    /** Whether all it is about is one member: then so are its alerts. */
    public boolean isOfOneMember() {
        Step first = steps.get(0);
        return !first.isChange()
                && (first.sameMember() || first.isSingle())
                && steps.stream().skip(1).allMatch(step -> step.sameMember() || step.absent());
    }

    /** Whether nothing in it looks at another member than that of the first step. */
    public boolean readsOneMember() {
        return isOfOneMember() && steps.stream().skip(1).allMatch(Step::sameMember);
    }

    /** The last step that is not an absence: {@code {count}} are its events. */
    public Step counted() {
        return steps.stream()
                .filter(step -> !step.absent())
                .reduce((one, next) -> next)
                .orElseThrow();
    }

    /** Whether it is complete when {@code within} is over. */
    public boolean endsInAbsence() {
        return steps.get(steps.size() - 1).absent();
    }

    /**
     * One step, as a clause: {@code disk-stalls}.
     *
     * @param symptoms the rules any of whose symptoms it is; empty for a leader change
     * @param planned which leader changes count; empty for a symptom
     * @param atLeast how many times
     * @param orMembersPlus how many more than the cluster has members, where that is more; negative when the size does not
     *     matter
     * @param absent it must not happen: up to the next step, or until {@code within} is over when it is the last
     * @param sameMember it must be of the member of the first step
     */
    public record Step(
            String name,
            Set<String> symptoms,
            Set<LeaderChange.Planned> planned,
            int atLeast,
            int orMembersPlus,
            boolean absent,
            boolean sameMember)
            implements Serializable {

        /** Whether it names an event like this one. */
        public boolean takes(String name, LeaderChange.@Nullable Planned change) {
            return isChange() ? change != null && planned.contains(change) : symptoms.contains(name);
        }

        /** Whether it is a leader change rather than a symptom. */
        public boolean isChange() {
            return symptoms.isEmpty();
        }

        /** Whether one event is enough, whatever the size of the cluster. */
        public boolean isSingle() {
            return atLeast == 1 && orMembersPlus < 0;
        }

        /** How many it takes in a cluster of this size. */
        public int needed(int clusterSize) {
            return orMembersPlus < 0 ? atLeast : Math.max(atLeast, clusterSize + orMembersPlus);
        }
    }
}
