package io.quorate.rules.compile;

import io.quorate.events.LeaderChange;
import io.quorate.rules.Rule;
import io.quorate.rules.StepPattern;
import io.quorate.rules.StepPattern.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.jspecify.annotations.Nullable;

/**
 * From a rule to a Flink pattern: of its level, over the leader changes of one cluster that the rule counts, or of its
 * steps, over the symptoms and leader changes of one cluster that they read. Filtering happens before the pattern: CEP is
 * dear per event.
 */
public final class RuleCompiler {

    /** The step that completes a match. */
    public static final String LAST = "at-last";

    /** Behind the name of a step whose count depends on the cluster: the event that completes it. No clause has a colon. */
    private static final String COMPLETED = ":last";

    private RuleCompiler() {}

    /**
     * A match is the shortest run of changes, first to last less than {@code within} apart, that is as long as the level
     * needs for the cluster's size, and goes back and forth where the rule asks for that. How many are needed depends on the event, so it is a condition, not a quantifier.
     */
    public static Pattern<LeaderChange, ?> pattern(Rule.CountedChanges counted, Rule.Level level) {
        return Pattern.<LeaderChange>begin(counted.step(), AfterMatchSkipStrategy.skipPastLastEvent())
                .oneOrMore()
                .followedBy(LAST)
                .where(new CompletesTheCount(counted, level))
                .within(level.within());
    }

    /** Changes of one moment, in the order in which they must have happened. */
    public static EventComparator<LeaderChange> order() {
        return new ByTerm();
    }

    /**
     * A match is one event of each step, or as many as it asks for, in this order, with anything in between that no absent
     * step names.
     *
     * @throws IllegalArgumentException when an absent step stands first: nothing tells since when it must be absent
     */
    public static Pattern<PatternEvent, ?> pattern(StepPattern pattern) {
        Step first = pattern.steps().get(0);
        if (first.absent()) {
            throw new IllegalArgumentException(
                    first.name() + " is absent and stands first; expected a step that begins the pattern");
        }
        Pattern<PatternEvent, PatternEvent> so = then(null, first, first);
        List<Step> absent = new ArrayList<>();
        for (Step step : pattern.steps().subList(1, pattern.steps().size())) {
            if (step.absent()) {
                absent.add(step);
            } else {
                so = then(without(so, first, absent), first, step);
                absent.clear();
            }
        }
        return without(so, first, absent).within(pattern.within());
    }

    /** Events of one slot, from cause to effect. */
    public static EventComparator<PatternEvent> ties() {
        return new ByCause();
    }

    /** What a match took for this step, in order. */
    public static List<PatternEvent> taken(Map<String, List<PatternEvent>> match, Step step) {
        List<PatternEvent> events = new ArrayList<>(match.getOrDefault(step.name(), List.of()));
        events.addAll(match.getOrDefault(step.name() + COMPLETED, List.of()));
        return events;
    }

    /** Absent steps that stand together are one state: of several at the end Flink would look at the last alone. */
    private static Pattern<PatternEvent, PatternEvent> without(
            Pattern<PatternEvent, PatternEvent> so, Step first, List<Step> absent) {
        if (absent.isEmpty()) {
            return so;
        }
        Pattern<PatternEvent, PatternEvent> none =
                so.notFollowedBy(absent.stream().map(Step::name).collect(Collectors.joining(" or ")));
        for (Step step : absent) {
            none = none.or(new Takes(step, first.name()));
        }
        return none;
    }

    private static Pattern<PatternEvent, PatternEvent> then(
            @Nullable Pattern<PatternEvent, PatternEvent> so, Step first, Step step) {
        Takes takes = new Takes(step, first.name());
        Pattern<PatternEvent, PatternEvent> begun = so == null
                ? Pattern.<PatternEvent>begin(step.name(), AfterMatchSkipStrategy.skipPastLastEvent())
                : so.followedBy(step.name());
        if (step.orMembersPlus() >= 0) {
            // Not a loop that may end early or late: every event either goes on or completes, so nothing branches.
            return begun.where(takes)
                    .where(new Counted(step, false))
                    .oneOrMore()
                    .optional()
                    .followedBy(step.name() + COMPLETED)
                    .where(takes)
                    .where(new Counted(step, true));
        }
        return step.isSingle() ? begun.where(takes) : begun.where(takes).times(step.atLeast());
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

    private static final class ByCause implements EventComparator<PatternEvent> {

        private static final long serialVersionUID = 1;

        @Override
        public int compare(PatternEvent one, PatternEvent other) {
            return PatternEvent.ORDER.compare(one, other);
        }
    }

    private static final class CompletesTheCount extends IterativeCondition<LeaderChange> {

        private static final long serialVersionUID = 1;

        private final String step;
        private final boolean back;
        private final Rule.Level level;

        CompletesTheCount(Rule.CountedChanges counted, Rule.Level level) {
            this.step = counted.step();
            this.back = counted.back();
            this.level = level;
        }

        @Override
        public boolean filter(LeaderChange last, Context<LeaderChange> matched) throws Exception {
            int count = 1;
            LeaderChange before = null;
            boolean goesBack = true;
            for (LeaderChange change : matched.getEventsForPattern(step)) {
                count++;
                goesBack &= before == null || change.takesBack(before);
                before = change;
            }
            goesBack &= before != null && last.takesBack(before);
            return count >= level.needed(last.clusterSize()) && (goesBack || !back);
        }
    }

    /** The event is one that the step names. */
    private static final class Takes extends IterativeCondition<PatternEvent> {

        private static final long serialVersionUID = 1;

        private final Step step;
        private final String first;

        Takes(Step step, String first) {
            this.step = step;
            this.first = first;
        }

        @Override
        public boolean filter(PatternEvent event, Context<PatternEvent> matched) throws Exception {
            return step.takes(event.name(), event.planned()) && (!step.sameMember() || isOfTheFirst(event, matched));
        }

        private boolean isOfTheFirst(PatternEvent event, Context<PatternEvent> matched) throws Exception {
            for (String name : List.of(first, first + COMPLETED)) {
                Iterator<PatternEvent> events =
                        matched.getEventsForPattern(name).iterator();
                if (events.hasNext()) {
                    return Objects.equals(events.next().member(), event.member());
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return PatternText.event(step);
        }
    }

    /** With the event, the step is complete, or is not yet. */
    private static final class Counted extends IterativeCondition<PatternEvent> {

        private static final long serialVersionUID = 1;

        private final Step step;
        private final boolean complete;

        Counted(Step step, boolean complete) {
            this.step = step;
            this.complete = complete;
        }

        @Override
        public boolean filter(PatternEvent event, Context<PatternEvent> matched) throws Exception {
            int count = 1;
            for (PatternEvent ignored : matched.getEventsForPattern(step.name())) {
                count++;
            }
            return count >= step.needed(event.clusterSize()) == complete;
        }

        @Override
        public String toString() {
            return complete ? "completes " + PatternText.count(step) : "completes nothing yet";
        }
    }
}
