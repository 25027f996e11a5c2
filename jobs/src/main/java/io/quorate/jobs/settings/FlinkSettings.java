package io.quorate.jobs.settings;

import io.quorate.rules.yaml.Durations;
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
                    "flink.checkpoint-interval: " + Durations.text(checkpointInterval) + ", expected at least 100ms");
        }
        if (checkpointDir != null && checkpointDir.matches("(?s)[A-Za-z0-9+.-]+://[^/]*:.*@.*")) {
            throw new IllegalArgumentException(
                    "flink.checkpoint-dir: holds a user or a password (not repeated), expected"
                            + " none there: give Flink's own configuration the credentials of the storage");
        }
    }
}
