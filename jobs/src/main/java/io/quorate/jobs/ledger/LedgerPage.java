package io.quorate.jobs.ledger;

import io.quorate.jobs.ledger.LedgerDifference.Kind;
import io.quorate.jobs.ledger.LedgerDifference.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A report as one HTML page that needs nothing else: no script, no font, no address. */
public final class LedgerPage {

    /** Rows of a table that a browser still scrolls well. */
    static final int ROWS = 500;

    private static final int SUMMARY = 180;

    private final Report report;
    private final Html html = new Html();

    private LedgerPage(Report report) {
        this.report = report;
    }

    public static String of(Report report) {
        LedgerPage page = new LedgerPage(report);
        page.head();
        page.figures();
        page.timeline();
        page.difference();
        page.noise();
        TruthPart.write(page.html, report);
        SweepPart.write(page.html, report);
        page.episodes();
        return page.html.raw("</main>\n").toString();
    }

    private void head() {
        html.raw("<!doctype html>\n"
                + "<html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><meta"
                + " http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src"
                + " 'unsafe-inline'\">");
        html.element("title", "Backtest: " + report.title()).raw("<style>" + style() + "</style>\n<main>");
        html.element("h1", "Backtest: " + report.title()).raw("\n");
        html.element(
                "p class=when",
                Shown.time(report.since()) + " to " + Shown.time(report.until()) + " UTC, "
                        + Shown.count(report.clusters().size(), "cluster", "clusters") + ".");
        if (!report.lacks().isEmpty()) {
            html.raw("<ul class=lacks>");
            report.lacks().forEach(lack -> html.element("li", lack));
            html.raw("</ul>\n");
        }
    }

    private void figures() {
        Ledger ledger = report.ledger();
        html.raw("<div class=figures>");
        figure(ledger.pages(), "pages", ledger.pages() > 0 ? "critical" : "");
        figure(ledger.warnings(), "warnings", ledger.warnings() > 0 ? "warning" : "");
        figure(ledger.fired().size(), "episodes fired", "");
        figure(ledger.open(), "open at the end", "");
        Score score = report.score();
        if (score != null) {
            figure(Shown.share(score.recall()), "recall", "");
            figure(Shown.share(score.precision()), "precision", "");
        }
        LedgerDifference difference = report.difference();
        if (difference != null) {
            for (Kind kind : List.of(Kind.NEW, Kind.GONE, Kind.EARLIER, Kind.LATER)) {
                figure(difference.of(kind).size(), Shown.lower(kind), "");
            }
        }
        html.raw("</div>\n");
        html.element(
                "p class=note",
                "A page is a message of severity critical, a warning one of severity warning; an episode that gets"
                        + " worse is both. " + Shown.count(ledger.unfired(), "episode was", "episodes were")
                        + " pending and came to nothing.");
    }

    private void figure(long number, String name, String kind) {
        figure(String.format(Locale.ROOT, "%,d", number), name, kind);
    }

    private void figure(String number, String name, String kind) {
        html.raw("<div class=\"figure " + kind + "\">")
                .element("b", number)
                .element("span", name)
                .raw("</div>");
    }

    private void timeline() {
        int fired = report.ledger().fired().size();
        if (fired == 0) {
            html.element("p", "Nothing fired.");
            return;
        }
        Timeline timeline = new Timeline(report);
        html.element("h2", "When what fired").raw("<p class=legend>");
        for (String severity : List.of("critical", "warning", "info")) {
            html.raw("<i class=" + severity + "></i>").text(severity + " ");
        }
        if (report.ledger().fired().stream().anyMatch(episode -> !episode.notifies())) {
            html.raw("<i class=kept></i>").text("part of something larger, not told ");
        }
        if (report.truth() != null) {
            html.raw("<i class=fault></i>")
                    .text("fault of the truth ")
                    .raw("<i class=planned></i>")
                    .text("planned");
        }
        html.raw("</p>").raw("<div class=scroll>" + timeline.svg() + "</div>");
        html.note(timeline.cap(fired));
    }

