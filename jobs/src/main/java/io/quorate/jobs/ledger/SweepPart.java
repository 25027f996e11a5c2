package io.quorate.jobs.ledger;

/** What each value of a sweep comes to, as a part of the page. */
final class SweepPart {

    private SweepPart() {}

    static void write(Html html, Report report) {
        Curve curve = report.curve();
        if (curve == null) {
            return;
        }
        html.element("h2", "Sweep of " + curve.address());
        html.raw("<p class=legend><i class=bar></i>notifications <i class=pages></i>pages"
                + " <i class=recall></i>recall <i class=precision></i>precision</p>");
        html.raw("<div class=scroll>" + new CurveChart(curve).svg() + "</div>");
        html.note("The rule says " + (curve.asIs() == null ? "nothing of it" : curve.asIs()) + ". " + Words.OF_CURVE);
        html.head(
                "value",
                "#episodes",
                "#notifications",
                "#pages",
                "#warnings",
                "#pages/cluster/month",
                "#recall",
                "#precision",
                "#delay",
                "#pages of all");
        for (Curve.Point point : curve.points()) {
            html.raw(point.value().equals(curve.asIs()) ? "<tr class=all>" : "<tr>")
                    .cell(point.value())
                    .number(Integer.toString(point.episodes()))
                    .number(Integer.toString(point.notifications()))
                    .number(Integer.toString(point.pages()))
                    .number(Integer.toString(point.warnings()))
                    .number(Shown.number(point.pagesPerClusterMonth()))
                    .number(Shown.share(point.recall()))
                    .number(Shown.share(point.precision()))
                    .number(point.delaySeconds() == null ? "-" : Shown.seconds(point.delaySeconds()))
                    .number(Integer.toString(point.pagesOfAll()))
                    .raw("</tr>\n");
        }
        html.end();
    }
}
