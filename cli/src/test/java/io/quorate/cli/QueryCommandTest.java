package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verb from outside, on a real engine with two fsync windows and a leader change of the year 2026. */
class QueryCommandTest {

    @TempDir
    static Path kept;

    private static ClickHouseEngine engine;
    private static String url;

    @RegisterExtension
    final Console console = new Console();

    @BeforeAll
    static void fill() throws IOException {
        engine = ClickHouseEngine.start(Home.current().withState(kept), "clickhouse", 0);
        url = engine.url();
        ClickHouseSettings settings = ClickHouseSettings.at(url);
        Migrations.applyTo(settings);
        ClickHouseClient client = new ClickHouseClient(settings);
        client.execute("""
                INSERT INTO member_window (cluster, member, member_id, window_start, window_end, metric, kind, count, sum, edges,
                    counts, version)
                SELECT 'blue', 'm1', 'a1', toDateTime64('2026-03-29 01:00:00', 3, 'UTC') + 10 * number,
                       toDateTime64('2026-03-29 01:00:10', 3, 'UTC') + 10 * number,
                       'etcd_disk_wal_fsync_duration_seconds', 'histogram', 100, 0.25, [0.001, 0.002, 0.004], [50, 40, 10, 0], 1
                FROM numbers(2)
                """);
        client.execute("""
                INSERT INTO leader_change (cluster, from_member, to_member, raft_term, observed_at, confirmed_at, planned)
                VALUES ('blue', 'm1', 'm2', 8, '2026-03-29 01:00:25.123', '2026-03-29 01:00:25.500', 'no')
                """);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void listsItsQuestionsWhenNoneIsNamed() {
        assertThat(Quorate.run("query")).isZero();
        assertThat(console.told().lines())
                .hasSizeGreaterThan(20)
                .allMatch(line -> line.matches("[a-z-]+ {2,}[A-Z].*\\?"))
                .anyMatch(line -> line.startsWith("fleet-overview "));
    }

    @Test
    void reconcilesAlertsWithTheLedger() throws IOException {
        assertThat(Quorate.run("reconcile", "--clickhouse", url)).isZero();
        assertThat(console.complained()).isEqualTo("Alerts and notifications agree\n");

        ClickHouseClient client = new ClickHouseClient(ClickHouseSettings.at(url));
        client.execute(
                "INSERT INTO alert (id, rule, severity, cluster, status, at, started_at, written_at) VALUES ('lost', 'R',"
                        + " 'critical', 'blue', 'firing', '2026-03-29 01:00:01', '2026-03-29 01:00:01', now64(3) - INTERVAL 90 SECOND)");
        try {
            assertThat(Quorate.run("reconcile", "--clickhouse", url)).isEqualTo(1);
            assertThat(console.told()).contains("untold", "lost", "the ledger has no line of it");
            assertThat(Quorate.run("reconcile", "--clickhouse", url, "--grace", "5m"))
                    .isZero();
        } finally {
            client.execute("ALTER TABLE alert DELETE WHERE id = 'lost' SETTINGS mutations_sync = 1");
        }
    }

    @Test
    void alignsATableForPeople() {
        assertThat(Quorate.run("query", "fsync-by-member", "--clickhouse", url)).isZero();
        assertThat(console.told()).isEqualTo("""
                        window_end           cluster  member  fsyncs_count  p50_ms  p99_ms  p99_above_ms  p99_at_most_ms  p999_ms  gap
                        2026-03-29 01:00:20  blue     m1               100       1     3.8             2               4     3.98  no
                        2026-03-29 01:00:10  blue     m1               100       1     3.8             2               4     3.98  no
                        """);
        assertThat(console.complained())
                .isEqualTo("The newest data is of 2026-03-29T01:00:25.123Z; this is the hour before it\n");
    }

    @Test
    void writesAnObjectALineForMachines() {
        assertThat(Quorate.run("query", "events", "--clickhouse", url, "--format", "json"))
                .isZero();
        assertThat(console.told())
                .isEqualTo("{\"at\":\"2026-03-29T01:00:25.123Z\",\"cluster\":\"blue\",\"member\":\"m2\","
                        + "\"kind\":\"leader-changed\",\"before\":\"m1\",\"after\":\"m2\","
                        + "\"detail\":\"term 8, not planned\"}\n");
    }

    @Test
    void writesCsvWithItsNamesAlsoWhereThereIsNothing() {
        assertThat(Quorate.run("query", "events", "--clickhouse", url, "--format", "csv"))
                .isZero();
        assertThat(Quorate.run("query", "events", "--clickhouse", url, "--format", "csv", "--cluster", "green"))
                .isZero();
        String names = "\"at\",\"cluster\",\"member\",\"kind\",\"before\",\"after\",\"detail\"\n";
        assertThat(console.told())
                .isEqualTo(names
                        + "\"2026-03-29T01:00:25.123Z\",\"blue\",\"m2\",\"leader-changed\",\"m1\",\"m2\",\"term 8, not planned\"\n"
                        + names);
    }

    @Test
    void saysThatThereAreNoRowsAndWhereThereAreSome() {
        assertThat(Quorate.run(
                        "query",
                        "events",
                        "--clickhouse",
                        url,
                        "--from",
                        "2026-03-29T00:00:00Z",
                        "--to",
                        "2026-03-29T01:00:25.123Z"))
                .isZero();
        assertThat(console.told()).isEmpty();
        assertThat(console.complained())
                .isEqualTo("No rows from 2026-03-29T00:00:00Z to 2026-03-29T01:00:25.123Z; the newest data is of"
                        + " 2026-03-29T01:00:25.123Z\n");
    }

    @Test
    void answersWithNothingFromAnEmptyDatabase(@TempDir Path empty) throws IOException {
        try (ClickHouseEngine fresh = ClickHouseEngine.start(Home.current().withState(empty), "clickhouse", 0)) {
            assertThat(Quorate.run("query", "quantiles", "--clickhouse", fresh.url()))
                    .isEqualTo(2);
            assertThat(console.complained())
                    .contains("holds none of Quorate's tables; expected one that 'quorate run'");
            Migrations.applyTo(ClickHouseSettings.at(fresh.url()));
            assertThat(Quorate.run("query", "quantiles", "--clickhouse", fresh.url()))
                    .isZero();
        }
        assertThat(console.told()).isEmpty();
        assertThat(console.complained()).endsWith("there is no data at all yet\n");
    }

    /** By value and never as a part of the statement. */
    @Test
    void takesAValueAsItIs() {
        assertThat(Quorate.run("query", "events", "--clickhouse", url, "--cluster", "x' OR '1' = '1"))
                .isZero();
        assertThat(console.told()).isEmpty();
        assertThat(console.complained()).contains("of cluster x' OR '1' = '1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fleet-oversight                            | 'fleet-oversight' is no question; expected one of fleet-overview, events",
                "events --from yesterday                    | --from yesterday is no time; expected one like 2026-03-29T01:00:00Z, or a span",
                "events --from 1h --to 2h                   | is not before --to",
                "events --window 10m                        | --window 10m is no size of windows; expected base, 1m, 5m, 1h or 1d",
                "events --metric m                          | is about metrics of its own; expected it with members-worse",
                "events --format xml                        | --format",
                "events --config a.yaml --kept b            | mutually exclusive",
                "events --kept nowhere-at-all               | --kept nowhere-at-all holds no data/clickhouse",
                "events --config nowhere.yaml               | nowhere.yaml"
            })
    void refusesBadArgumentsWithTwo(String arguments, String complaint) {
        assertThat(Quorate.run(("query " + arguments).split(" "))).isEqualTo(2);
        assertThat(console.complained()).contains(complaint);
    }

    @Test
    void saysThatNobodyAnswersWithThree() {
        assertThat(Quorate.run("query", "events", "--clickhouse", "http://127.0.0.1:1"))
                .isEqualTo(3);
        assertThat(console.complained()).contains("ClickHouse does not answer at http://127.0.0.1:1");
    }

    @Test
    void asksTheClickHouseOfTheSettings(@TempDir Path folder) throws IOException {
        Path settings = folder.resolve("quorate.yaml");
        Files.writeString(settings, """
                ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                clickhouse: { url: "%s" }
                """.formatted(url));
        assertThat(Quorate.run("query", "events", "--config", settings.toString()))
                .as(console.complained())
                .isZero();
        assertThat(console.told()).contains("leader-changed");
    }

    /** A second engine on the same data would find it taken. */
    @Test
    void asksTheEngineOfADemoThatStillRuns() {
        assertThat(Quorate.run("query", "events", "--kept", kept.toString())).isZero();
        assertThat(console.told()).contains("leader-changed");
        assertThat(engine.alive()).isTrue();
    }

    @Test
    void startsTheEngineOfADemoThatHasEnded(@TempDir Path ended) throws IOException {
        Home home = Home.current().withState(ended);
        try (ClickHouseEngine left = ClickHouseEngine.start(home, "clickhouse", 0)) {
            Migrations.applyTo(ClickHouseSettings.at(left.url()));
            new ClickHouseClient(ClickHouseSettings.at(left.url()))
                    .execute("INSERT INTO leader_change (cluster, from_member, to_member, raft_term, observed_at)"
                            + " VALUES ('left', 'm1', 'm2', 8, '2026-03-29 01:00:25.123')");
        }
        assertThat(Quorate.run("query", "leader-changes", "--kept", ended.toString()))
                .isZero();
        assertThat(console.told()).contains("left");
        assertThat(ClickHouseEngine.runningOn(home, "clickhouse")).isEmpty();
    }
}
