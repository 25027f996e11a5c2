package io.quorate.jobs.ledger;

import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The episodes of a run, in order of their beginnings. A message is what one episode tells people at one severity: a
 * <em>page</em> is a message of severity critical, a <em>warning</em> one of severity warning; an episode that gets
 * worse is both. Messages that something is over are not counted.
 */
public record Ledger(List<Episode> episodes) {

    static final Comparator<Episode> ORDER = Comparator.comparing(Episode::startedAt)
            .thenComparing(Episode::cluster)
            .thenComparing(episode -> episode.member() == null ? "" : episode.member())
            .thenComparing(Episode::rule)
            .thenComparing(Episode::id);

    public Ledger {
        episodes = episodes.stream().sorted(ORDER).toList();
    }

    /** Of every transition of a run; those of one id in their order. */
    public static Ledger of(List<Alert> alerts) {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        for (Alert alert : alerts) {
            drafts.computeIfAbsent(alert.id(), id -> new Draft(alert)).hear(alert);
        }
        return new Ledger(drafts.values().stream().map(Draft::episode).toList());
    }

    /** Those that fired. */
    public List<Episode> fired() {
        return episodes.stream().filter(Episode::fired).toList();
    }

    /** How many were pending and came to nothing. */
    public int unfired() {
        return episodes.size() - fired().size();
    }

    /** How many tell anybody. */
    public int notifying() {
        return (int) episodes.stream().filter(Episode::notifies).count();
    }

    /** How many fire still. */
    public int open() {
        return (int) episodes.stream().filter(Episode::isOpen).count();
    }

    /** Messages of severity critical. */
    public int pages() {
        return episodes.stream().mapToInt(Episode::pages).sum();
    }

    /** Messages of severity warning. */
    public int warnings() {
        return episodes.stream().mapToInt(Episode::warnings).sum();
    }

    /** An episode while its transitions are read. */
    private static final class Draft {

        private final Told told = new Told();
        private final Alert first;
        private Alert last;
        private int transitions;
        private Severity pending = Severity.INFO;
        private Severity firing = Severity.INFO;
        private @Nullable Instant pendingAt;
        private @Nullable Instant firedAt;
        private @Nullable Instant resolvedAt;
        private @Nullable String cause;
        private @Nullable String root;

        Draft(Alert first) {
            this.first = first;
            this.last = first;
        }

        void hear(Alert alert) {
            last = alert;
            transitions++;
            told.hear(alert);
            switch (alert.status()) {
                case PENDING -> {
                    pendingAt = pendingAt == null ? alert.at() : pendingAt;
                    pending = worse(pending, alert.severity());
                }
                case FIRING, UPDATED -> {
                    firedAt = firedAt == null ? alert.at() : firedAt;
                    resolvedAt = null;
                    firing = worse(firing, alert.severity());
                }
                case RESOLVED -> resolvedAt = alert.at();
            }
            if (alert.cause() != null) {
                cause = alert.cause();
                root = alert.evidence().stream()
                        .filter(evidence -> evidence.what().equals("root member"))
                        .map(Evidence::value)
                        .findFirst()
                        .orElse(null);
            }
        }

        private static Severity worse(Severity one, Severity other) {
            return one.compareTo(other) >= 0 ? one : other;
        }

        Episode episode() {
            boolean fired = firedAt != null;
            // Of a run that begins in the middle of an episode, all that is heard may be that it is over.
            boolean onlyOver = !fired && last.status() == Status.RESOLVED;
            return new Episode(
                    first.id(),
                    first.rule(),
                    first.cluster(),
                    first.member(),
                    fired ? firing : onlyOver ? last.severity() : pending,
                    first.startedAt(),
                    pendingAt,
                    firedAt,
                    resolvedAt,
                    transitions,
                    cause,
                    root,
                    last.partOf(),
                    last.summary(),
                    told.messages());
        }
    }
}
