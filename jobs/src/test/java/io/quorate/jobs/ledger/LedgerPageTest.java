package io.quorate.jobs.ledger;

import static io.quorate.events.Alert.Severity.CRITICAL;
import static io.quorate.events.Alert.Severity.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.jobs.ledger.Truth.Event;
import io.quorate.jobs.ledger.Truth.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A report in its three forms. */
class LedgerPageTest {

    private static final String NASTY = "c<script>alert('1')</script>\"&\u0007";

    private final Run run = new Run();

    @Test
    void thePageNeedsNothingElse() {
        String page = LedgerPage.of(full());

        assertThat(page).doesNotContainPattern("(?i)https?:|src=|@import|url\\(|<link|<script");
        assertThat(page).contains("default-src 'none'", "prefers-color-scheme: dark");
    }

    @Test
    void thePageShowsEveryPart() {
        assertThat(LedgerPage.of(full()))
                .contains(
                        "<h2>When what fired</h2>",
                        "<h2>Difference: shipped → mine</h2>",
                        "<h2>Noise, per cluster and month of 30 days</h2>",
                        "<h2>Truth</h2>",
                        "<h2>Sweep of EtcdElectionStorm.count</h2>",
                        "<h2>Episodes</h2>",
                        "Statuses are missing.",
                        "20 s later",
                        "planned: terminate of c1");
    }

    @Test
    void thePageEscapesWhatItIsTold() {
        run.of(NASTY, NASTY, NASTY).within(NASTY).fires(10, CRITICAL).ends(20);
        Report report = Report.of(NASTY, Run.T0, Run.T0.plusSeconds(100), List.of(NASTY), run.ledger())
                .lacking(List.of(NASTY))
                .with(LedgerDifference.between(new Run().ledger(), run.ledger()), NASTY, NASTY)
                .with(truth(NASTY), Score.of(truth(NASTY), run.ledger()))
                .with(new Curve(NASTY, NASTY, List.of(new Curve.Point(NASTY, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 1.0))));

        String page = LedgerPage.of(report);

        assertThat(page).doesNotContain("<script", "\u0007").contains("c&lt;script&gt;alert(&#39;1&#39;)");
    }

    @Test
    void everyElementOfThePageIsClosed() {
        String page = LedgerPage.of(full());

        for (String name :
                List.of("main", "table", "tr", "td", "svg", "text", "rect", "title", "div", "p", "ul", "span")) {
            assertThat(count(page, "<" + name + "[ >]"))
                    .as(name)
                    .isEqualTo(count(page, "</" + name + ">"))
                    .isPositive();
        }
    }

    @Test
    void thePageOfFiveThousandEpisodesSaysWhatItLeavesOut() {
        for (int i = 0; i < 5_001; i++) {
            run.of("Slow", "c" + i % 70, "m1")
                    .fires(i, i % 10 == 0 ? CRITICAL : WARNING)
                    .ends(i + 60);
        }
        List<String> clusters = run.ledger().episodes().stream()
                .map(Episode::cluster)
                .distinct()
                .toList();
        Report report = Report.of("much", Run.T0, Run.T0.plusSeconds(6_000), clusters, run.ledger());

        String page = LedgerPage.of(report);

        assertThat(page).contains("The 500 that stand here are the worst of 5,001 episodes");
        assertThat(page)
                .containsPattern("Drawn are [\\d,]+ episodes of 5,001, the worst, of the 60 clusters with most");
        assertThat(page.length()).isLessThan(3_000_000);
        String table = page.substring(page.indexOf("<h2>Episodes</h2>"));
        assertThat(count(table, "<tr>")).isEqualTo(501);
        assertThat(count(table, "badge warning"))
                .as("as long as there is worse")
                .isZero();
        assertThat(count(LedgerText.of(report), "\n")).isLessThan(200);
    }

