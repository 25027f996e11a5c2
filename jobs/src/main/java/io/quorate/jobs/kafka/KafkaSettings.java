package io.quorate.jobs.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * The broker and how its topics are read.
 *
 * @param bootstrap host:port, several by comma
 * @param partitions of each topic that does not exist yet
 * @param replication of each topic that does not exist yet
 * @param idleAfter how long a partition may be silent before the stream's time goes on without it
 */
public record KafkaSettings(String bootstrap, int partitions, short replication, Duration idleAfter)
        implements Serializable {

    public static final int DEFAULT_PARTITIONS = 12;
    public static final Duration DEFAULT_IDLE_AFTER = Duration.ofSeconds(30);

    public KafkaSettings {
        Objects.requireNonNull(bootstrap, "kafka.bootstrap");
        if (partitions < 1 || replication < 1) {
            throw new IllegalArgumentException("kafka.partitions and kafka.replication; expected at least 1 of each");
        }
    }

    /** One broker of one's own. */
    public static KafkaSettings single(String bootstrap, int partitions, Duration idleAfter) {
        return new KafkaSettings(bootstrap, partitions, (short) 1, idleAfter);
    }
}
