package io.quorate.jobs.ledger;

import io.quorate.events.Alert;
import io.quorate.events.codec.EventCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two runs that should say the same, line by line: a line is a transition as topic {@code alert} holds it, with its id,
 * its evidence and all else. Both are ordered by time, cluster, member, rule and status first, as partitions have no
 * order among each other. What only one of them has differs; so does a line that one of them has twice.
 *
 * @param live how many lines the first has
 * @param replay how many the second
 * @param differing how many differ
 * @param first of those that differ, the first {@value #SHOWN}
 */
public record AlertComparison(int live, int replay, int differing, List<Differing> first) {

    /** How many differing lines are kept. */
    static final int SHOWN = 5;

    private static final Comparator<Alert> PLACE = Comparator.comparing(Alert::at)
            .thenComparing(Alert::cluster)
            .thenComparing(alert -> alert.member() == null ? "" : alert.member())
            .thenComparing(Alert::rule)
            .thenComparing(Alert::status);

    /**
     * A line that differs.
     *
     * @param number in the first run, from 1: where it stands, or would
     * @param live null when the first run lacks it
     * @param replay null when the second does
     */
    public record Differing(
            int number, @Nullable String live, @Nullable String replay) {}

    /** An alert and its line. */
    private record Written(Alert alert, String line) {}

    public AlertComparison {
        first = List.copyOf(first);
    }

    /** Whether every line is the same. */
    public boolean holds() {
        return differing == 0;
    }

    static AlertComparison of(Collection<Alert> live, Collection<Alert> replay) {
        List<Written> ours = written(live);
        List<Written> theirs = written(replay);
        List<Differing> first = new ArrayList<>();
        int differing = 0;
        int i = 0;
        int j = 0;
        while (i < ours.size() || j < theirs.size()) {
            int order = i == ours.size()
                    ? 1
                    : j == theirs.size()
                            ? -1
                            : PLACE.compare(ours.get(i).alert(), theirs.get(j).alert());
            String one = order <= 0 ? ours.get(i).line() : null;
            String other = order >= 0 ? theirs.get(j).line() : null;
            if (one == null || !one.equals(other)) {
                differing++;
                if (first.size() < SHOWN) {
                    first.add(new Differing(i + 1, one, other));
                }
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return new AlertComparison(ours.size(), theirs.size(), differing, first);
    }

    /** For people: that they are the same, or where they begin to differ. */
    public String text() {
        if (holds()) {
            return "identical: " + live + " lines, every one the same in both";
        }
        StringBuilder text = new StringBuilder(differing + " lines differ, of " + live + " live and " + replay
                + " replayed; expected none. The first:");
        for (Differing line : first) {
            text.append("\n  line ").append(line.number());
            text.append("\n    live   ").append(line.live() == null ? "(not there)" : line.live());
            text.append("\n    replay ").append(line.replay() == null ? "(not there)" : line.replay());
        }
        return text.toString();
    }

    private static List<Written> written(Collection<Alert> alerts) {
        EventCodec<Alert> codec = new EventCodec<>(Alert.class);
        return alerts.stream()
                .map(alert -> new Written(alert, new String(codec.encode(alert), StandardCharsets.UTF_8)))
                .sorted(Comparator.comparing(Written::alert, PLACE).thenComparing(Written::line))
                .toList();
    }
}
