package io.quorate.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One transition of an alert. All transitions of one episode carry one id.
 *
 * @param id of the episode, by {@link #idOf}
 * @param member name; null when the alert is about the whole cluster
 * @param at when it became so, in event time
 * @param startedAt when the episode began: the time of the event that first made the rule true
 * @param summary one sentence for a person who was just woken
 * @param cause in words; null until known
 * @param partOf id of the fleet incident, or {@code maintenance NAME}, that it is part of; such an alert notifies nobody. Null when
 *     it stands for itself
 * @param runbook path or address
 */
public record Alert(
        String id,
        String rule,
        Severity severity,
        String cluster,
        @Nullable String clusterId,
        @Nullable String member,
        @Nullable String memberId,
        Status status,
        Instant at,
        Instant startedAt,
        String summary,
        @Nullable String cause,
        @Nullable String partOf,
        @Nullable String runbook,
        List<Evidence> evidence) {

    /** How bad; later ones are worse. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /** Where an episode stands. */
    public enum Status {
        PENDING,
        FIRING,
        UPDATED,
        RESOLVED
    }

    /** One observation that the alert rests on. */
    public record Evidence(String what, String value, Instant at) {

        public Evidence {
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(at, "at");
        }
    }

    public Alert {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(startedAt, "startedAt");
        summary = summary == null ? "" : summary;
        evidence = evidence == null ? List.of() : evidence;
    }

    /** The next transition of the same episode, with what is known of its cause. */
    public Alert told(Status next, Instant when, @Nullable String cause, List<Evidence> evidence) {
        return new Alert(
                id, rule, severity, cluster, clusterId, member, memberId, next, when, startedAt, summary, cause, partOf,
                runbook, evidence);
    }

    /** The same, as part of something larger; of nothing when null. */
    public Alert asPartOf(@Nullable String larger) {
        return as(status, at, larger);
    }

    /** The next transition of the same episode. */
    public Alert as(Status next, Instant when, @Nullable String larger) {
        return new Alert(
                id, rule, severity, cluster, clusterId, member, memberId, next, when, startedAt, summary, cause, larger,
                runbook, evidence);
    }

    /** The same for the same episode, whoever computes it and however often: live, after a restart, in a replay. */
    public static String idOf(String rule, String cluster, @Nullable String member, Instant startedAt) {
        String episode =
                rule + '\n' + cluster + '\n' + (member == null ? "" : member) + '\n' + startedAt.toEpochMilli();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(episode.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
