package io.quorate.jobs.detection;

import io.quorate.rules.compile.PatternEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What made a pattern true once.
 *
 * @param events of its steps, in their order
 * @param at when it was complete
 * @param due when every match that was complete no later is known
 */
public record StepMatch(List<Taken> events, Instant at, long due) {

    /** An event and the step that took it. */
    public record Taken(String step, PatternEvent event) {

        public Taken {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(event, "event");
        }
    }

    static final Comparator<StepMatch> ORDER =
            Comparator.comparing(StepMatch::at).thenComparing(match -> match.last(), PatternEvent.ORDER);

    public StepMatch {
        Objects.requireNonNull(events, "events");
        Objects.requireNonNull(at, "at");
        if (events.isEmpty()) {
            throw new IllegalArgumentException("a match without events");
        }
    }

    PatternEvent first() {
        return events.get(0).event();
    }

    PatternEvent last() {
        return events.get(events.size() - 1).event();
    }
}
