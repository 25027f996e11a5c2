package io.quorate.ingest.prometheus;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Some clusters whose scrapes are asked for together; none of them for all that the server has.
 *
 * @param others whether it is about all but these
 */
record Part(List<String> clusters, boolean others) {

    static final Part WHOLE = new Part(List.of(), false);

    /**
     * Everything, or these clusters, so many members at a time that no answer is too large, and what belongs to none of the
     * clusters that are known.
     *
     * @param members of each cluster that is known, how many
     */
    static Deque<Part> of(Collection<String> wanted, SortedMap<String, Integer> members, int membersAtOnce) {
        if (sum(members) <= membersAtOnce || members.size() < 2) {
            return new ArrayDeque<>(List.of(WHOLE));
        }
        Deque<Part> parts = new ArrayDeque<>();
        List<String> clusters = new ArrayList<>();
        int size = 0;
        for (String cluster : wanted) {
            int more = members.getOrDefault(cluster, 0);
            if (size > 0 && size + more > membersAtOnce) {
                parts.add(new Part(List.copyOf(clusters), false));
                clusters.clear();
                size = 0;
            }
            clusters.add(cluster);
            size += more;
        }
        if (!clusters.isEmpty()) {
            parts.add(new Part(List.copyOf(clusters), false));
        }
        parts.add(new Part(List.copyOf(members.keySet()), true));
        return parts;
    }

    static int sum(SortedMap<String, Integer> members) {
        return members.values().stream().mapToInt(Integer::intValue).sum();
    }

    boolean isWhole() {
        return clusters.isEmpty() && !others;
    }

    /** Whether it is of several clusters that are named. */
    boolean isOfMany() {
        return !others && clusters.size() > 1;
    }

    /** The two halves of one that is of many. */
    List<Part> halves() {
        int half = clusters.size() / 2;
        return List.of(
                new Part(clusters.subList(0, half), false), new Part(clusters.subList(half, clusters.size()), false));
    }

    /** What of a round it is about; the round itself when it is the whole. */
    Round of(Round whole) {
        Set<String> some = Set.copyOf(clusters);
        return isWhole() ? whole : whole.part(cluster -> some.contains(cluster) != others);
    }

    List<String> questions(Queries queries, PrometheusSettings settings, Duration window) {
        if (isWhole()) {
            return queries.catalogue(window);
        }
        Set<String> values = new TreeSet<>(clusters);
        if (settings.cluster() != null && values.contains(settings.cluster())) {
            // The name of those that lack the label.
            values.add("");
        }
        return others ? queries.catalogueOfOthers(values, window) : queries.catalogueOf(values, window);
    }
}
