package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.ClusterRoster;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What contagion hears: a transition of an alert, a cluster's labels, or an incident that was found before. */
public record FleetNews(
        Word word,
        @Nullable Alert alert,
        @Nullable ClusterRoster labels,
        @Nullable Incident incident) {

    /** What is to be done with it. */
    public enum Word {
        /** Of an alert: to be passed on. */
        SAID,
        /** Of an alert: passed on already. */
        HEARD,
        /** Of an alert that was pending and is not any more, which nobody is told of. */
        CALMED,
        LABELS,
        INCIDENT
    }

    public FleetNews {
        Objects.requireNonNull(word, "word");
    }

    static FleetNews said(Alert alert) {
        return new FleetNews(Word.SAID, alert, null, null);
    }

    static FleetNews heard(Alert alert) {
        return new FleetNews(Word.HEARD, alert, null, null);
    }

    static FleetNews calmed(Alert alert) {
        return new FleetNews(Word.CALMED, alert, null, null);
    }

    static FleetNews labels(ClusterRoster roster) {
        return new FleetNews(Word.LABELS, null, roster, null);
    }

    static FleetNews incident(Incident incident) {
        return new FleetNews(Word.INCIDENT, null, null, incident);
    }
}
