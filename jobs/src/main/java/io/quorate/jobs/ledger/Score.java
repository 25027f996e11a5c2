package io.quorate.jobs.ledger;

import io.quorate.events.Alert.Severity;
import io.quorate.jobs.ledger.Truth.Event;
import io.quorate.jobs.ledger.Truth.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How near a ledger comes to the truth.
 *
 * <p>An episode is judged when it fired as a warning or worse, is of a cluster that the truth speaks of, and began
 * while the truth was taken or within the reach after. It belongs to an event when all of this holds:
 *
 * <ul>
 *   <li>both are of the same cluster;
 *   <li>the event names no member, or the episode names none, or the episode's member or the root member of its cause
 *       is one of the event's;
 *   <li>the episode began ({@code startedAt}: what first made the rule true) not before the event, and not later than
 *       the reach after the event's end.
 * </ul>
 *
 * Recall: of the incidents, the share to which at least one episode belongs. One episode may belong to several
 * incidents. Precision: of the judged episodes, the share that belongs to at least one incident; what belongs to
 * planned things only is counted by itself and is not right. The delay of an incident is from its beginning to the
 * first firing of what belongs to it. Of an incident that is only noted no delay is known, but the lead: from that
 * firing to the note, negative when it came later.
 *
 * @param outcomes of each incident, in order of time
 * @param planned what the truth lists as planned
 * @param right judged episodes that belong to an incident
 * @param ofPlanned those that belong to planned things and no incident
 * @param stray judged episodes that belong to nothing
 * @param unjudged how many fired and were not judged
 * @param delay null when no delay is known
 * @param lead null when no lead is known
 */
public record Score(
        List<Outcome> outcomes,
        List<Event> planned,
        int right,
        int ofPlanned,
        List<Episode> stray,
        int unjudged,
        Duration reach,
        @Nullable Spread delay,
        @Nullable Spread lead) {

    /** How long after an event's end an episode may begin that belongs to it. */
    public static final Duration REACH = Duration.ofMinutes(5);

    /**
     * What was said of one incident.
     *
     * @param first what fired first of all that belongs to it; null when nothing does
     * @param episodes how many belong to it
     * @param during what fired already when it began, of the same cluster and member; it finds nothing, though whoever
     *     heard it was awake. Null when nothing did
     */
    public record Outcome(
            Event incident,
            @Nullable Episode first,
            int episodes,
            @Nullable Episode during) {

        public boolean isFound() {
            return first != null;
        }

        /** Seconds from its beginning, or of one that is only noted from the first note, to the first firing. */
        public @Nullable Double seconds() {
            return first == null
                    ? null
                    : Duration.between(
                                            incident.notedAt() == null
                                                    ? incident.span().from()
                                                    : incident.notedAt(),
                                            first.knownAt())
                                    .toMillis()
                            / 1000.0;
        }
    }

    public Score {
        outcomes = List.copyOf(outcomes);
        planned = List.copyOf(planned);
        stray = List.copyOf(stray);
    }

    public static Score of(Truth truth, Ledger ledger) {
        return of(truth, ledger, REACH);
    }

    public static Score of(Truth truth, Ledger ledger, Duration reach) {
        List<Episode> fired = ledger.fired();
        Map<String, List<Episode>> judged = new HashMap<>();
        int all = 0;
        for (Episode episode : fired) {
            Span span = truth.watched().get(episode.cluster());
            boolean covered = span != null && new Span(span.from(), span.to().plus(reach)).holds(episode.startedAt());
            if (covered && episode.severity() != Severity.INFO) {
                judged.computeIfAbsent(episode.cluster(), cluster -> new ArrayList<>())
                        .add(episode);
                all++;
            }
        }
        Set<String> right = new HashSet<>();
        Set<String> meant = new HashSet<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (Event event : truth.events()) {
            List<Episode> belong = judged.getOrDefault(event.cluster(), List.of()).stream()
                    .filter(episode -> belongs(episode, event, reach))
                    .sorted(Comparator.comparing(Episode::knownAt).thenComparing(Ledger.ORDER))
                    .toList();
            belong.forEach(episode -> (event.planned() ? meant : right).add(episode.id()));
            if (!event.planned()) {
                Episode during = judged.getOrDefault(event.cluster(), List.of()).stream()
                        .filter(episode -> sameMember(episode, event) && firesAt(episode, event.span()))
                        .min(Comparator.comparing(Episode::knownAt).thenComparing(Ledger.ORDER))
                        .orElse(null);
                outcomes.add(new Outcome(event, belong.isEmpty() ? null : belong.get(0), belong.size(), during));
            }
        }
        List<Episode> stray = judged.values().stream()
                .flatMap(List::stream)
                .filter(episode -> !right.contains(episode.id()) && !meant.contains(episode.id()))
                .sorted(Ledger.ORDER)
                .toList();
        meant.removeAll(right);
        return new Score(
                outcomes,
                truth.planned(),
                right.size(),
                meant.size(),
                stray,
                fired.size() - all,
                reach,
                Spread.of(seconds(outcomes, false)),
                Spread.of(seconds(outcomes, true)));
    }

    private static boolean sameMember(Episode episode, Event event) {
        return event.members().isEmpty()
                || episode.member() == null
                || event.members().contains(episode.member())
                || (episode.root() != null && event.members().contains(episode.root()));
    }

    private static boolean firesAt(Episode episode, Span span) {
        return episode.knownAt().isBefore(span.from())
                && (episode.resolvedAt() == null || !episode.resolvedAt().isBefore(span.from()));
    }

    private static boolean belongs(Episode episode, Event event, Duration reach) {
        return sameMember(episode, event)
                && new Span(event.span().from(), event.span().to().plus(reach)).holds(episode.startedAt());
    }

    /** Delays of those whose beginning is known, or leads of those that are only noted. */
    private static List<Double> seconds(List<Outcome> outcomes, boolean noted) {
        List<Double> all = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Double seconds = outcome.seconds();
            if (seconds != null && noted == (outcome.incident().notedAt() != null)) {
                all.add(noted ? -seconds : seconds);
            }
        }
        return all;
    }

    /** How many incidents were found. */
    public int found() {
        return (int) outcomes.stream().filter(Outcome::isFound).count();
    }

    /** Null when there was no incident. */
    public @Nullable Double recall() {
        return outcomes.isEmpty() ? null : (double) found() / outcomes.size();
    }

    /** The share of incidents that were found, or at whose beginning somebody was awake; null when there was no incident. */
    public @Nullable Double awake() {
        long awake = outcomes.stream()
                .filter(outcome -> outcome.isFound() || outcome.during() != null)
                .count();
        return outcomes.isEmpty() ? null : (double) awake / outcomes.size();
    }

    /** How many episodes were judged. */
    public int judged() {
        return right + ofPlanned + stray.size();
    }

    /** Null when nothing was judged. */
    public @Nullable Double precision() {
        return judged() == 0 ? null : (double) right / judged();
    }
}
