package io.quorate.ingest.discovery;

import io.quorate.ingest.poll.Discovery;
import io.quorate.ingest.poll.Found;
import io.quorate.ingest.poll.Target;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where targets are found, {@code discover} in the settings, and what they are called.
 *
 * @param interval from one look to the next
 */
public record DiscoverySettings(Groups groups, Naming naming, Duration interval) implements Serializable {

    private static final long serialVersionUID = 1;

    public static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final int NAMED = 3;

    public DiscoverySettings {
        if (interval.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "interval: " + interval.toMillis() + "ms is too short, expected at least 1s");
        }
    }

    /** What makes it the same over restarts, and different from others. */
    public String name() {
        return groups.name();
    }

    /** A target per cluster, with the addresses of all its members: for those who ask etcd. */
    public Discovery clusters() {
        return discovery(this::byCluster);
    }

    /** A target per member, its address that of its metrics: for those who scrape. */
    public Discovery members() {
        return discovery(this::byMember);
    }

    /** One address of a group, and whose it is. */
    private record Member(String cluster, String member, String address, String path, Map<String, String> labels) {}

    private Discovery discovery(Function<List<Member>, List<Target>> targets) {
        return new Discovery() {

            @Override
            public String name() {
                return groups.name();
            }

            @Override
            public Duration interval() {
                return interval;
            }

            @Override
            public Found find() throws IOException {
                List<String> problems = new ArrayList<>();
                return new Found(targets.apply(named(groups.find(problems), problems)), problems);
            }
        };
    }

    private List<Member> named(List<Group> found, List<String> problems) {
        List<Member> members = new ArrayList<>();
        TreeSet<String> nameless = new TreeSet<>();
        for (Group group : found) {
            for (String target : group.targets()) {
                String cluster = group.labels().getOrDefault(naming.clusterLabel(), "");
                cluster = cluster.isEmpty() && naming.cluster() != null ? naming.cluster() : cluster;
                String address = address(target, group.labels());
                if (cluster.isEmpty() || address == null) {
                    nameless.add(target);
                    continue;
                }
                members.add(new Member(
                        cluster,
                        member(target, group.labels()),
                        address,
                        group.labels().getOrDefault("__metrics_path__", "/metrics"),
                        group.labels()));
            }
        }
        if (!nameless.isEmpty()) {
            problems.add(nameless.size() + " targets are no host:port with the label " + naming.clusterLabel()
                    + " (set cluster-label, or cluster for all), such as "
                    + String.join(", ", nameless.stream().limit(NAMED).toList()));
        }
        return members;
    }

    private @Nullable String address(String target, Map<String, String> labels) {
        int colon = target.lastIndexOf(':');
        boolean told =
                colon > target.lastIndexOf(']') && target.substring(colon + 1).matches("[0-9]{1,5}");
        if ((!told && naming.port() == 0) || target.contains("/") || target.contains("@")) {
            return null;
        }
        String host = told ? target.substring(0, colon) : target;
        String port = naming.port() == 0 ? target.substring(colon + 1) : String.valueOf(naming.port());
        return labels.getOrDefault("__scheme__", naming.scheme()) + "://" + host + ":" + port;
    }

    private String member(String target, Map<String, String> labels) {
        if (naming.memberLabel() != null) {
            return labels.getOrDefault(naming.memberLabel(), target);
        }
        return labels.getOrDefault("member", labels.getOrDefault("pod", target));
    }

    private List<Target> byCluster(List<Member> members) {
        Map<String, List<Member>> clusters = new TreeMap<>();
        members.forEach(member -> clusters.computeIfAbsent(member.cluster(), unseen -> new ArrayList<>())
                .add(member));
        List<Target> targets = new ArrayList<>();
        clusters.forEach((cluster, all) -> targets.add(new Target(
                cluster,
                name(),
                List.copyOf(new TreeSet<>(all.stream().map(Member::address).toList())),
                shared(all))));
        return targets;
    }

    /** The labels of a cluster are those on which all its members agree. */
    private Map<String, String> shared(List<Member> members) {
        Map<String, String> shared = new TreeMap<>(members.get(0).labels());
        members.forEach(member -> shared.entrySet().retainAll(member.labels().entrySet()));
        shared.keySet()
                .removeIf(label -> label.startsWith("__")
                        || label.equals(naming.clusterLabel())
                        || label.equals("job")
                        || label.equals("instance"));
        // Whatever label told it: by this one the ledger of polls names it.
        shared.put("cluster", members.get(0).cluster());
        return shared;
    }

    /** The first of each cluster carries what all of its members agree on, so that one of them tells it. */
    private List<Target> byMember(List<Member> members) {
        Map<String, List<Member>> clusters = new TreeMap<>();
        members.forEach(member -> clusters.computeIfAbsent(member.cluster(), unseen -> new ArrayList<>())
                .add(member));
        List<Target> targets = new ArrayList<>();
        clusters.forEach((cluster, all) -> {
            all.sort(Comparator.comparing(Member::member));
            Map<String, String> told = sharedByMembers(all);
            for (Member member : all) {
                Map<String, String> labels = new TreeMap<>(told);
                labels.put("cluster", cluster);
                labels.put("member", member.member());
                targets.add(new Target(
                        cluster + "/" + member.member(), name(), List.of(member.address() + member.path()), labels));
                told = Map.of();
            }
        });
        return targets;
    }

    /** Without those that name a member: of a cluster with one alone these are shared too. */
    private Map<String, String> sharedByMembers(List<Member> members) {
        Map<String, String> shared = shared(members);
        shared.keySet().removeAll(Set.of("member", "pod", String.valueOf(naming.memberLabel())));
        return shared;
    }
}
