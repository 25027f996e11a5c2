package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.events.Measures;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ClickHouse is killed, a storm comes while it is away, and it comes back: pages do not wait, and no row is missing. */
@Tag("slow")
class ClickHouseAwayTest {

    private static final Duration AWAY = Duration.ofSeconds(30);
    private static final List<String> TABLES =
            List.of("member_window", "scope_window", "member_status", "leader_change", "alert", "notification");

    @Test
    void pagesWhileClickHouseIsAwayAndCompletesItsRowsAfterwards(@TempDir Path folder) throws Exception {
        Home parts = Home.current().withState(folder.resolve("clickhouse"));
        Home home = RunningQuorate.freshHome(folder.resolve("home"));
        Path config = folder.resolve("quorate.yaml");
        ClickHouseEngine engine = ClickHouseEngine.start(parts, "clickhouse", 0);
        try (Watched watched = Watched.start(folder.resolve("watched"))) {
            Files.writeString(config, watched.settings() + "clickhouse: { url: \"" + engine.url() + "\" }\n");
            try (RunningQuorate run = RunningQuorate.start(home, "--config", config.toString())) {
                ClickHouseClient clickhouse = new ClickHouseClient(ClickHouseSettings.at(engine.url()));
                Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> count(clickhouse, "member_window", "") > 0);

                engine.kill();
                Instant killedAt = Instant.now();
                for (int i = 0; i < 3; i++) {
                    watched.changeLeader();
                }
                Awaitility.await()
                        .atMost(60, TimeUnit.SECONDS)
                        .until(() -> watched.storms().stream()
                                .anyMatch(page -> page.status().equals("firing")));
                Awaitility.await()
                        .atMost(AWAY.multipliedBy(2))
                        .pollInterval(1, TimeUnit.SECONDS)
                        .until(() -> Instant.now().isAfter(killedAt.plus(AWAY)));
                engine = ClickHouseEngine.start(parts, "clickhouse", engine.port());

                // Everything of before: what the topics hold now must stand in the tables some time later.
                Map<String, Set<String>> expected = keysInTopics(run.kafka());
                for (String table : TABLES) {
                    Awaitility.await(table)
                            .atMost(3, TimeUnit.MINUTES)
                            .pollInterval(2, TimeUnit.SECONDS)
                            .untilAsserted(() -> assertThat(keysIn(clickhouse, table))
                                    .as(table)
                                    .containsAll(expected.getOrDefault(table, Set.of())));
                }
                assertThat(expected.get("alert")).isNotEmpty();
                assertThat(expected.get("leader_change")).hasSizeGreaterThanOrEqualTo(3);
            }
            // Of a run that has ended.
            RunningQuorate.Ended letters = RunningQuorate.end(home, "dead-letters", "--reason", "no such");
            assertThat(letters.code()).as(letters.said()).isZero();
            assertThat(letters.said()).contains("No dead letters with reason no such");
            ClickHouseClient clickhouse = new ClickHouseClient(ClickHouseSettings.at(engine.url()));
            for (String table : TABLES) {
                clickhouse.execute("OPTIMIZE TABLE quorate." + table + " FINAL");
                assertThat(count(clickhouse, table, "")).as(table).isEqualTo(count(clickhouse, table, "FINAL"));
            }
        } finally {
            engine.close();
        }
    }

    /** The natural key of every row that the topics call for, by table. */
    private static Map<String, Set<String>> keysInTopics(KafkaSettings kafka) throws Exception {
        Map<String, Stream<String>> keys = new LinkedHashMap<>();
        keys.put(
                "member_window",
                Topics.read(kafka, Topic.MEMBER_WINDOW).stream()
                        .flatMap(window -> series(window.measures())
                                .map(series -> window.member() + " " + seconds(window.windowStart()) + " " + series)));
        keys.put(
                "scope_window",
                Topics.read(kafka, Topic.SCOPE_WINDOW).stream()
                        .flatMap(window -> series(window.measures())
                                .map(series -> window.scope().name().toLowerCase(java.util.Locale.ROOT) + " "
                                        + seconds(window.windowStart()) + " " + series)));
        keys.put(
                "member_status",
                Topics.read(kafka, Topic.MEMBER_STATUS).stream()
                        .map(status ->
                                status.endpoint() + " " + status.observedAt().toEpochMilli()));
        keys.put(
                "leader_change",
                Topics.read(kafka, Topic.LEADER_CHANGE).stream().map(change -> Long.toString(change.raftTerm())));
        keys.put(
                "alert",
                Topics.read(kafka, Topic.ALERT).stream()
                        .map(alert -> alert.id() + " " + alert.status().name().toLowerCase(java.util.Locale.ROOT) + " "
                                + alert.at().toEpochMilli()));
        keys.put(
                "notification",
                Topics.read(kafka, Topic.NOTIFICATION).stream()
                        .map(notification -> notification.key() + " " + notification.attempt() + " "
                                + notification.attemptedAt().toEpochMilli()));
        Map<String, Set<String>> sets = new TreeMap<>();
        keys.forEach((table, all) -> sets.put(table, all.collect(Collectors.toSet())));
        return sets;
    }

    private static Set<String> keysIn(ClickHouseClient clickhouse, String table) throws Exception {
        String key = switch (table) {
            case "member_window" -> "concat(member, ' ', toString(toUnixTimestamp(window_start)), ' ', metric, labels)";
            case "scope_window" ->
                "concat(toString(scope), ' ', toString(toUnixTimestamp(window_start)), ' ', metric, labels)";
            case "member_status" -> "concat(endpoint, ' ', toString(toUnixTimestamp64Milli(observed_at)))";
            case "leader_change" -> "toString(raft_term)";
            case "alert" -> "concat(id, ' ', toString(status), ' ', toString(toUnixTimestamp64Milli(at)))";
            default -> "concat(key, ' ', toString(attempt), ' ', toString(toUnixTimestamp64Milli(attempted_at)))";
        };
        return clickhouse
                .execute("SELECT DISTINCT " + key + " FROM quorate." + table + " FINAL FORMAT TSVRaw")
                .lines()
                .collect(Collectors.toSet());
    }

    private static Stream<String> series(Measures measures) {
        return Stream.of(
                        measures.histograms().stream().map(one -> one.metric() + one.labels()),
                        measures.counters().stream().map(one -> one.metric() + one.labels()),
                        measures.gauges().stream().map(one -> one.metric() + one.labels()))
                .flatMap(all -> all);
    }

    private static long seconds(Instant time) {
        return time.getEpochSecond();
    }

    private static long count(ClickHouseClient clickhouse, String table, String how) throws Exception {
        return Long.parseLong(clickhouse
                .execute("SELECT count() FROM quorate." + table + " " + how)
                .strip());
    }
}
