package io.quorate.events;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one alert transition at one receiver, or why nobody was told of it: a line of the ledger.
 *
 * @param key of the message, sent as {@code Idempotency-Key}: alert id and severity step where it tells of one alert alone
 * @param group id of the group of alerts it was told with, which receivers keep an incident by; null when nobody was told
 * @param receiver its name in the settings, never an address, which may hold a secret; {@link #NOBODY} when it was held back
 * @param attempt 1 for the first; 0 when nothing was sent
 * @param httpStatus the receiver's answer; null when there was none
 */
public record Notification(
        String key,
        @Nullable String group,
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

    /** What stands for a receiver where nobody was told. */
    public static final String NOBODY = "nobody";

    /** What became of it. */
    public enum Outcome {
        /** The receiver has it. */
        DELIVERED,
        /** The receiver did not take it now; it is sent again. */
        RETRIED,
        /** The receiver will never take it. */
        REFUSED,
        /** It is about to be sent with others, under this key: what is sent again after a crash is the same message. */
        PLANNED,
        /** The receiver that was to be told instead has it. */
        PASSED_ON,
        /** A silence held it back. */
        SILENCED,
        /** It is part of something larger, of which people are told instead. */
        INHIBITED
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
