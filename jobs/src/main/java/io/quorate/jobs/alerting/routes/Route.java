package io.quorate.jobs.alerting.routes;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of which alerts, and how they are told together.
 *
 * @param name its own; stands in ids of groups, so a route that is renamed opens new groups
 * @param where labels that an alert must have; empty for every alert
 * @param receivers by name
 * @param groupBy labels by whose values alerts are told together
 * @param groupWait at most one message per group in this time: what comes sooner waits for it
 * @param groupFor a group takes newcomers this long after its first alert; later ones open the next group
 * @param repeat how often people are reminded of what still fires and nobody has taken on; null for never
 * @param escalations in the order of their time
 * @param goesOn whether the routes after it are asked as well
 */
public record Route(
        String name,
        List<LabelMatcher> where,
        List<String> receivers,
        List<String> groupBy,
        Duration groupWait,
        Duration groupFor,
        @Nullable Duration repeat,
        List<Escalation> escalations,
        boolean goesOn)
        implements Serializable {

    public static final List<String> DEFAULT_GROUP_BY = List.of("alertname", "severity");
    public static final Duration DEFAULT_GROUP_WAIT = Duration.ofSeconds(10);
    public static final Duration DEFAULT_GROUP_FOR = Duration.ofMinutes(5);
    public static final Duration DEFAULT_REPEAT = Duration.ofHours(4);

    private static final Duration SHORTEST_REPEAT = Duration.ofSeconds(10);

    /**
     * Who else is told of a group that nobody has taken on.
     *
     * @param after since the group was first told
     */
    public record Escalation(Duration after, List<String> receivers) implements Serializable {

        public Escalation {
            Objects.requireNonNull(after, "after");
            receivers = List.copyOf(receivers);
            if (after.isZero() || after.isNegative()) {
                throw new IllegalArgumentException("after: " + after.toMillis() + "ms, expected more than 0");
            }
        }
    }

    public Route {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(groupWait, "groupWait");
        Objects.requireNonNull(groupFor, "groupFor");
        where = List.copyOf(where);
        receivers = List.copyOf(receivers);
        groupBy = List.copyOf(groupBy);
        escalations = List.copyOf(escalations);
        if (receivers.isEmpty()) {
            throw new IllegalArgumentException("receivers: none, expected at least one");
        }
        if (groupFor.compareTo(groupWait) < 0) {
            throw new IllegalArgumentException("group-for: " + groupFor.toMillis()
                    + "ms, expected at least group-wait, which is " + groupWait.toMillis() + "ms");
        }
        if (repeat != null && repeat.compareTo(SHORTEST_REPEAT) < 0) {
            throw new IllegalArgumentException("repeat: " + repeat.toMillis() + "ms, expected at least "
                    + SHORTEST_REPEAT.toSeconds() + "s, or off");
        }
        for (int i = 1; i < escalations.size(); i++) {
            if (escalations.get(i).after().compareTo(escalations.get(i - 1).after()) <= 0) {
                throw new IllegalArgumentException("escalate[" + i + "]: after "
                        + escalations.get(i).after().toSeconds() + "s, expected later than the one before it");
            }
        }
    }

    /** To all of these, of every alert, with every default. */
    public static Route toAll(List<String> receivers) {
        return new Route(
                "default",
                List.of(),
                receivers,
                DEFAULT_GROUP_BY,
                DEFAULT_GROUP_WAIT,
                DEFAULT_GROUP_FOR,
                DEFAULT_REPEAT,
                List.of(),
                false);
    }

    /** Everybody whom it may tell. */
    public Set<String> told() {
        Set<String> told = new LinkedHashSet<>(receivers);
        escalations.forEach(escalation -> told.addAll(escalation.receivers()));
        return told;
    }

    /** Whether nothing that comes to this one goes on to that one. */
    public boolean takesAllOf(Route later) {
        return !goesOn && later.where.containsAll(where);
    }

    public boolean takes(Map<String, String> labels) {
        return where.stream().allMatch(matcher -> matcher.matches(labels));
    }

    /** Those of these that take an alert with these labels: the first, and as long as they go on, those after it. */
    public static List<Route> of(Map<String, String> labels, List<Route> routes) {
        List<Route> taking = new ArrayList<>();
        for (Route route : routes) {
            if (route.takes(labels)) {
                taking.add(route);
                if (!route.goesOn) {
                    break;
                }
            }
        }
        return taking;
    }
}