    @Test
    void theTextFitsATerminal() {
        run.of("EtcdARuleOfAVeryLongNameThatSomebodyWroteInAHurry", "a-cluster-".repeat(8), "m1")
                .fires(1, CRITICAL)
                .ends(9);

        String text = LedgerText.of(full());

        assertThat(text.lines()).allMatch(line -> line.length() <= 120);
        assertThat(text)
                .contains(
                        "2 pages and 1 warning of 2 episodes",
                        "20 s later",
                        "planned: terminate of c1",
                        "lacks: Statuses are missing.");
    }

    @Test
    void theJsonHoldsEveryPart() throws Exception {
        JsonNode json = new ObjectMapper().readTree(LedgerJson.of(full()));

        assertThat(json.at("/schema").asText()).isEqualTo("ledger/v1");
        assertThat(json.at("/totals/pages").asInt()).isEqualTo(1);
        assertThat(json.at("/episodes/0/startedAt").asText()).isEqualTo("2026-11-20T12:00:30.000Z");
        assertThat(json.at("/episodes/0/told").toString()).isEqualTo("[\"warning\",\"critical\"]");
        assertThat(json.at("/difference/counts/later").asInt()).isEqualTo(1);
        assertThat(json.at("/difference/pairs/0/seconds").asDouble()).isEqualTo(20);
        assertThat(json.at("/truth/recall").asDouble()).isEqualTo(1);
        assertThat(json.at("/truth/planned/0/fault").asText()).isEqualTo("terminate");
        assertThat(json.at("/noise/verdict").asText()).isEqualTo("undecided");
        assertThat(json.at("/sweep/points/0/value").asText()).isEqualTo("3");
        assertThat(json.at("/sweep/points/0/recall").isNull()).isTrue();
    }

    @Test
    void whatNobodyAskedForIsNullInJsonAndAbsentElsewhere() throws Exception {
        Report report = Report.of("quiet", Run.T0, Run.T0.plusSeconds(60), List.of("c1"), run.ledger());

        JsonNode json = new ObjectMapper().readTree(LedgerJson.of(report));

        assertThat(json.get("difference").isNull()).isTrue();
        assertThat(json.get("truth").isNull()).isTrue();
        assertThat(json.get("sweep").isNull()).isTrue();
        assertThat(LedgerPage.of(report)).contains("Nothing fired.").doesNotContain("Difference", "Truth", "Sweep");
        assertThat(LedgerText.of(report)).doesNotContain("Difference", "Truth", "Sweep");
    }

    /** A report in which everything is. */
    private Report full() {
        Run before = new Run();
        before.of("Storm", "c1", null).pends(10, WARNING).fires(10, WARNING).ends(60);
        run.of("Storm", "c1", null)
                .pends(30, WARNING)
                .fires(30, WARNING)
                .becomes(40, CRITICAL)
                .ends(60);
        Curve.Point point = new Curve.Point("3", 3, 1, 1, 1, 0, 0.5, 2, null, null, null);
        return Report.of("storm, profile lab", Run.T0, Run.T0.plusSeconds(100), List.of("c1"), run.ledger())
                .lacking(List.of("Statuses are missing."))
                .with(LedgerDifference.between(before.ledger(), run.ledger()), "shipped", "mine")
                .with(truth("c1"), Score.of(truth("c1"), run.ledger()))
                .with(new Curve("EtcdElectionStorm.count", "3", List.of(point)));
    }

    private static Truth truth(String cluster) {
        Span span = new Span(Run.T0.plusSeconds(5), Run.T0.plusSeconds(50));
        return new Truth(
                List.of(
                        new Event(
                                cluster, "pause" + (cluster.equals("c1") ? "" : cluster), false, Set.of(), span, null),
                        new Event(cluster, "terminate", true, Set.of(cluster), span, null)),
                Map.of(cluster, new Span(Run.T0, Run.T0.plus(Duration.ofSeconds(100)))));
    }

    private static int count(String text, String pattern) {
        return (int) Pattern.compile(pattern).matcher(text).results().count();
    }
}
