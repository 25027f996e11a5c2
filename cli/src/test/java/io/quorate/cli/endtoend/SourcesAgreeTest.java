package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.PrometheusServer;
import io.quorate.events.Alert;
import io.quorate.events.Alert.Evidence;
import io.quorate.events.Alert.Status;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Coverage;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.Topic;
import io.quorate.ingest.prometheus.PrometheusHistory;
import io.quorate.ingest.prometheus.PrometheusSettings;
import io.quorate.jobs.backtest.Clusters;
import io.quorate.jobs.backtest.History;
import io.quorate.jobs.backtest.Lack;
import io.quorate.jobs.backtest.Lacking;
import io.quorate.jobs.backtest.MetricsRead;
import io.quorate.jobs.backtest.PrometheusRangeHistory;
import io.quorate.jobs.backtest.TableHistory;
import io.quorate.jobs.detection.Controls;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.ledger.AlertComparison;
import io.quorate.jobs.ledger.Ledger;
import io.quorate.jobs.ledger.LedgerDifference;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.Settings;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A quarter of an hour with faults through the live jobs, of which topics, ClickHouse and a Prometheus hold each its part:
 * from each of them a rule says what it says from the topics, unless it is named with what it lacks.
 */
@Tag("slow")
class SourcesAgreeTest {

    private static final Duration LENGTH = Duration.ofMinutes(15);

    private static final String PLAN = """
            schema: plan/v1
            name: sources
            fleet:
              clusters: 5
              members: 3
              prefix: x-
              etcd: "3.5"
              metrics: extensive
              labels: { region: [eu, us], storage-class: [ssd, hdd] }
              load: { puts: 40, workers: 3, value: 256B, keys: 1000, ranges: 10, others: 0.5, watchers: 10 }
            collector: { scrape: 10s, status: 1s }
            faults:
              - { fault: pause, at: 90s, for: 6s, repeat: 5, apart: 15s, target: { cluster: x-00001, member: leader } }
              - { fault: kill, at: 2m, for: 90s, target: { cluster: x-00000, member: leader } }
              - { fault: disk-slow, writes-per-second: 30, at: 3m, for: 150s, target: { cluster: x-00002, member: leader } }
              - { fault: disk-slow, writes-per-second: 20, at: 4m, for: 4m, target: { cluster: x-00003, member: follower } }
              - { fault: partition, at: 5m, for: 60s, target: { cluster: x-00000, member: leader } }
              - { fault: scrape-gap, at: 7m, for: 45s, target: { cluster: x-00002, member: leader } }
              - { fault: counter-reset, at: 8m, target: { cluster: x-00001, member: follower } }
              - { fault: disk-slow, writes-per-second: 20, at: 9m, for: 3m, target: { cluster: x-00001, member: leader } }
              - { fault: disk-slow, writes-per-second: 20, at: 2m, for: 7m, target: { cluster: x-00004, member: leader } }
              - { fault: kill, at: 10m, for: 2m, target: { cluster: x-00003, member: follower } }
            """;

    @TempDir
    private static Path folder;

    private static ClickHouseEngine engine;
    private static PrometheusServer prometheus;
    private static LiveRun run;
    private static Controls shipped;

    /** The same without the rules that explain others' alerts. */
    private static Controls unexplained;

    private static Map<Controls, List<Alert>> ofTopics;

    /** The clusters whose members answered each scrape. */
    private static Set<String> answering;

