package io.quorate.jobs.alerting;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** How far behind each job of the pipeline is, as its topics and its committed offsets tell. */
@FunctionalInterface
public interface Stages extends Serializable {

    /**
     * By job, how long the oldest record waits that it has not read; nothing of a job that never committed.
     *
     * @throws IllegalStateException when nobody can tell
     */
    Map<String, Duration> behind(Instant now);
}
