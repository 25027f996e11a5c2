package io.quorate.jobs.percentiles;

import io.quorate.events.ClusterEvent;
import io.quorate.events.ClusterRoster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to one cluster, by its member lists; a Flink POJO, as it is keyed state.
 *
 * <p>Members are asked in turn, and each tells what it has applied so far: a list may be older than the one before. What is
 * new in a list happened. One that takes something away, or brings back who was removed (etcd never gives an id twice), may
 * be such an old one: it counts when the next one says the same.
 */
public class Membership {

    /** So many are remembered as removed: a list that is older than that many removals is none of a living member. */
    private static final int MOST_REMOVED = 50;

    private static final String VOTER = "voter";
    private static final String LEARNER = "learner";

    /** Another id under the same name is another cluster. */
    public @Nullable String clusterId;

    public Instant listedAt = Instant.EPOCH;

    /** By id. */
    public Map<String, ClusterRoster.Member> members = new HashMap<>();

    /** Ids, the newest last. */
    public List<String> removed = new ArrayList<>();

    /** What the last list said that was not believed yet. */
    public @Nullable String doubted;

    public Instant doubtedAt = Instant.EPOCH;

    /** Takes in one list, in order of time; what happened since the last one. One that is not newer says nothing. */
    List<ClusterEvent> observe(ClusterRoster roster) {
        if (!roster.tellsMembers() || !roster.observedAt().isAfter(listedAt)) {
            return List.of();
        }
        listedAt = roster.observedAt();
        if (!roster.clusterId().equals(clusterId)) {
            begin(roster);
            return List.of();
        }
        Instant at = listedAt;
        if (mayBeOld(roster)) {
            String says = text(roster);
            if (!says.equals(doubted)) {
                doubted = says;
                doubtedAt = at;
                return List.of();
            }
            at = doubtedAt;
        }
        doubted = null;
        return take(roster, at);
    }

    /** The name of this member; null when it does not belong, or never started. */
    @Nullable
    String nameOf(@Nullable String memberId) {
        ClusterRoster.Member member = memberId == null ? null : members.get(memberId);
        return member == null || member.name().isEmpty() ? null : member.name();
    }

    private void begin(ClusterRoster roster) {
        clusterId = roster.clusterId();
        members.clear();
        roster.members().forEach(member -> members.put(member.memberId(), member));
        removed.clear();
        doubted = null;
    }

    private boolean mayBeOld(ClusterRoster roster) {
        Map<String, ClusterRoster.Member> listed = byId(roster);
        return listed.keySet().stream().anyMatch(removed::contains)
                || members.values().stream().anyMatch(known -> {
                    ClusterRoster.Member now = listed.get(known.memberId());
                    return now == null || (now.learner() && !known.learner());
                });
    }

    private List<ClusterEvent> take(ClusterRoster roster, Instant at) {
        Map<String, ClusterRoster.Member> listed = byId(roster);
        String voters = roster.voters() + (roster.voters() == 1 ? " voting member now" : " voting members now");
        List<ClusterEvent> events = new ArrayList<>();
        for (ClusterRoster.Member member : sorted(listed)) {
            ClusterRoster.Member known = members.get(member.memberId());
            if (known == null) {
                removed.remove(member.memberId());
                events.add(event(roster, member, ClusterEvent.MEMBER_ADDED, at, null, role(member), voters));
            } else if (known.learner() && !member.learner()) {
                events.add(event(roster, member, ClusterEvent.MEMBER_PROMOTED, at, LEARNER, VOTER, voters));
            }
        }
        for (ClusterRoster.Member known : sorted(members)) {
            if (!listed.containsKey(known.memberId())) {
                removed.add(known.memberId());
                events.add(event(roster, known, ClusterEvent.MEMBER_REMOVED, at, role(known), null, voters));
            }
        }
        if (removed.size() > MOST_REMOVED) {
            removed = new ArrayList<>(removed.subList(removed.size() - MOST_REMOVED, removed.size()));
        }
        members = listed;
        return events;
    }

    private static ClusterEvent event(
            ClusterRoster roster,
            ClusterRoster.Member member,
            String kind,
            Instant at,
            @Nullable String before,
            @Nullable String after,
            String detail) {
        String name = member.name().isEmpty() ? member.memberId() : member.name();
        return new ClusterEvent(
                roster.cluster(), roster.clusterId(), name, member.memberId(), kind, at, before, after, detail);
    }

    private static String role(ClusterRoster.Member member) {
        return member.learner() ? LEARNER : VOTER;
    }

    private static Map<String, ClusterRoster.Member> byId(ClusterRoster roster) {
        Map<String, ClusterRoster.Member> listed = new HashMap<>();
        roster.members().forEach(member -> listed.put(member.memberId(), member));
        return listed;
    }

    private static List<ClusterRoster.Member> sorted(Map<String, ClusterRoster.Member> members) {
        return members.values().stream()
                .sorted(Comparator.comparing(ClusterRoster.Member::memberId))
                .toList();
    }

    private static String text(ClusterRoster roster) {
        return sorted(byId(roster)).stream()
                .map(member -> member.memberId() + ' ' + role(member))
                .collect(Collectors.joining(","));
    }
}
