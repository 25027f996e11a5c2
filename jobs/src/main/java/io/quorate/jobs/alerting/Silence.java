package io.quorate.jobs.alerting;

import io.quorate.events.Control;
import io.quorate.jobs.alerting.routes.LabelMatcher;
import io.quorate.rules.yaml.InvalidYaml;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * For a while nobody is told of alerts with these labels. What still fires when it ends is told then.
 *
 * @param id its own
 * @param where all of them hold; never empty
 * @param until the first moment that is no part of it
 */
public record Silence(String id, List<LabelMatcher> where, Instant from, Instant until, String by, String comment) {

    private static final List<String> NAMES = List.of("where", "from", "until", "comment");

    public Silence {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(comment, "comment");
        where = List.copyOf(where);
        if (where.isEmpty()) {
            throw new IllegalArgumentException("a silence without a matcher would silence all; expected at least one");
        }
        if (!from.isBefore(until)) {
            throw new IllegalArgumentException("a silence that ends before it begins");
        }
    }

    /**
     * The silence that somebody said; not for a control that removes one.
     *
     * @throws InvalidYaml with everything that is wrong with its text
     */
    public static Silence of(Control control) throws InvalidYaml {
        ControlText text = new ControlText(control, NAMES);
        List<LabelMatcher> where = text.matchers("where");
        Instant from = text.moment("from");
        Instant until = text.moment("until");
        return text.built(() -> new Silence(control.id(), where, from, until, control.by(), text.text("comment")));
    }

    /** What says so to the job, at this time. */
    public Control asControl(Instant at) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("where", LabelMatcher.text(where));
        values.put("from", from.toString());
        values.put("until", until.toString());
        values.put("comment", comment);
        return new Control(Control.SILENCE, id, at, by, Control.ACTIVE, ControlText.of(values));
    }

    public boolean holds(Map<String, String> labels, Instant now) {
        return !now.isBefore(from)
                && now.isBefore(until)
                && where.stream().allMatch(matcher -> matcher.matches(labels));
    }
}
