package io.quorate.rules.compile;

import io.quorate.events.LeaderChange;
import io.quorate.rules.Rule;
import java.util.Comparator;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;

/**
 * From a rule's level to a Flink pattern over the leader changes of one cluster that the rule counts. Filtering happens
 * before the pattern: CEP is dear per event.
 */
public final class RuleCompiler {

    /** The step that completes a match. */
    public static final String LAST = "at-last";

    private RuleCompiler() {}

    /**
     * A match is the shortest run of changes, first to last less than {@code within} apart, that is as long as the level
     * needs for the cluster's size. How many are needed depends on the event, so it is a condition, not a quantifier.
     */
    public static Pattern<LeaderChange, ?> pattern(String step, Rule.Level level) {
        return Pattern.<LeaderChange>begin(step, AfterMatchSkipStrategy.skipPastLastEvent())
                .oneOrMore()
                .followedBy(LAST)
                .where(new CompletesTheCount(step, level))
                .within(level.within());
    }

    /** Changes of one moment, in the order in which they must have happened. */
    public static EventComparator<LeaderChange> order() {
        return new ByTerm();
    }

    /** Equal times are ordered by raft's own clock. */
    private static final class ByTerm implements EventComparator<LeaderChange> {

        private static final long serialVersionUID = 1;

        @Override
        public int compare(LeaderChange one, LeaderChange other) {
            return Comparator.comparing(LeaderChange::observedAt)
                    .thenComparingLong(LeaderChange::raftTerm)
                    .compare(one, other);
        }
    }

    private static final class CompletesTheCount extends IterativeCondition<LeaderChange> {

        private static final long serialVersionUID = 1;

        private final String step;
        private final Rule.Level level;

        CompletesTheCount(String step, Rule.Level level) {
            this.step = step;
            this.level = level;
        }

        @Override
        public boolean filter(LeaderChange last, Context<LeaderChange> matched) throws Exception {
            int count = 1;
            for (LeaderChange ignored : matched.getEventsForPattern(step)) {
                count++;
            }
            return count >= level.needed(last.clusterSize());
        }
    }
}
