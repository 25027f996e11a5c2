package io.quorate.jobs.kafka;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;

/** The broker does not answer, or refuses what is asked of it. */
public final class KafkaUnreachable extends RuntimeException {

    private static final long serialVersionUID = 1;

    KafkaUnreachable(String bootstrap, Throwable cause) {
        super("Kafka at " + bootstrap + " " + reason(cause), cause);
    }

    /** A client that gets no answer tries until it times out; anything else is a broker's own word. */
    private static String reason(Throwable cause) {
        Throwable said = cause instanceof ExecutionException && cause.getCause() != null ? cause.getCause() : cause;
        return said instanceof ApiException && !(said instanceof RetriableException)
                ? "refuses: " + said.getMessage() + "; check what this client is allowed to do there"
                : "does not answer; check kafka.bootstrap and that the broker is up";
    }
}
