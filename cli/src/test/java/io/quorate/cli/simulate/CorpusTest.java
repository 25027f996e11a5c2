package io.quorate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.simulate.Corpus.Incident;
import io.quorate.cli.simulate.SimulatedRun.Order;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.jobs.detection.Controls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The causes of more than 200 incidents under the rules that ship, as a person who was paged would have read them. Writes what
 * was said of each beside what it was to {@code target/corpus.md}.
 */
@Tag("slow")
class CorpusTest {

    private static final List<Duration> SCRAPES =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30));

    /** By hours and days nobody could wait for, fleet would say the same later. */
    private static final String PROFILE = "lab";

    private static final long SEED = 7;

    @TempDir
    Path folder;

    private final Controls controls = SimulatedRun.shipped(PROFILE);
    private final List<String> wronglySaid = new ArrayList<>();
    private int controlClusters;

    @Test
    void saysTheCauseAndTheMemberOfAlmostEveryIncidentAndNothingOfHealthyClusters() throws Exception {
        Verdicts all = new Verdicts();
        StringBuilder report = new StringBuilder();
        for (Duration scrape : SCRAPES) {
            Verdicts some = new Verdicts();
            for (String kind : Corpus.kinds()) {
                some.addAll(verdicts(kind, scrape));
            }
            report.append(some.text("scrapes of " + scrape.toSeconds() + " s")).append('\n');
            all.addAll(some);
        }
        report.append(all.text("all"))
                .append(wronglySaid.size())
                .append(" wrong pages and causes of ")
                .append(controlClusters)
                .append(" healthy clusters\n")
                .append(String.join("\n", wronglySaid));
        Files.writeString(
                Files.createDirectories(Path.of("target")).resolve("corpus.md"), report, StandardCharsets.UTF_8);

        assertThat(all.incidents()).isGreaterThanOrEqualTo(200);
        assertThat(all.causes()).hasSizeGreaterThanOrEqualTo(8);
        assertThat(all.rightCause()).as(report.toString()).isGreaterThanOrEqualTo(0.90);
        assertThat(all.rightRoot()).as(report.toString()).isGreaterThanOrEqualTo(0.95);
        assertThat(controlClusters).isGreaterThanOrEqualTo(20 * SCRAPES.size());
        assertThat(wronglySaid).isEmpty();
    }

    @Test
    void saysTheSameWhenOneEventOfFiveComesLate() throws Exception {
        for (Duration scrape : SCRAPES) {
            for (String kind : Corpus.kinds()) {
                List<Alert> ordered =
                        alerts(Corpus.of(kind, scrape, SEED, SimulatedRun.readBy(controls)), scrape, Order.ORDERED);
                List<Alert> shuffled =
                        alerts(Corpus.of(kind, scrape, SEED, SimulatedRun.readBy(controls)), scrape, Order.SHUFFLED);

                assertThat(ordered).isNotEmpty();
                assertThat(shuffled).as(kind + " at " + scrape).isEqualTo(ordered);
            }
        }
    }

    private Verdicts verdicts(String kind, Duration scrape) throws Exception {
        Corpus corpus = Corpus.of(kind, scrape, SEED, SimulatedRun.readBy(controls));
        List<Alert> alerts = alerts(corpus, scrape, Order.ORDERED);
        Verdicts verdicts = new Verdicts();
        Map<String, Incident> incidents = corpus.incidents(folder);
        // The clusters' troubles have nothing in common.
        wrong(alerts.stream()
                        .filter(alert -> !incidents.containsKey(alert.cluster()))
                        .toList())
                .forEach(alert -> wronglySaid.add("the whole fleet, scrapes of " + scrape + ": " + alert));
        for (Incident incident : incidents.values()) {
            if (incident.cause() != null) {
                verdicts.add(Verdict.of(incident, alerts));
                continue;
            }
            controlClusters++;
            wrong(alerts.stream()
                            .filter(alert -> alert.cluster().equals(incident.cluster()))
                            .toList())
                    .forEach(alert -> wronglySaid.add(incident.fault() + ", scrapes of " + scrape + ": " + alert));
        }
        return verdicts;
    }

    /** Of clusters in which nothing went wrong: alerts that page or tell a cause, each by the first transition that does. */
    static List<Alert> wrong(List<Alert> transitions) {
        Map<String, Alert> wrong = new LinkedHashMap<>();
        for (Alert alert : transitions) {
            boolean pages = alert.status() == Status.FIRING && alert.severity().compareTo(Severity.INFO) > 0;
            if (alert.partOf() == null && (pages || Verdict.evidence(alert, "cause") != null)) {
                wrong.putIfAbsent(alert.id(), alert);
            }
        }
        return List.copyOf(wrong.values());
    }

    private List<Alert> alerts(Corpus corpus, Duration scrape, Order order) throws Exception {
        return SimulatedRun.alerts(corpus.fleet(), Corpus.LASTS, scrape, order, controls);
    }
}
