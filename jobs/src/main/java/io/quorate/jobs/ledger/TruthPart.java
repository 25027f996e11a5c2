package io.quorate.jobs.ledger;

/** What of the truth was found, as a part of the page. */
final class TruthPart {

    private TruthPart() {}

    static void write(Html html, Report report) {
        Score score = report.score();
        if (score == null) {
            return;
        }
        html.element("h2", "Truth").raw("<ul>");
        Words.of(score).forEach(sentence -> html.element("li", sentence));
        html.raw("</ul>");
        if (!score.outcomes().isEmpty()) {
            html.head("began", "incident", "", "#after", "#episodes", "first said by");
            for (Score.Outcome outcome :
                    score.outcomes().stream().limit(LedgerPage.ROWS).toList()) {
                String found = outcome.isFound() ? "found" : "missed";
                html.raw("<tr>")
                        .cell(Shown.time(outcome.incident().span().from()))
                        .cell(outcome.incident().text())
                        .raw("<td>" + Html.badge(found, found) + "</td>")
                        .number(Words.after(outcome))
                        .number(Integer.toString(outcome.episodes()))
                        .cell(Words.firstSaidBy(outcome))
                        .raw("</tr>\n");
            }
            html.end();
            html.note(LedgerPage.capped(score.outcomes().size(), "the first", "incidents"));
        }
        if (!score.planned().isEmpty()) {
            html.element("p", "Planned, and no incidents:").raw("<ul>");
            score.planned().stream()
                    .limit(LedgerPage.ROWS)
                    .forEach(planned ->
                            html.element("li", Shown.time(planned.span().from()) + " " + planned.text()));
            html.raw("</ul>\n");
        }
    }
}
