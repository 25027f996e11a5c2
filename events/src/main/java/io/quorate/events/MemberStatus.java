package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One answer of etcd's status call, or the reason there was none. What a member says of the leader is what that member
 * believes.
 *
 * @param cluster name
 * @param clusterId lower-case hex, when known
 * @param member name, or the endpoint until the member list told the name
 * @param memberId lower-case hex, when known
 * @param endpoint that was asked
 * @param observedAt when the answer arrived, or when waiting for it ended
 * @param version of etcd, such as {@code 3.4.23}
 * @param leaderId lower-case hex; null when the member knows no leader
 * @param raftTerm term of the last applied entry: it lags behind the leader
 * @param errors as etcd words them; alarms stand here
 * @param voters voting members by the last member list; 0 when unknown
 * @param failure class of the failure: {@code timeout}, {@code refused}, {@code tls}, {@code auth}, {@code foreign} (a
 *     member of another cluster) or {@code error}; null when answered
 * @param failureDetail in words, for people
 */
public record MemberStatus(
        String cluster,
        @Nullable String clusterId,
        String member,
        @Nullable String memberId,
        String endpoint,
        Instant observedAt,
        Instant ingestedAt,
        @Nullable String version,
        long dbSizeBytes,
        long dbSizeInUseBytes,
        @Nullable String leaderId,
        long raftTerm,
        long raftIndex,
        long raftAppliedIndex,
        boolean learner,
        List<String> errors,
        int voters,
        @Nullable String failure,
        @Nullable String failureDetail) {

    public MemberStatus {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(observedAt, "observedAt");
        Objects.requireNonNull(ingestedAt, "ingestedAt");
        errors = errors == null ? List.of() : errors;
    }

    /** A poll that brought nothing, with the reason. */
    public static MemberStatus failed(
            String cluster,
            String member,
            @Nullable String memberId,
            String endpoint,
            Instant observedAt,
            int voters,
            String failure,
            String failureDetail) {
        return new MemberStatus(
                cluster,
                null,
                member,
                memberId,
                endpoint,
                observedAt,
                observedAt,
                null,
                0,
                0,
                null,
                0,
                0,
                0,
                false,
                List.of(),
                voters,
                failure,
                failureDetail);
    }

    public boolean answered() {
        return failure == null;
    }

    public boolean hasLeader() {
        return leaderId != null;
    }

    public boolean isLeader() {
        return leaderId != null && leaderId.equals(memberId);
    }
}
