package io.quorate.jobs.ledger;

import io.quorate.jobs.ledger.LedgerDifference.Kind;
import io.quorate.jobs.ledger.LedgerDifference.Pair;
import java.util.List;
import java.util.stream.Collectors;

/** A report for a terminal, at most {@value TextTable#WIDTH} columns wide; long tables are cut, and say so. */
public final class LedgerText {

    /** Rows of a table that people still read. */
    static final int ROWS = 60;

    private final Report report;
    private final StringBuilder text = new StringBuilder();

    private LedgerText(Report report) {
        this.report = report;
    }

    public static String of(Report report) {
        LedgerText page = new LedgerText(report);
        page.head();
        page.episodes();
        page.difference();
        page.noise();
        page.truth();
        page.curve();
        return page.text.toString();
    }

    private void head() {
        Ledger ledger = report.ledger();
        line(report.title());
        line(Shown.time(report.since()) + " to " + Shown.time(report.until()) + " UTC, "
                + Shown.count(report.clusters().size(), "cluster", "clusters"));
        line(Shown.count(ledger.pages(), "page", "pages") + " and "
                + Shown.count(ledger.warnings(), "warning", "warnings") + " of "
                + Shown.count(ledger.fired().size(), "episode", "episodes") + " that fired, " + ledger.open()
                + " of them open at the end; " + ledger.unfired() + " were pending and came to nothing");
        report.lacks().forEach(lack -> line("lacks: " + lack));
    }

    private void episodes() {
        List<Episode> fired = report.ledger().fired();
        if (fired.isEmpty()) {
            return;
        }
        heading("Episodes");
        TextTable table = new TextTable("FIRED", "LASTED", "RULE", "WHO", "TOLD", "CAUSE, OR SUMMARY");
        for (Episode episode : Worst.of(fired, ROWS)) {
            table.row(
                    Shown.day(episode.knownAt()),
                    Worst.lasted(episode),
                    episode.rule(),
                    episode.who(),
                    Worst.told(episode) + (episode.notifies() ? "" : " (" + Shown.lower(episode.severity()) + ")"),
                    episode.cause() == null ? episode.summary() : episode.cause());
        }
        table.appendTo(text);
        cap(fired.size(), "episodes");
    }

    private void difference() {
        LedgerDifference difference = report.difference();
        if (difference == null || report.rules() == null) {
            return;
        }
        heading("Difference: " + report.rules().before() + " -> "
                + report.rules().after());
        line(report.differs());
        List<Pair> otherwise = difference.pairs().stream()
                .filter(pair -> !pair.kinds().contains(Kind.SAME))
                .toList();
        if (otherwise.isEmpty()) {
            return;
        }
        TextTable table = new TextTable("FIRED", "WHAT", "SHIFT", "SEVERITY", "RULE", "WHO");
        for (Pair pair : otherwise.subList(0, Math.min(ROWS, otherwise.size()))) {
            table.row(
                    Shown.day(pair.episode().knownAt()),
                    kinds(pair),
                    pair.seconds() == 0 ? "-" : Shown.shift(pair.seconds()),
                    severity(pair),
                    pair.episode().rule(),
                    pair.episode().who());
        }
        table.appendTo(text);
        cap(otherwise.size(), "differences");
    }

    static String kinds(Pair pair) {
        return pair.kinds().stream().map(Shown::lower).collect(Collectors.joining(", "));
    }

    /** One severity where both have the same, or only one is there. */
    static String severity(Pair pair) {
        String now = heard(pair.episode());
        if (pair.before() == null || pair.after() == null) {
            return now;
        }
        String then = heard(pair.before());
        return then.equals(now) ? now : then + " -> " + now;
    }

    private static String heard(Episode episode) {
        return Shown.lower(episode.severity()) + (episode.notifies() ? "" : " (not told)");
    }

    private void noise() {
        Noise noise = report.noise();
        if (noise == null) {
            return;
        }
        heading("Noise, per cluster and month of 30 days");
        line(noise.sentence());
        TextTable table =
                new TextTable("RULE", "EPISODES", "PAGES", "WARNINGS", "PAGES/CLUSTER/MONTH", "WARNINGS/CLUSTER/MONTH");
        row(table, noise.all());
        noise.byRule().stream().limit(ROWS).forEach(line -> row(table, line));
        table.appendTo(text);
    }

    private static void row(TextTable table, Noise.Line line) {
        table.row(
                line.name(),
                Integer.toString(line.episodes()),
                Integer.toString(line.pages()),
                Integer.toString(line.warnings()),
                Shown.number(line.pagesPerClusterMonth()),
                Shown.number(line.warningsPerClusterMonth()));
    }

    private void truth() {
        Score score = report.score();
        if (score == null) {
            return;
        }
        heading("Truth");
        Words.of(score).forEach(this::line);
        TextTable table = new TextTable("BEGAN", "AFTER", "EPISODES", "INCIDENT", "FIRST SAID BY");
        for (Score.Outcome outcome :
                score.outcomes().subList(0, Math.min(ROWS, score.outcomes().size()))) {
            table.row(
                    Shown.day(outcome.incident().span().from()),
                    Words.after(outcome),
                    Integer.toString(outcome.episodes()),
                    outcome.incident().text(),
                    Words.firstSaidBy(outcome));
        }
        if (!score.outcomes().isEmpty()) {
            table.appendTo(text);
        }
        cap(score.outcomes().size(), "incidents");
        for (Truth.Event planned : score.planned()) {
            line("planned: " + planned.text() + " at "
                    + Shown.time(planned.span().from()));
        }
    }

    private void curve() {
        Curve curve = report.curve();
        if (curve == null) {
            return;
        }
        heading("Sweep of " + curve.address() + ", which is " + (curve.asIs() == null ? "not said" : curve.asIs()));
        TextTable table = new TextTable(
                "VALUE",
                "EPISODES",
                "NOTIFY",
                "PAGES",
                "WARNINGS",
                "PAGES/CLUSTER/MONTH",
                "RECALL",
                "PRECISION",
                "DELAY",
                "PAGES OF ALL");
        for (Curve.Point point : curve.points()) {
            table.row(
                    point.value(),
                    Integer.toString(point.episodes()),
                    Integer.toString(point.notifications()),
                    Integer.toString(point.pages()),
                    Integer.toString(point.warnings()),
                    Shown.number(point.pagesPerClusterMonth()),
                    Shown.share(point.recall()),
                    Shown.share(point.precision()),
                    point.delaySeconds() == null ? "-" : Shown.seconds(point.delaySeconds()),
                    Integer.toString(point.pagesOfAll()));
        }
        table.appendTo(text);
        line(Words.OF_CURVE);
    }

    private void heading(String words) {
        text.append('\n');
        line(words);
    }

    private void line(String words) {
        Words.wrapped(words, TextTable.WIDTH).forEach(one -> text.append(one).append('\n'));
    }

    private void cap(int all, String what) {
        if (all > ROWS) {
            String which = what.equals("episodes") ? "the worst" : "the first";
            line("The " + ROWS + " that stand here are " + which + " of "
                    + Shown.count(all, "", what).strip() + "; all of them stand in --format json.");
        }
    }
}
