package io.quorate.jobs.fleet;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import org.jspecify.annotations.Nullable;

/** One episode of one cluster's alert that is pending or firing; a Flink POJO, as it is keyed state. */
public class Ill {

    /** As it was told last. */
    public @Nullable Alert alert;

    /** When the first word of it came. */
    public long onset;

    public long heardAt;
    public boolean firing;

    /** Whether another passes it on. */
    public boolean heardOnly;

    /** The incident that it is part of. */
    public @Nullable String partOf;

    Alert alert() {
        if (alert == null) {
            throw new IllegalStateException("an episode without a transition");
        }
        return alert;
    }

    /** What is for information makes nobody ill. */
    boolean counts() {
        return alert().severity().compareTo(Severity.WARNING) >= 0;
    }

    boolean beganIn(long from, long until) {
        return onset > from && onset <= until;
    }

    void hear(Alert news, long now) {
        alert = news;
        heardAt = now;
        firing |= news.status() != Status.PENDING;
    }
}
