package io.quorate.jobs.settings;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs ask of Flink.
 *
 * @param checkpointDir address of a folder that all of Flink's processes reach; null leaves it to the cluster
 */
public record FlinkSettings(@Nullable String checkpointDir, Duration checkpointInterval) implements Serializable {

    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

    public FlinkSettings {
        if (checkpointInterval.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "flink.checkpoint-interval is " + checkpointInterval + "; expected at least 100ms");
        }
    }
}
