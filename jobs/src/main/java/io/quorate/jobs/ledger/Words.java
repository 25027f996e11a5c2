package io.quorate.jobs.ledger;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sentences that the terminal and the page have in common. */
final class Words {

    static final String OF_CURVE =
            "All is of the swept rule alone, but the pages of all rules. Recall is the share of the"
                    + " incidents that this one rule finds, or at whose beginning it fires already.";

    private Words() {}

    static List<String> of(Score score) {
        List<String> lines = new ArrayList<>();
        lines.add("Recall " + Shown.share(score.recall()) + ": " + score.found() + " of "
                + Shown.count(score.outcomes().size(), "incident", "incidents")
                + " had an episode that began between their beginning and " + Shown.span(score.reach())
                + " after their end.");
        lines.add("Precision " + Shown.share(score.precision()) + ": " + score.right() + " of "
                + Shown.count(score.judged(), "episode", "episodes") + " belong to an incident, " + score.ofPlanned()
                + " only to what was planned, " + score.stray().size() + " to nothing; " + score.unjudged()
                + " were not judged.");
        if (score.delay() != null) {
            lines.add("Delay, from the beginning to the first firing: " + spread(score.delay()) + ".");
        }
        if (score.lead() != null) {
            lines.add("Lead, from the first firing to the note of what has no known beginning: " + spread(score.lead())
                    + ".");
        }
        return lines;
    }

    private static String spread(Spread spread) {
        return "p50 " + Shown.seconds(spread.p50()) + ", p95 " + Shown.seconds(spread.p95()) + ", max "
                + Shown.seconds(spread.max()) + " (" + spread.count() + ")";
    }

    /** Who said it first; of what was missed, what fired already. */
    static String firstSaidBy(Score.Outcome outcome) {
        Episode first = outcome.first() != null ? outcome.first() : outcome.during();
        return first == null
                ? "nobody"
                : (outcome.isFound() ? "" : "nobody, during ") + first.rule() + " " + first.who();
    }

    /** How long after its beginning an incident was known. */
    static String after(Score.Outcome outcome) {
        @Nullable Double seconds = outcome.seconds();
        if (seconds == null) {
            return "-";
        }
        return outcome.incident().notedAt() == null
                ? Shown.seconds(seconds)
                : Shown.seconds(Math.abs(seconds)) + (seconds <= 0 ? " before note" : " after note");
    }

    /** In lines that are no longer than this, where words allow it. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder("  ");
            } else if (line.length() > 0) {
                line.append(' ');
            }
            line.append(Shown.cut(word, width - 2));
        }
        lines.add(line.toString());
        return lines;
    }
}
