package io.quorate.events;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a cluster, as its member list says. Of a cluster that is known by its metrics alone only the labels are told,
 * and no members.
 *
 * @param cluster name
 * @param clusterId lower-case hex; empty where only labels are told
 * @param labels of the cluster: env, region, az, storage class, owner
 */
public record ClusterRoster(
        String cluster,
        String clusterId,
        Instant observedAt,
        Instant ingestedAt,
        List<Member> members,
        Map<String, String> labels) {

    public ClusterRoster {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(observedAt, "observedAt");
        Objects.requireNonNull(ingestedAt, "ingestedAt");
        members = members == null ? List.of() : members;
        labels = labels == null ? Map.of() : labels;
    }

    /**
     * One member of the list.
     *
     * @param memberId lower-case hex
     * @param name empty until the member first started
     */
    public record Member(String memberId, String name, boolean learner, List<String> clientUrls) {

        public Member {
            Objects.requireNonNull(memberId, "memberId");
            name = name == null ? "" : name;
            clientUrls = clientUrls == null ? List.of() : clientUrls;
        }
    }

    /** The labels of a cluster whose member list nobody asks for. */
    public static ClusterRoster ofLabels(String cluster, Instant at, Map<String, String> labels) {
        return new ClusterRoster(cluster, "", at, at, List.of(), labels);
    }

    /** Whether it tells who belongs, rather than labels alone. */
    public boolean tellsMembers() {
        return !members.isEmpty();
    }

    /** Members that count for the quorum. */
    public int voters() {
        return (int) members.stream().filter(member -> !member.learner()).count();
    }

    /** The name of this member; null when it does not belong, or never started. */
    public @Nullable String nameOf(String memberId) {
        return members.stream()
                .filter(member ->
                        member.memberId().equals(memberId) && !member.name().isEmpty())
                .map(Member::name)
                .findFirst()
                .orElse(null);
    }
}
