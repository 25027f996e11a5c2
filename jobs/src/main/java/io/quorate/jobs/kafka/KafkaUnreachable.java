package io.quorate.jobs.kafka;

/** The broker does not answer. */
public final class KafkaUnreachable extends RuntimeException {

    private static final long serialVersionUID = 1;

    KafkaUnreachable(String bootstrap, Throwable cause) {
        super("Kafka at " + bootstrap + " does not answer; check kafka.bootstrap and that the broker is up", cause);
    }
}
