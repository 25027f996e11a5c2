package io.quorate.jobs.ledger;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What truly happened, as {@code NAME.truth.json} beside a recording says it, and as {@code quorate simulate} writes
 * it.
 *
 * <p>An incident is a {@code fault_start} up to its {@code fault_end}, or a {@code fault} of a moment. A fault of which
 * there are only notes ({@code fault_note}) began at an unknown time: it counts from the beginning of the recording to
 * its last note. Recovery ({@code fault_end}, {@code restart}) is no incident.
 *
 * <p>Planned is what the truth says {@code planned: true} of; otherwise rolling restarts, orderly stops ({@code
 * terminate}, {@code SIGTERM}), compactions, defragmentations and disarming: what operators do. Planned things are
 * listed and are no incidents. All other words ({@code start}, {@code end}, {@code health}, {@code disks}) are neither.
 *
 * @param events incidents and planned things, in order of time
 * @param watched by cluster, of which time the truth speaks
 */
public record Truth(List<Event> events, Map<String, Span> watched) {

    /** From when to when, both inclusive. */
    public record Span(Instant from, Instant to) {

        public Span {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }

        boolean holds(Instant at) {
            return !at.isBefore(from) && !at.isAfter(to);
        }
    }

    /**
     * One of them.
     *
     * @param members by name; none when it is about the whole cluster, or nobody says
     * @param span of a fault that goes on, up to the recording's end
     * @param notedAt of a fault that is only noted, when it was first; null when its beginning is known
     */
    public record Event(
            String cluster,
            String what,
            boolean planned,
            Set<String> members,
            Span span,
            @Nullable Instant notedAt) {

        public Event {
            Objects.requireNonNull(cluster, "cluster");
            Objects.requireNonNull(what, "what");
            members = new TreeSet<>(members);
        }

        /** {@code disk-slow of lab-1 m2}. */
        public String text() {
            return what + " of " + cluster + (members.isEmpty() ? "" : " " + String.join(", ", members));
        }
    }

    private static final Comparator<Event> ORDER = Comparator.comparing(
                    (Event event) -> event.span().from())
            .thenComparing(Event::cluster)
            .thenComparing(Event::what)
            .thenComparing(event -> String.join(",", event.members()));

    public Truth {
        events = events.stream().sorted(ORDER).toList();
        watched = new TreeMap<>(watched);
    }

    /**
     * Of these files, which are one fleet.
     *
     * @throws IllegalArgumentException when one cannot be read as a truth, in words for people
     */
    public static Truth of(List<Path> files) {
        List<Event> events = new ArrayList<>();
        Map<String, Span> watched = new TreeMap<>();
        for (Path file : files) {
            Truth one = TruthReader.read(file);
            events.addAll(one.events());
            one.watched().forEach((cluster, span) -> watched.merge(cluster, span, Truth::around));
        }
        return new Truth(events, watched);
    }

    private static Span around(Span one, Span other) {
        return new Span(
                one.from().isBefore(other.from()) ? one.from() : other.from(),
                one.to().isAfter(other.to()) ? one.to() : other.to());
    }

    public List<Event> incidents() {
        return events.stream().filter(event -> !event.planned()).toList();
    }

    /** What somebody meant. */
    public List<Event> planned() {
        return events.stream().filter(Event::planned).toList();
    }
}