    private void difference() {
        LedgerDifference difference = report.difference();
        if (difference == null || report.rules() == null) {
            return;
        }
        html.element(
                "h2",
                "Difference: " + report.rules().before() + " → "
                        + report.rules().after());
        html.element("p", report.differs());
        List<Pair> otherwise = difference.pairs().stream()
                .filter(pair -> !pair.kinds().contains(Kind.SAME))
                .toList();
        if (otherwise.isEmpty()) {
            return;
        }
        html.head("fired", "what", "#shift", "severity", "rule", "who", "summary");
        for (Pair pair : otherwise.subList(0, Math.min(ROWS, otherwise.size()))) {
            Episode episode = pair.episode();
            html.raw("<tr>").cell(Shown.time(episode.knownAt())).raw("<td>");
            pair.kinds().forEach(kind -> html.raw(Html.badge(Shown.lower(kind), Shown.lower(kind)) + " "));
            html.raw("</td>")
                    .number(pair.seconds() == 0 ? "" : Shown.shift(pair.seconds()))
                    .cell(LedgerText.severity(pair))
                    .cell(episode.rule())
                    .cell(episode.who())
                    .element("td class=wide", Shown.cut(episode.summary(), SUMMARY))
                    .raw("</tr>\n");
        }
        html.end();
        cap(otherwise.size(), "the first", "differences");
    }

    private void noise() {
        Noise noise = report.noise();
        if (noise == null) {
            return;
        }
        html.element("h2", "Noise, per cluster and month of 30 days");
        String verdict = Shown.lower(noise.verdict());
        html.raw("<p>" + Html.badge(verdict, verdict) + " ")
                .text(noise.sentence())
                .raw("</p>");
        html.raw("<div class=beside>");
        lines("rule", noise.all(), noise.byRule());
        if (noise.byCluster().size() > 1) {
            lines("cluster", noise.all(), noise.byCluster());
        }
        html.raw("</div>");
    }

    private void lines(String by, Noise.Line all, List<Noise.Line> lines) {
        html.raw("<div>")
                .head(by, "#episodes", "#pages", "#warnings", "#pages/cluster/month", "#warnings/cluster/month");
        line("tr class=all", all);
        lines.stream().limit(ROWS).forEach(line -> line("tr", line));
        html.end();
        cap(lines.size(), "the worst", by + "s");
        html.raw("</div>");
    }

    private void line(String row, Noise.Line line) {
        html.raw("<" + row + ">")
                .cell(line.name())
                .number(Integer.toString(line.episodes()))
                .number(Integer.toString(line.pages()))
                .number(Integer.toString(line.warnings()))
                .number(Shown.number(line.pagesPerClusterMonth()))
                .number(Shown.number(line.warningsPerClusterMonth()))
                .raw("</tr>\n");
    }

    private void episodes() {
        List<Episode> fired = report.ledger().fired();
        if (fired.isEmpty()) {
            return;
        }
        html.element("h2", "Episodes");
        cap(fired.size(), "the worst", "episodes");
        html.head("fired", "#lasted", "severity", "rule", "who", "told", "summary, and cause");
        for (Episode episode : Worst.of(fired, ROWS)) {
            html.raw("<tr>")
                    .cell(Shown.time(episode.knownAt()))
                    .number(Worst.lasted(episode))
                    .severity(episode.severity())
                    .cell(episode.rule())
                    .cell(episode.who())
                    .cell(Worst.told(episode))
                    .raw("<td class=wide>")
                    .text(Shown.cut(episode.summary(), SUMMARY));
            if (episode.cause() != null) {
                html.raw("<br>").element("span class=cause", Shown.cut(episode.cause(), SUMMARY));
            }
            html.raw("</td></tr>\n");
        }
        html.end();
    }

    private void cap(int all, String which, String what) {
        html.note(capped(all, which, what));
    }

    /** The sentence about a table that does not show all; empty when it does. */
    static String capped(int all, String which, String what) {
        return all <= ROWS
                ? ""
                : "The " + ROWS + " that stand here are " + which + " of " + String.format(Locale.ROOT, "%,d", all)
                        + " " + what + "; all of them stand in --format json.";
    }

    private static String style() {
        try (InputStream in = LedgerPage.class.getResourceAsStream("ledger.css")) {
            if (in == null) {
                throw new IllegalStateException("ledger.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("ledger.css cannot be read from the jar", e);
        }
    }
}
