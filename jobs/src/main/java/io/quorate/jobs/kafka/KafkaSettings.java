package io.quorate.jobs.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern BROKER = Pattern.compile("(?:\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):(\\d{1,6})");

    public KafkaSettings {
        Objects.requireNonNull(bootstrap, "kafka.bootstrap");
        List<String> problems = new ArrayList<>();
        if (bootstrap.contains("@")) {
            problems.add("bootstrap: holds a user or a password (not repeated), expected only host:port");
        } else {
            for (String broker : bootstrap.split(",", -1)) {
                if (!isBroker(broker)) {
                    problems.add("bootstrap: " + broker + " is no broker, expected host:port with a port to 65535");
                }
            }
        }
        if (partitions < 1) {
            problems.add("partitions: " + partitions + ", expected at least 1");
        }
        if (replication < 1) {
            problems.add("replication: " + replication + ", expected at least 1");
        }
        if (idleAfter.isZero() || idleAfter.isNegative()) {
            problems.add("idle-after: " + idleAfter.toMillis() + "ms, expected more than 0");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("kafka." + String.join("\nkafka.", problems));
        }
    }

    private static boolean isBroker(String address) {
        Matcher matcher = BROKER.matcher(address);
        return matcher.matches()
                && Integer.parseInt(matcher.group(1)) >= 1
                && Integer.parseInt(matcher.group(1)) <= 65_535;
    }

    /** One broker of one's own. */
    public static KafkaSettings single(String bootstrap, int partitions, Duration idleAfter) {
        return new KafkaSettings(bootstrap, partitions, (short) 1, idleAfter);
    }
}