    @BeforeAll
    static void live() throws Exception {
        Home home = Home.current().withState(folder.resolve("state"));
        engine = ClickHouseEngine.start(home, "clickhouse", 0);
        run = LiveRun.start(home, folder, LENGTH, "clickhouse: { url: \"" + engine.url() + "\", database: quorate }\n");
        Settings settings = run.settings();
        Migrations.applyTo(settings.clickhouse());
        run.begin(PercentilesJob.NAME, PercentilesJob::define);
        run.begin(DetectionJob.NAME, DetectionJob::define);
        run.begin(HistoryJob.NAME, HistoryJob::define);
        run.simulate(PLAN, "20x").get();
        run.awaitTheEnd();
        run.cancel(PercentilesJob.NAME);
        run.cancel(DetectionJob.NAME);
        awaitAllInTables(settings);
        run.cancel(HistoryJob.NAME);
        List<MemberScrape> scrapes = scrapes();
        answering = scrapes.stream().map(MemberScrape::cluster).collect(Collectors.toCollection(TreeSet::new));
        scrapes.stream().filter(scrape -> !scrape.answered()).forEach(scrape -> answering.remove(scrape.cluster()));
        prometheus = BackfilledPrometheus.holding(home, scrapes);

        shipped = run.controls();
        unexplained = new Controls(
                shipped.rules().stream().filter(rule -> rule.explains() == null).toList(),
                shipped.overrides(),
                shipped.maintenance(),
                shipped.profile());
        ofTopics = new IdentityHashMap<>();
        for (Controls controls : List.of(shipped, unexplained)) {
            ofTopics.put(controls, run.replay(run.topics(), controls, 1).alerts());
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
        if (run != null) {
            run.close();
        }
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void clickHouseSaysOfEachRuleWhatTopicsSayOrWhatItLacks() throws Exception {
        Agreement plain = Agreement.of(tables(Clusters.ALL), unexplained, UnaryOperator.identity());
        Agreement explained = Agreement.of(tables(Clusters.ALL), shipped, UnaryOperator.identity());

        plain.print("ClickHouse, without causes");
        plain.assertHolds();
        plain.assertNoticesEachThatIsMissing(plain::isWhole);
        plain.assertNoticesEachThatIsMissing(plain::isButForCoverage);
        explained.print("ClickHouse");
        explained.assertHolds();
        explained.assertNoticesEachThatIsMissing(explained::isButForCause);
        // Of one cluster nothing is heard, which no rule is said to lack.
        Agreement ofSome = Agreement.of(
                tables(Clusters.named("x-00000", "x-00001", "x-00003", "x-00004")),
                unexplained,
                UnaryOperator.identity());
        assertThat(ofSome.told()).isNotEmpty();
        assertThat(ofSome.whole().holds()).isFalse();
    }

    @Test
    void prometheusSaysOfEachRuleWhatTopicsSayOrWhatItLacks() throws Exception {
        Agreement plain = Agreement.of(ranges(), unexplained, SourcesAgreeTest::withoutClusterId);
        Agreement explained = Agreement.of(ranges(), shipped, SourcesAgreeTest::withoutClusterId);

        plain.print("Prometheus, without causes");
        plain.assertHolds();
        plain.assertNoticesEachThatIsMissing(plain::isWhole);
        explained.print("Prometheus");
        explained.assertHolds();
        explained.assertNoticesEachThatIsMissing(explained::isButForCause);
        assertThat(explained.ofSilent()).extracting(Alert::rule).contains("EtcdElectionStorm", "EtcdMemberDown");
    }

    /**
     * What one history makes the rules say, beside what topics make them say.
     *
     * @param rules how many run
     * @param lacks by rule, why it does not say the same; none of a rule that says the same
     * @param expected of topics, as far as the history knows what stands in them
     * @param told of the history
     */
    private record Agreement(int rules, Map<String, String> lacks, List<Alert> expected, List<Alert> told) {

        private static final String SILENT = "says nothing: ";
        private static final String OF_CAUSE = "may tell ";
        private static final String OF_COVERAGE = "may say otherwise: it is not told what members lacked";

        static Agreement of(History history, Controls controls, UnaryOperator<Alert> known) throws Exception {
            Map<String, String> lacks = Lacking.of(controls.rules(), history.tells()).stream()
                    .collect(Collectors.toMap(Lack::rule, Lack::why));
            return new Agreement(
                    controls.rules().size(),
                    lacks,
                    ofTopics.get(controls).stream().map(known).toList(),
                    run.replay(history, controls, 1).alerts());
        }

        boolean isWhole(Alert alert) {
            return !lacks.containsKey(alert.rule());
        }

        boolean isButForCause(Alert alert) {
            return lacks.getOrDefault(alert.rule(), "").startsWith(OF_CAUSE);
        }

        /** While a member answers each scrape it lacks nothing, of which a history could have to tell. */
        boolean isButForCoverage(Alert alert) {
            return lacks.getOrDefault(alert.rule(), "").startsWith(OF_COVERAGE) && answering.contains(alert.cluster());
        }

        private boolean isSilent(Alert alert) {
            return lacks.getOrDefault(alert.rule(), "").startsWith(SILENT);
        }

        /** Of rules that lack nothing: every line. */
        AlertComparison whole() {
            return compare(this::isWhole, UnaryOperator.identity());
        }

        /** Of rules that lack nothing but what others know of their causes: every line, without those. */
        AlertComparison butForCauses() {
            return compare(this::isButForCause, SourcesAgreeTest::withoutCauses);
        }

        /** Of rules that judge members sooner after a failed scrape: every line of clusters that had none. */
        AlertComparison butForCoverage() {
            return compare(this::isButForCoverage, UnaryOperator.identity());
        }

        private AlertComparison compare(Predicate<Alert> which, UnaryOperator<List<Alert>> without) {
            return LedgerDifference.identical(
                    without.apply(expected.stream().filter(which).toList()),
                    without.apply(told.stream().filter(which).toList()));
        }

        /** Of topics: what is known not to be said of the history. */
        List<Alert> ofSilent() {
            return expected.stream().filter(this::isSilent).toList();
        }

        /** The same, had this one not been said. */
        Agreement without(Alert one) {
            List<Alert> fewer = new ArrayList<>(told);
            assertThat(fewer.remove(one)).isTrue();
            return new Agreement(rules, lacks, expected, fewer);
        }

        boolean holds() {
            return Stream.of(whole(), butForCauses(), butForCoverage()).allMatch(AlertComparison::holds);
        }

        void assertHolds() {
            assertThat(whole().holds()).as(whole().text()).isTrue();
            assertThat(butForCauses().holds()).as(butForCauses().text()).isTrue();
            assertThat(butForCoverage().holds()).as(butForCoverage().text()).isTrue();
            assertThat(told).noneMatch(this::isSilent);
        }

        /** Of nothing it would be easy to agree. */
        void assertNoticesEachThatIsMissing(Predicate<Alert> which) {
            List<Alert> fired = told.stream()
                    .filter(which)
                    .filter(alert -> alert.status() == Status.FIRING)
                    .toList();
            assertThat(fired).hasSizeGreaterThan(3);
            assertThat(names(fired)).hasSizeGreaterThan(3);
            assertThat(fired).noneMatch(one -> without(one).holds());
        }

        private static Set<String> names(List<Alert> alerts) {
            return alerts.stream().map(Alert::rule).collect(Collectors.toCollection(TreeSet::new));
        }

        void print(String source) {
            System.out.printf(
                    "%s: %d transitions, %d of topics; of %d rules %d lack nothing, %d what explains them, %d coverage, %d"
                            + " say nothing, %d others%n",
                    source,
                    told.size(),
                    expected.size(),
                    rules,
                    rules - lacks.size(),
                    lacks(OF_CAUSE),
                    lacks(OF_COVERAGE),
                    lacks(SILENT),
                    lacks.size() - lacks(OF_CAUSE) - lacks(OF_COVERAGE) - lacks(SILENT));
            System.out.printf(
                    "  compared: %d lines of rules that lack nothing, %d but for causes, %d but for coverage%n",
                    whole().live(), butForCauses().live(), butForCoverage().live());
            Set<String> all = names(expected);
            all.addAll(names(told));
            for (String rule : all) {
                System.out.printf(
                        "  %s: %s; %s of topics; %s%n",
                        rule,
                        count(told, rule),
                        count(expected, rule),
                        lacks.getOrDefault(rule, "lacks nothing").replaceFirst(";.*", ""));
            }
        }

        private long lacks(String kind) {
            return lacks.values().stream().filter(why -> why.startsWith(kind)).count();
        }

        private static String count(List<Alert> alerts, String rule) {
            List<Alert> ofRule =
                    alerts.stream().filter(alert -> alert.rule().equals(rule)).toList();
            Ledger ledger = Ledger.of(ofRule);
            return ofRule.size() + " transitions of " + ledger.episodes().size() + " episodes, "
                    + ledger.fired().size() + " fired";
        }
    }

    /** Each without what explains it, but for those that tell nothing else. */
    private static List<Alert> withoutCauses(List<Alert> alerts) {
        Map<String, Alert> last = new HashMap<>();
        List<Alert> kept = new ArrayList<>();
        alerts.stream().sorted(Comparator.comparing(Alert::at)).forEach(alert -> {
            Alert without = withoutCause(alert);
            Alert before = last.put(alert.id(), without);
            boolean tellsMore = before == null
                    || without.status() != Status.UPDATED
                    || !without.as(before.status(), before.at(), without.partOf())
                            .equals(before);
            if (tellsMore) {
                kept.add(without);
            }
        });
        return kept;
    }

    private static Alert withoutCause(Alert alert) {
        List<Evidence> evidence = alert.evidence().stream()
                .takeWhile(one -> !one.what().equals("cause"))
                .toList();
        return alert.told(alert.status(), alert.at(), null, evidence);
    }

    /** Only members' own lists tell it. */
    private static Alert withoutClusterId(Alert alert) {
        return new Alert(
                alert.id(),
                alert.rule(),
                alert.severity(),
                alert.cluster(),
                null,
                alert.member(),
                alert.memberId(),
                alert.status(),
                alert.at(),
                alert.startedAt(),
                alert.summary(),
                alert.cause(),
                alert.partOf(),
                alert.runbook(),
                alert.evidence());
    }

    private static PrometheusRangeHistory ranges() {
        return new PrometheusRangeHistory(
                PrometheusSettings.of(prometheus.url()), MetricsRead.by(shipped), PrometheusHistory.Limits.DEFAULT);
    }

    private static TableHistory tables(Clusters clusters) {
        Settings settings = run.settings();
        Duration window = settings.windows().size();
        return new TableHistory(settings.clickhouse(), window, clusters, shipped.metricsRead(window));
    }

    private static List<MemberScrape> scrapes() {
        return Topics.read(run.settings().kafka(), Topic.MEMBER_SCRAPE).stream()
                .sorted(Comparator.comparing(MemberScrape::observedAt))
                .toList();
    }

    private record Place(String cluster, String member, Instant at) {}

    /** As many windows, answers, lists and coverages as the topics hold. */
    private static void awaitAllInTables(Settings settings) {
        Set<Place> windows = new HashSet<>();
        for (MemberWindow window : Topics.read(settings.kafka(), Topic.MEMBER_WINDOW)) {
            // What came late is heard of topics as it came: then sources do differ, and no rule is the reason.
            assertThat(window.version()).as(window.toString()).isEqualTo(1);
            if (settings.windows().isBase(window.windowStart(), window.windowEnd())) {
                windows.add(new Place(window.cluster(), window.member(), window.windowStart()));
            }
        }
        Set<Place> statuses = new HashSet<>();
        for (MemberStatus status : Topics.read(settings.kafka(), Topic.MEMBER_STATUS)) {
            statuses.add(new Place(status.cluster(), status.member(), status.observedAt()));
        }
        Set<Place> rosters = new HashSet<>();
        for (ClusterRoster roster : Topics.read(settings.kafka(), Topic.CLUSTER_ROSTER)) {
            rosters.add(new Place(roster.cluster(), "", roster.observedAt()));
        }
        Map<String, Long> coverages = new HashMap<>();
        for (Coverage coverage : Topics.read(settings.kafka(), Topic.COVERAGE)) {
            coverages.merge(
                    coverage.cluster() + '/' + coverage.member(),
                    coverage.observedAt().toEpochMilli(),
                    Math::max);
        }
        long newestCoverages =
                coverages.values().stream().mapToLong(Long::longValue).sum();
        Awaitility.await()
                .atMost(5, TimeUnit.MINUTES)
                .pollInterval(2, TimeUnit.SECONDS)
                .untilAsserted(() -> {
                    assertThat(
                                    number(
                                            settings.clickhouse(),
                                            "SELECT uniqExact(cluster, member, window_start) FROM member_window WHERE version > 0"))
                            .as("windows")
                            .isEqualTo(windows.size());
                    assertThat(number(
                                    settings.clickhouse(),
                                    "SELECT uniqExact(cluster, member, observed_at) FROM member_status"))
                            .as("statuses")
                            .isEqualTo(statuses.size());
                    assertThat(number(
                                    settings.clickhouse(),
                                    "SELECT uniqExact(cluster, observed_at) FROM cluster_roster"))
                            .as("rosters")
                            .isEqualTo(rosters.size());
                    assertThat(number(
                                    settings.clickhouse(),
                                    "SELECT sum(newest) FROM (SELECT toUnixTimestamp64Milli(max(observed_at)) AS newest"
                                            + " FROM coverage GROUP BY cluster, member)"))
                            .as("coverages")
                            .isEqualTo(newestCoverages);
                });
    }

    private static long number(ClickHouseSettings clickhouse, String sql) throws IOException {
        return Long.parseLong(new ClickHouseClient(clickhouse).execute(sql).strip());
    }
}
