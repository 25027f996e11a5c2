package io.quorate.jobs.ledger;

import io.quorate.events.Alert.Severity;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Which episodes a table shows when there is no room for all, and how. */
final class Worst {

    private static final Comparator<Episode> WORST_FIRST = Comparator.comparing(Episode::notifies)
            .thenComparing(Episode::severity)
            .reversed()
            .thenComparing(Ledger.ORDER);

    private Worst() {}

    /** The worst of those that fired, in order of time. */
    static List<Episode> of(List<Episode> fired, int most) {
        return fired.stream()
                .sorted(WORST_FIRST)
                .limit(most)
                .sorted(Comparator.comparing(Episode::knownAt).thenComparing(Ledger.ORDER))
                .toList();
    }

    static String lasted(Episode episode) {
        return episode.resolvedAt() == null
                ? "open"
                : Shown.span(Duration.between(episode.knownAt(), episode.resolvedAt()));
    }

    /** The messages: {@code warning, page}; of what is part of something larger, that it is. */
    static String told(Episode episode) {
        if (!episode.notifies()) {
            return episode.partOf() == null ? "nobody" : "part of " + episode.partOf();
        }
        return episode.told().stream()
                .map(severity -> severity == Severity.CRITICAL ? "page" : Shown.lower(severity))
                .collect(Collectors.joining(", "));
    }
}
