package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.events.LeaderChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every named question on a real engine; what can be counted is counted again from the single observations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuestionsTest {

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Span MINUTE = new Span(SeededFleet.BEGIN, SeededFleet.END);

    /** Those of which the seeded fleet has nothing to tell. */
    private static final List<String> SILENT = List.of("upkeep", "slo-burn", "unusual-hours", "not-polled");

    private final SeededFleet fleet = new SeededFleet();
    private ClickHouseClient client;

    @BeforeAll
    void fill() throws Exception {
        ClickHouseSettings settings = Engine.databaseFor(QuestionsTest.class);
        client = new ClickHouseClient(settings);
        fleet.saveTo(settings);
    }

    static Stream<String> names() {
        return Question.all().stream().map(Question::name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void answer(String name) throws IOException {
        List<JsonNode> rows = ask(name);
        assertThat(rows.isEmpty()).isEqualTo(SILENT.contains(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void answerNothingOfATimeWithoutData(String name) throws IOException {
        Span before = new Span(
                MINUTE.from().minus(Duration.ofDays(300)), MINUTE.from().minus(Duration.ofDays(299)));
        assertThat(ask(name, before, "", SeededFleet.FSYNC)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void keepToTheClusterThatWasNamed(String name) throws IOException {
        assertThat(ask(name, MINUTE, "green", SeededFleet.FSYNC))
                .allMatch(row -> !row.has("cluster")
                        || List.of("green", "").contains(row.path("cluster").asText()));
        assertThat(ask(name, MINUTE, "nobody's", SeededFleet.FSYNC)).isEmpty();
    }

    @Test
    void areTheFilesOfTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/clickhouse/questions"))) {
            assertThat(names().map(name -> name.replace('-', '_') + ".sql"))
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString()).toList());
        }
        assertThat(Question.all())
                .allSatisfy(question -> assertThat(question.inWords()).matches("[A-Z][^?]{20,120}\\?"))
                .allMatch(question -> question.reads("to") && question.reads("cluster"));
    }

    @Test
    void standOnThePageForPeople() throws IOException {
        String page = Files.readString(Path.of("../docs/queries.md")).replaceAll("\\s+", " ");
        assertThat(Question.all())
                .allSatisfy(question -> assertThat(page).contains("## " + question.name() + " " + question.inWords()));
    }

    /** The observation of rank ceil(q n) lies within the bounds, and the bounds are as near as the buckets allow. */
    @Test
    void boundQuantilesOfAllScopesAsTheObservationsThemselvesDo() throws IOException {
        Map<String, List<Double>> pools = new TreeMap<>();
        fleet.fsyncs.forEach((cluster, members) -> members.forEach((member, seen) -> {
            for (String pool : List.of("fleet//", "cluster/" + cluster + "/", "member/" + cluster + "/" + member)) {
                pools.computeIfAbsent(pool, none -> new ArrayList<>()).addAll(seen);
            }
        }));
        List<JsonNode> rows = ask("quantiles");
        assertThat(rows).hasSize(pools.size());
        for (JsonNode row : rows) {
            String key = text(row, "scope") + "/" + text(row, "cluster") + "/" + text(row, "member");
            List<Double> pool = pools.getOrDefault(key, List.of());
            double[] edges = edgesOf(key);
            assertThat(row.path("observations_count").asInt()).as(key).isEqualTo(pool.size());
            for (Map.Entry<String, Double> level :
                    Map.of("p50", 0.5, "p99", 0.99).entrySet()) {
                double exact = quantile(pool, level.getValue());
                assertThat(row.path(level.getKey() + "_above").asDouble())
                        .as(key)
                        .isEqualTo(below(edges, exact));
                assertThat(row.path(level.getKey() + "_at_most").asDouble())
                        .as(key)
                        .isEqualTo(atMost(edges, exact));
                assertThat(row.path(level.getKey()).asDouble())
                        .as(key)
                        .isBetween(below(edges, exact), atMost(edges, exact));
            }
        }
    }

    @Test
    void interpolateAsTheJobsDo() throws IOException {
        assertThat(client.execute("""
                SELECT count() > 50,
                       countIf(abs(quorate_value((edges, counts), 0.99) - quantile_value[4]) > 1e-12 * quantile_value[4]),
                       countIf(quorate_above((edges, counts), 0.99) != quantile_low[4]),
                       countIf(quorate_at_most((edges, counts), 0.999) != quantile_high[5])
                FROM member_window FINAL
                WHERE kind = 'histogram' AND count > 0
                """)).isEqualTo("1\t0\t0\t0\n");
    }

    /** Without edges, below zero, beyond the last edge, without observations; two layouts that share two edges. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "quorate_at_most(([1., 2.], [0, 0, 3]::Array(UInt64)), 0.5) | inf",
                "quorate_above(([1., 2.], [0, 0, 3]::Array(UInt64)), 0.5)   | 2",
                "quorate_value(([1., 2.], [0, 0, 3]::Array(UInt64)), 0.5)   | 2",
                "quorate_value(([1., 2.], [0, 0, 0]::Array(UInt64)), 0.5)   | \\N",
                "quorate_above(([]::Array(Float64), [4]::Array(UInt64)), 0.5) | -inf",
                "quorate_value(([-1., 2.], [4, 0, 0]::Array(UInt64)), 0.5)  | -1",
                "quorate_slower(([1., 2.], [1, 2, 3]::Array(UInt64)), 1.)   | 5",
                "quorate_slower(([1., 2.], [1, 2, 3]::Array(UInt64)), 1.5)  | \\N",
                "quorate_merge([([1., 2., 4.], [1, 2, 3, 4]::Array(UInt64)), ([2., 3., 4.], [1, 1, 1, 1])]) | ([2,4],[4,5,5])",
                "quorate_merge([([1.], [1, 2]::Array(UInt64)), ([2.], [3, 4]::Array(UInt64))]) | ([],[10])"
            })
    void answerOddBuckets(String expression, String expected) throws IOException {
        assertThat(client.execute("SELECT " + expression)).isEqualTo(expected + "\n");
    }

    @Test
    void orderMembersByHowManyFsyncsWereSlow() throws IOException {
        List<JsonNode> rows = ask("slow-members");
        assertThat(rows).hasSize(9);
        assertThat(text(rows.get(0), "cluster") + text(rows.get(0), "member")).isEqualTo("greenm2");
        assertThat(text(rows.get(0), "level")).isEqualTo("critical");
        for (JsonNode row : rows) {
            List<Double> seen = fleet.fsyncs.get(text(row, "cluster")).get(text(row, "member"));
            assertThat(row.path("fsyncs_count").asInt()).isEqualTo(seen.size());
            assertThat(row.path("slower_than_8_ms_count").asLong()).isEqualTo(slower(seen, 0.008));
            assertThat(row.path("slower_than_32_ms_count").asLong()).isEqualTo(slower(seen, 0.032));
            boolean otherEdges =
                    text(row, "cluster").equals("red") && text(row, "member").equals("m3");
            // 128 ms is none of its edges: nobody can know.
            assertThat(row.path("slower_than_128_ms_count").isNull()).isEqualTo(otherEdges);
            if (!otherEdges) {
                assertThat(row.path("slower_than_128_ms_count").asLong()).isEqualTo(slower(seen, 0.128));
            }
        }
    }

    @Test
    void nameTheMemberThatIsWorseThanItsPeers() throws IOException {
        Map<String, List<Double>> green = fleet.fsyncs.get("green");
        List<Double> peers = new ArrayList<>(green.get("m1"));
        peers.addAll(green.get("m3"));
        double edge = atMost(SeededFleet.EDGES, quantile(peers, 0.99));
        List<Double> own = green.get("m2");
        double share = 100.0 * slower(own, edge) / own.size();
        double peersMedian = DoubleStream.of(
                        100.0 * slower(green.get("m1"), edge) / green.get("m1").size(),
                        100.0 * slower(green.get("m3"), edge) / green.get("m3").size())
                .min()
                .orElseThrow();

        List<JsonNode> rows = ask("members-worse-than-their-peers");
        assertThat(rows).hasSize(1);
        JsonNode worst = rows.get(0);
        assertThat(text(worst, "cluster") + text(worst, "member")).isEqualTo("greenm2");
        assertThat(worst.path("edge").asDouble()).isEqualTo(edge);
        assertThat(worst.path("slower_count").asLong()).isEqualTo(slower(own, edge));
        assertThat(worst.path("slower_percent").asDouble()).isEqualTo(Math.round(share * 1000) / 1000.0);
        assertThat(worst.path("peers_median_slower_percent").asDouble())
                .isEqualTo(Math.round(peersMedian * 1000) / 1000.0);
    }

    @Test
    void listEventsOfEveryKindInTheOrderOfTime() throws IOException {
        assertThat(ask("events"))
                .extracting(row -> text(row, "at") + " " + text(row, "cluster") + " " + text(row, "member") + " "
                        + text(row, "kind") + " " + text(row, "before") + "->" + text(row, "after"))
                .containsExactly(
                        "2026-03-29 01:00:24.000 green m1 restarted 09:00->01:00",
                        "2026-03-29 01:00:25.000 green m2 leader-changed m1->m2",
                        "2026-03-29 01:00:26.000 green  alert-firing ->critical");
    }

    @Test
    void setEvidenceSideBySideWithTheEventsAmongTheWindows() throws IOException {
        List<JsonNode> rows = ask("evidence", MINUTE, "green", SeededFleet.FSYNC);
        assertThat(rows).hasSize(6 * 3 + 3);
        assertThat(rows).extracting(row -> text(row, "at")).isSorted();
        assertThat(rows.subList(9, 13))
                .extracting(row -> text(row, "member") + "|" + text(row, "event") + "|" + text(row, "detail"))
                .containsExactly(
                        "m1|restarted: 09:00 -> 01:00|its process began anew",
                        "m2|leader-changed: m1 -> m2|term 8, not planned",
                        "|alert-firing: critical|EtcdElectionStorm: green changed its leader; cause: the disk",
                        "m1||");
        JsonNode leader = rows.get(0);
        assertThat(text(leader, "role")).isEqualTo("leader");
        assertThat(leader.path("heartbeat_failures_count").asInt()).isEqualTo(2);
        assertThat(leader.path("puts_per_second").asDouble()).isEqualTo(10);
        assertThat(leader.path("grpc_failed_percent").asDouble()).isEqualTo(4.673);
        long fsyncs = rows.stream()
                .mapToLong(row -> row.path("fsyncs_count").asLong())
                .sum();
        assertThat(fsyncs)
                .isEqualTo(fleet.fsyncs.get("green").values().stream()
                        .mapToLong(List::size)
                        .sum());
    }

    @Test
    void countPollsThatWereNotAnsweredAmongTheEvidence() throws IOException {
        assertThat(ask("evidence", MINUTE, "blue", SeededFleet.FSYNC))
                .filteredOn(row -> row.path("unanswered_polls_count").asInt() > 0)
                .extracting(row -> text(row, "at") + text(row, "member") + text(row, "unanswered_polls_count"))
                .containsExactly("2026-03-29 01:00:30.000m31");
    }

    @Test
    void compareAFollowerWithItsLeaderAtTheSameMoment() throws IOException {
        // Halfway between 100 and 200, the leader stood at 150; the follower at 140.
        assertThat(client.execute("SELECT member, leader, lag_entries FROM member_lag(cluster = '', from = '2026-03-28"
                        + " 00:00:00', to = '2026-03-31 00:00:00')"))
                .isEqualTo("m2\tm1\t10\n");
        assertThat(ask("apply-lag"))
                .filteredOn(row ->
                        text(row, "member").equals("m2") && text(row, "cluster").equals("blue"))
                .extracting(row -> row.path("most_lag_to_leader_entries").asInt())
                .containsExactly(10);
    }

    @Test
    void takeSharesOfCountsAndNeverOfShares() throws IOException {
        JsonNode row = ask("failed-shares", MINUTE, "red", SeededFleet.FSYNC).get(0);
        // Each member failed 6; all three committed the same 582.
        assertThat(row.path("proposals_failed_count").asInt()).isEqualTo(18);
        assertThat(row.path("proposals_committed_count").asInt()).isEqualTo(582);
        assertThat(row.path("proposals_failed_percent").asDouble()).isEqualTo(3);
        assertThat(row.path("grpc_failed_percent").asDouble()).isEqualTo(4.673);
    }

    @Test
    void tellWhenTheQuotaIsReached() throws IOException {
        JsonNode row = ask("db-growth", MINUTE, "red", SeededFleet.FSYNC).get(0);
        // Five mebibytes in the fifty seconds between the ends of six windows: 360 an hour, and 8123 to go.
        assertThat(row.path("growth_mib_per_hour").asDouble()).isEqualTo(360);
        assertThat(row.path("quota_reached_in_hours").asDouble()).isEqualTo(22.6);
    }

    @Test
    void namePeersByTheirNames() throws IOException {
        assertThat(ask("peer-round-trips", MINUTE, "red", SeededFleet.FSYNC))
                .extracting(row -> text(row, "from_member") + ">" + text(row, "to_member") + " "
                        + text(row, "round_trips_count") + " " + text(row, "p50_at_most_ms"))
                .containsExactly("m1>m2 12 1.6", "m2>m1 12 1.6", "m3>m1 12 1.6");
    }

    @Test
    void countTheSecondsSinceTheChangeBefore() throws Exception {
        ClickHouseSettings settings = Engine.databaseFor(Question.class);
        Jobs.save(ClickHouseTables::saveLeaderChanges, settings, change(7, 0), change(8, 90), change(9, 100));
        Question question = Question.named("leader-changes").orElseThrow();
        Span late = new Span(SeededFleet.BEGIN.plusSeconds(60), SeededFleet.BEGIN.plusSeconds(200));
        assertThat(new ClickHouseClient(settings)
                        .execute(
                                "SELECT raft_term, seconds_since_previous FROM (" + question.sql() + ")",
                                question.values(late, WindowSize.BASE, "", ""),
                                Map.of()))
                .isEqualTo("8\t90\n9\t10\n");
    }

    @Test
    void nameThePagesOfALeaderChange() throws Exception {
        ClickHouseSettings settings = Engine.databaseFor(LeaderChange.class);
        Jobs.save(ClickHouseTables::saveLeaderChanges, settings, Events.change());
        Jobs.save(ClickHouseTables::saveNotifications, settings, Events.notification());
        Question question = Question.named("leader-changes-and-pages").orElseThrow();
        assertThat(new ClickHouseClient(settings)
                        .execute(question.sql(), question.values(MINUTE, WindowSize.BASE, "", ""), Map.of()))
                .endsWith("\t01:00:12 EtcdElectionStorm to webhook\n");
    }

    /** Half of all fsyncs above 16 ms is fifty times a budget of 1 %; five minutes earlier all was well. */
    @ParameterizedTest
    @CsvSource({"0, page", "400, ticket"})
    void tellHowFastTheBudgetBurns(int secondsSince, String verdict) throws IOException {
        ClickHouseSettings settings = Engine.databaseFor(WindowSize.class);
        ClickHouseClient rolled = new ClickHouseClient(settings);
        rolled.execute("""
                INSERT INTO scope_window_1m (scope, cluster, window_start, window_end, metric, kind, count, edges, counts, version)
                VALUES ('cluster', 'blue', '2026-03-29 01:00:00', '2026-03-29 01:01:00', '%s', 'histogram', 100, [0.016, 0.032],
                    [50, 40, 10], 1)
                """.formatted(SeededFleet.FSYNC));
        Question question = Question.named("slo-burn").orElseThrow();
        Span span = new Span(SeededFleet.BEGIN, SeededFleet.END.plusSeconds(secondsSince));
        assertThat(rolled.execute(
                        "SELECT verdict, bad_count, burn_6h_times_budget FROM (" + question.sql() + ")",
                        question.values(span, WindowSize.MINUTE, "", ""),
                        Map.of()))
                .isEqualTo(verdict + "\t50\t50\n");
    }

    /** Ten days of one bucket at one o'clock, then two buckets above; two o'clock is always slow. */
    @Test
    void nameTheHourThatWasUnlikeItsDaysBefore() throws IOException {
        ClickHouseSettings settings = Engine.databaseFor(Span.class);
        ClickHouseClient rolled = new ClickHouseClient(settings);
        rolled.execute("""
                INSERT INTO scope_window_1h (scope, cluster, window_start, window_end, metric, kind, count, edges, counts, version)
                SELECT 'cluster', 'blue', toDateTime64('2026-03-19 00:00:00', 3, 'UTC') + 3600 * number AS at, at + 3600,
                       '%s', 'histogram', 100, [0.001, 0.002, 0.004],
                       if(toHour(at) = 2 OR at = '2026-03-29 01:00:00', [0, 0, 100, 0], [100, 0, 0, 0]), 1
                FROM numbers(24 * 11)
                """.formatted(SeededFleet.FSYNC));
        Question question = Question.named("unusual-hours").orElseThrow();
        Span day = new Span(Instant.parse("2026-03-29T00:00:00Z"), Instant.parse("2026-03-30T00:00:00Z"));
        assertThat(rolled.execute(
                        "SELECT hour, compared_hours_count, about_times_slower FROM (" + question.sql() + ")",
                        question.values(day, WindowSize.HOUR, "", SeededFleet.FSYNC),
                        Map.of()))
                .isEqualTo("2026-03-29 01:00:00.000\t10\t4\n");
    }

    /** As each cell was told last within the span: m1 was blind before, and m2 was not. */
    @Test
    void nameTheMembersOfWhichARuleIsBlindNow() throws IOException {
        assertThat(ask("rule-coverage"))
                .extracting(row -> text(row, "rule") + " " + text(row, "cluster") + " " + row.path("members") + " "
                        + text(row, "metric") + " " + text(row, "why") + ": " + text(row, "detail"))
                .containsExactly("EtcdWalFsyncSlow green [\"m2\",\"m3\"] " + SeededFleet.FSYNC
                        + " not-scraped: nobody scrapes it");
        Span before = new Span(MINUTE.from(), MINUTE.from().plusSeconds(20));
        assertThat(ask("rule-coverage", before, "", SeededFleet.FSYNC))
                .extracting(row -> row.path("members").toString())
                .containsExactly("[\"m1\"]");
    }

    @Test
    void countTheCellsOfEachRuleAndCluster() throws IOException {
        assertThat(ask("rule-matrix"))
                .extracting(row -> text(row, "rule") + " " + text(row, "cluster") + " " + text(row, "cells_count")
                        + ": " + text(row, "evaluated_count") + " evaluated, " + text(row, "blind_count") + " blind, "
                        + text(row, "too_few_count") + " too few, " + text(row, "shadow_count") + " in shadow")
                .containsExactly(
                        "EtcdWalFsyncSlow green 3: 1 evaluated, 2 blind, 0 too few, 0 in shadow",
                        "EtcdNoQuorum blue 1: 0 evaluated, 0 blind, 0 too few, 1 in shadow",
                        "EtcdWalFsyncSlow blue 1: 0 evaluated, 0 blind, 1 too few, 0 in shadow");
    }

    @Test
    void tellWhatRulesInShadowWouldHaveSaid() throws IOException {
        assertThat(ask("shadow-alerts"))
                .extracting(row -> text(row, "began_at") + " " + text(row, "rule") + " " + text(row, "member") + " "
                        + text(row, "severity") + " " + text(row, "fired_at") + " " + text(row, "resolved_at"))
                .containsExactly("2026-03-29 01:00:25.000 EtcdWalFsyncSlow m2 warning 2026-03-29 01:00:45.000"
                        + " 2026-03-29 01:00:55.000");
    }

    @ParameterizedTest
    @CsvSource({"PT1H, base", "PT3H, base", "PT3H1S, 1m", "P3D, 1m", "P3DT1S, 1h", "P90D, 1h", "P91D, 1d"})
    void takeWindowsThatSuitTheSpan(Duration span, String size) {
        assertThat(WindowSize.suiting(span)).hasToString(size);
    }

    @Test
    void takeTheWindowsThatAreThereWhenThoseThatSuitAreNot() throws IOException {
        // Nothing is rolled up here, so a day is answered from the base windows.
        Span day = new Span(SeededFleet.BEGIN.minus(Duration.ofDays(1)), SeededFleet.END);
        assertThat(WindowSize.suiting(day.length())).isEqualTo(WindowSize.MINUTE);
        assertThat(WindowSize.MINUTE.orWhatIsThere(client, day)).isEqualTo(WindowSize.BASE);
        Span never = new Span(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        assertThat(WindowSize.MINUTE.orWhatIsThere(client, never)).isEqualTo(WindowSize.MINUTE);
    }

    private static LeaderChange change(long term, int second) {
        Instant at = SeededFleet.BEGIN.plusSeconds(second);
        return new LeaderChange(
                "green", "green-id", "m1", "m1-id", "m2", "m2-id", term, at, at, LeaderChange.Planned.NO, 3);
    }

    private List<JsonNode> ask(String name) throws IOException {
        return ask(name, MINUTE, "", SeededFleet.FSYNC);
    }

    private List<JsonNode> ask(String name, Span span, String cluster, String metric) throws IOException {
        Question question = Question.named(name).orElseThrow();
        String answer = client.execute(
                question.sql() + "\nFORMAT JSONEachRow",
                question.values(span, WindowSize.BASE, cluster, metric),
                Map.of());
        List<JsonNode> rows = new ArrayList<>();
        for (String line : answer.lines().toList()) {
            rows.add(JSON.readTree(line));
        }
        return rows;
    }

    private static String text(JsonNode row, String column) {
        return row.path(column).asText();
    }

    /** Red's third member has others, so that red and the fleet have what is common. */
    private static double[] edgesOf(String key) {
        if (key.equals("member/red/m3")) {
            return SeededFleet.OTHER_EDGES;
        }
        return key.startsWith("fleet") || key.equals("cluster/red/")
                ? Arrays.stream(SeededFleet.EDGES)
                        .filter(edge -> Arrays.stream(SeededFleet.OTHER_EDGES).anyMatch(other -> other == edge))
                        .toArray()
                : SeededFleet.EDGES;
    }

    private static double quantile(List<Double> pool, double q) {
        List<Double> sorted = new ArrayList<>(pool);
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(q * sorted.size()) - 1);
    }

    private static long slower(List<Double> seen, double edge) {
        return seen.stream().filter(observed -> observed > edge).count();
    }

    private static double atMost(double[] edges, double value) {
        return Arrays.stream(edges).filter(edge -> edge >= value).findFirst().orElseThrow();
    }

    private static double below(double[] edges, double value) {
        return Arrays.stream(edges).filter(edge -> edge < value).max().orElse(0);
    }
}
