package io.quorate.jobs.alerting;

import io.quorate.sinks.receivers.PlacedAlert;
import org.jspecify.annotations.Nullable;

/** Where one episode stands with silences; a Flink POJO, as it is keyed state. */
public class Quiet {

    /** Somebody was told that it fires. */
    public boolean told;

    /** Its newest transition that nobody was told of; null when nothing is held back. */
    public @Nullable PlacedAlert held;
}
