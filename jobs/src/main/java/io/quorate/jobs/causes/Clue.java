package io.quorate.jobs.causes;

import io.quorate.events.LeaderChange;
import io.quorate.events.RuleCoverage;
import io.quorate.events.Symptom;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What may tell the cause of an alert: a pattern that explains, a symptom, a leader change, or whether a rule could see. */
public record Clue(
        String cluster,
        @Nullable Explanation explanation,
        @Nullable Symptom symptom,
        @Nullable LeaderChange change,
        @Nullable RuleCoverage seen) {

    /** Total, so that what comes by different ways at once is always taken alike. */
    static final Comparator<Clue> ORDER = Comparator.comparing(Clue::at).thenComparing(Clue::toString);

    public Clue {
        Objects.requireNonNull(cluster, "cluster");
    }

    private Instant at() {
        if (explanation != null) {
            return explanation.from();
        }
        if (symptom != null) {
            return symptom.from();
        }
        return change != null
                ? change.observedAt()
                : Objects.requireNonNull(seen, "a clue of nothing").observedAt();
    }

    /**
     * The pattern of a rule that explains was complete once.
     *
     * @param member the root: that of the pattern's first step; null when it is the cluster
     * @param from the beginning of the window of the first step
     * @param until the end of the window of the last step
     * @param steps in their order
     */
    public record Explanation(String rule, @Nullable String member, Instant from, Instant until, List<Step> steps) {

        public Explanation {
            Objects.requireNonNull(rule, "rule");
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(until, "until");
            Objects.requireNonNull(steps, "steps");
        }
    }

    /** One event of a pattern, in words. */
    public record Step(String name, String value, Instant at) {

        public Step {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(at, "at");
        }
    }

    public static Clue of(String cluster, Explanation explanation) {
        return new Clue(cluster, explanation, null, null, null);
    }

    public static Clue of(Symptom symptom) {
        return new Clue(symptom.cluster(), null, symptom, null, null);
    }

    public static Clue of(LeaderChange change) {
        return new Clue(change.cluster(), null, null, change, null);
    }

    public static Clue of(RuleCoverage seen) {
        return new Clue(seen.cluster(), null, null, null, seen);
    }
}
