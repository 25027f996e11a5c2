package io.quorate.simulator.plan;

import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.Member;
import io.quorate.simulator.model.Process;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom a fault hits.
 *
 * @param cluster name, or a beginning of names with {@code *}
 * @param labels that the cluster must have; {@code az} is a label of members and chooses among them
 * @param member a name, {@code leader}, {@code follower}, or {@code all}
 */
record Target(String cluster, Map<String, String> labels, String member) {

    static final String AZ = "az";

    boolean hits(Cluster candidate) {
        boolean named = cluster.endsWith("*")
                ? candidate.name().startsWith(cluster.substring(0, cluster.length() - 1))
                : candidate.name().equals(cluster);
        return named
                && labels.entrySet().stream()
                        .filter(label -> !label.getKey().equals(AZ))
                        .allMatch(label ->
                                label.getValue().equals(candidate.labels().get(label.getKey())));
    }

    /** Who that is now: roles are filled at the moment when the fault begins. */
    List<Member> members(Cluster hit) {
        Member leader = hit.leader();
        return hit.members().stream()
                .filter(candidate -> !labels.containsKey(AZ)
                        || String.valueOf(labels.get(AZ)).equals(zone(candidate)))
                .filter(candidate -> switch (member) {
                    case "all" -> true;
                    case "leader" -> candidate == leader;
                    case "follower" -> candidate == firstFollower(hit, leader);
                    default -> candidate.name().equals(member);
                })
                .toList();
    }

    private static Member firstFollower(Cluster hit, @Nullable Member leader) {
        return hit.members().stream()
                .filter(candidate -> candidate != leader && candidate.process() == Process.RUNNING)
                .findFirst()
                .orElse(hit.members().get(0));
    }

    /** Members are spread over three availability zones. */
    static String zone(Member member) {
        return String.valueOf((char) ('a' + member.index() % 3));
    }
}
