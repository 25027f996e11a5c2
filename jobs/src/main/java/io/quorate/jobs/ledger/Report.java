package io.quorate.jobs.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a backtest has to tell; {@link LedgerText}, {@link LedgerJson} and {@link LedgerPage} show it.
 *
 * @param title such as {@code storm.jsonl.gz, profile lab}
 * @param clusters every cluster of the history, also those that said nothing
 * @param lacks what the history does not hold, a sentence each
 * @param noise null when there is no span to divide by
 * @param difference from another rule set; null without one
 * @param rules what the two rule sets are called, the first and the second; null without a difference
 * @param truth null without a truth file
 * @param score null without a truth file
 * @param curve null without a sweep
 */
public record Report(
        String title,
        Instant since,
        Instant until,
        List<String> clusters,
        List<String> lacks,
        Ledger ledger,
        @Nullable Noise noise,
        @Nullable LedgerDifference difference,
        @Nullable Compared rules,
        @Nullable Truth truth,
        @Nullable Score score,
        @Nullable Curve curve) {

    /** What two rule sets are called. The ledger that is shown is the second's. */
    public record Compared(String before, String after) {}

    public Report {
        clusters = clusters.stream().sorted().toList();
        lacks = List.copyOf(lacks);
    }

    /** A ledger and its noise; all else can be added. */
    public static Report of(String title, Instant since, Instant until, List<String> clusters, Ledger ledger) {
        Duration span = Duration.between(since, until);
        boolean divisible = !span.isNegative() && !span.isZero() && !clusters.isEmpty();
        Noise noise = divisible ? Noise.of(ledger, span, clusters.size()) : null;
        return new Report(title, since, until, clusters, List.of(), ledger, noise, null, null, null, null, null);
    }

    public Report lacking(List<String> sentences) {
        return new Report(
                title, since, until, clusters, sentences, ledger, noise, difference, rules, truth, score, curve);
    }

    /** With what another rule set said before; this report's ledger is the second. */
    public Report with(LedgerDifference other, String before, String after) {
        Compared names = new Compared(before, after);
        return new Report(title, since, until, clusters, lacks, ledger, noise, other, names, truth, score, curve);
    }

    public Report with(Truth happened, Score scored) {
        return new Report(
                title, since, until, clusters, lacks, ledger, noise, difference, rules, happened, scored, curve);
    }

    public Report with(Curve swept) {
        return new Report(title, since, until, clusters, lacks, ledger, noise, difference, rules, truth, score, swept);
    }

    /** The difference in one sentence; empty without one. */
    String differs() {
        if (difference == null || rules == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (LedgerDifference.Kind kind : LedgerDifference.Kind.values()) {
            text.append(text.length() == 0 ? "" : ", ")
                    .append(difference.of(kind).size())
                    .append(' ')
                    .append(Shown.lower(kind));
        }
        return text + ". Pages " + difference.before().pages() + " -> "
                + difference.after().pages() + ", warnings "
                + difference.before().warnings() + " -> "
                + difference.after().warnings() + ".";
    }
}
