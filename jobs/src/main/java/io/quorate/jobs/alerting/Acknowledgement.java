package io.quorate.jobs.alerting;

import io.quorate.events.Control;
import io.quorate.rules.yaml.InvalidYaml;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Somebody has taken something on: nobody is reminded of it, and it is told to nobody else, until it is over or this is.
 *
 * @param id of an alert or of a group
 */
public record Acknowledgement(String id, Instant at, Instant until, String by, String comment) {

    private static final List<String> NAMES = List.of("until", "comment");

    public Acknowledgement {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(comment, "comment");
        if (!at.isBefore(until)) {
            throw new IllegalArgumentException("taken on at " + at + " until " + until + "; expected a later moment");
        }
    }

    /**
     * What somebody said to have taken on; not for a control that removes it.
     *
     * @throws InvalidYaml with everything that is wrong with its text
     */
    public static Acknowledgement of(Control control) throws InvalidYaml {
        ControlText text = new ControlText(control, NAMES);
        Instant until = text.moment("until");
        return text.built(
                () -> new Acknowledgement(control.id(), control.at(), until, control.by(), text.text("comment")));
    }

    /** What says so to the job. */
    public Control asControl() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("until", until.toString());
        values.put("comment", comment);
        return new Control(Control.ACK, id, at, by, Control.ACTIVE, ControlText.of(values));
    }
}
