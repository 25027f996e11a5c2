package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to tell one receiver of one alert transition: a line of the ledger.
 *
 * @param key the receivers' deduplication key, sent as {@code Idempotency-Key}: alert id and severity step
 * @param receiver its name in the settings; never an address, which may hold a secret
 * @param attempt 1 for the first
 * @param outcome {@code delivered}, {@code retried} or {@code refused}
 * @param httpStatus the receiver's answer; null when there was none
 */
public record Notification(
        String key,
        String alertId,
        String rule,
        Alert.Severity severity,
        String cluster,
        @Nullable String member,
        Alert.Status status,
        String receiver,
        int attempt,
        Outcome outcome,
        @Nullable Integer httpStatus,
        @Nullable String detail,
        Instant breachedAt,
        Instant attemptedAt) {

    /** What became of the attempt. */
    public enum Outcome {
        DELIVERED,
        RETRIED,
        REFUSED
    }

    public Notification {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(alertId, "alertId");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(receiver, "receiver");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(breachedAt, "breachedAt");
        Objects.requireNonNull(attemptedAt, "attemptedAt");
    }
}
