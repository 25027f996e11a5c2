package io.quorate.ingest.etcd;

import io.quorate.events.ClusterRoster;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints a cluster's member list adds to those of the settings, and which it takes away. A member that an endpoint
 * answers as needs no other; what a member advertises may be of no use from here, and is then told. Decides, and asks nobody.
 */
final class Following {

    private final List<String> configured;
    private final Set<String> schemes = new TreeSet<>();
    private final Set<String> asked = new LinkedHashSet<>();
    /** Of those that were followed, for which member. */
    private final Map<String, ClusterRoster.Member> followed = new LinkedHashMap<>();
    /** By endpoint, the member that it answered as last. */
    private final Map<String, String> answeredAs = new HashMap<>();
    /** Addresses under which another member answered than the one that advertises them. */
    private final Set<String> misleading = new HashSet<>();

    /**
     * What is to be done.
     *
     * @param added to be asked from now on
     * @param gone to be asked no more
     * @param problems in words for people
     */
    record Change(List<String> added, List<String> gone, List<String> problems) {}

    /** Begins with the endpoints of the settings. */
    Following(List<String> endpoints) {
        configured = List.copyOf(endpoints);
        asked.addAll(endpoints);
        endpoints.forEach(endpoint -> schemes.add(scheme(endpoint)));
    }

    /** An endpoint of this cluster turned out to be this member. */
    void answered(String endpoint, String memberId) {
        answeredAs.put(endpoint, memberId);
    }

    /** Most endpoints are of another cluster now: who they are has to be heard anew. */
    void forget() {
        answeredAs.clear();
        misleading.clear();
    }

    /** Which member advertises this endpoint; null for one of the settings. */
    ClusterRoster.@Nullable Member advertisedBy(String endpoint) {
        return followed.get(endpoint);
    }

    /** Takes a member list. */
    Change follow(List<ClusterRoster.Member> members) {
        List<String> problems = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (String endpoint : asked) {
            if (isGone(endpoint, members, problems)) {
                gone.add(endpoint);
            }
        }
        if (gone.size() == asked.size()) {
            // Somebody has to be asked for the next list.
            gone.clear();
        }
        gone.forEach(asked::remove);
        gone.forEach(followed::remove);
        List<String> added = new ArrayList<>();
        for (ClusterRoster.Member member : members) {
            // One that never started advertises nothing yet.
            if (!member.clientUrls().isEmpty() && asked.stream().noneMatch(endpoint -> isOf(member, endpoint))) {
                Optional<String> endpoint = endpoint(member);
                endpoint.ifPresent(added::add);
                if (endpoint.isEmpty()) {
                    problems.add(name(member) + " advertises " + String.join(" and ", member.clientUrls())
                            + ", which cannot be followed; expected " + String.join(" or ", schemes)
                            + "://host:port of that member: set its --advertise-client-urls, or list it in"
                            + " ingest.etcd.endpoints");
                }
            }
        }
        asked.addAll(added);
        return new Change(added, gone, problems);
    }

    private boolean isGone(String endpoint, List<ClusterRoster.Member> members, List<String> problems) {
        ClusterRoster.Member meant = followed.get(endpoint);
        String id = answeredAs.getOrDefault(endpoint, meant == null ? "" : meant.memberId());
        boolean listed =
                members.stream().anyMatch(member -> member.memberId().equals(id) || advertises(member, endpoint));
        if (!id.isEmpty() && !listed) {
            return true;
        }
        if (meant != null && !id.equals(meant.memberId())) {
            misleading.add(meant.memberId() + " " + endpoint);
            problems.add(name(meant) + " advertises " + endpoint + ", but member " + id
                    + " answers there; set its --advertise-client-urls, or list it in ingest.etcd.endpoints");
            return true;
        }
        // The settings have another address of it, which answers after all.
        return meant != null
                && asked.stream()
                        .anyMatch(other -> !other.equals(endpoint)
                                && !followed.containsKey(other)
                                && meant.memberId().equals(answeredAs.get(other)));
    }

    /** Where this member is to be asked: where the settings had it before it left, else where it says. */
    private Optional<String> endpoint(ClusterRoster.Member member) {
        Optional<String> known = configured.stream()
                .filter(endpoint -> !asked.contains(endpoint))
                .filter(endpoint -> member.memberId().equals(answeredAs.get(endpoint)))
                .findFirst();
        if (known.isPresent()) {
            return known;
        }
        Optional<String> advertised = member.clientUrls().stream()
                .map(Following::bare)
                .filter(url -> EtcdSettings.problem(url) == null && schemes.contains(scheme(url)))
                .filter(url -> !misleading.contains(member.memberId() + " " + url))
                .findFirst();
        advertised.ifPresent(url -> {
            // Whoever answered there before was another.
            answeredAs.remove(url);
            followed.put(url, member);
        });
        return advertised;
    }

    private boolean isOf(ClusterRoster.Member member, String endpoint) {
        ClusterRoster.Member meant = followed.get(endpoint);
        return member.memberId().equals(answeredAs.get(endpoint))
                || (meant != null && meant.memberId().equals(member.memberId()))
                || advertises(member, endpoint);
    }

    private static boolean advertises(ClusterRoster.Member member, String endpoint) {
        return member.clientUrls().stream().anyMatch(url -> bare(url).equals(bare(endpoint)));
    }

    private static String name(ClusterRoster.Member member) {
        return member.name().isEmpty() ? "member " + member.memberId() : member.name();
    }

    private static String bare(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private static String scheme(String url) {
        return URI.create(url).getScheme();
    }
}
