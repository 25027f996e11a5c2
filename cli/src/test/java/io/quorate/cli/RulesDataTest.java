package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate rules coverage} and {@code explain ALERT-ID} on a real engine. */
class RulesDataTest {

    @TempDir
    static Path state;

    private static ClickHouseEngine engine;

    @RegisterExtension
    final Console console = new Console();

    @BeforeAll
    static void fill() throws IOException {
        engine = ClickHouseEngine.start(Home.current().withState(state), "clickhouse", 0);
        ClickHouseSettings settings = ClickHouseSettings.at(engine.url());
        Migrations.applyTo(settings);
        ClickHouseClient client = new ClickHouseClient(settings);
        client.execute("""
                INSERT INTO rule_coverage (rule, cluster, member, observed_at, state, metric, why, detail, rule_version) VALUES
                    ('EtcdDiskSlow', 'blue', 'm1', '2026-03-29 01:00:00', 'evaluated', '', '', '', '0011aabb'),
                    ('EtcdDiskSlow', 'blue', 'm1', '2026-03-29 01:10:00', 'blind', 'fsync', 'not-scraped', 'nobody scrapes it', '0011aabb'),
                    ('EtcdDiskSlow', 'green', 'm1', '2026-03-29 01:10:00', 'evaluated', '', '', '', '0011aabb')
                """);
        for (String table : new String[] {"alert", "shadow_alert"}) {
            client.execute("""
                    INSERT INTO %s (id, rule, severity, cluster, member, status, at, started_at, summary, evidence_what,
                        evidence_value, evidence_at)
                    VALUES ('%s', 'EtcdElectionStorm', 'critical', 'blue', '', 'firing', '2026-03-29 01:00:20.250',
                            '2026-03-29 01:00:10', 'it moves', ['leader-moves'], ['m1 -> m2, term 8'], ['2026-03-29 01:00:10.125'])
                    """.formatted(table, table.equals("alert") ? "00112233445566aa" : "00112233445566bb"));
        }
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void coverageShowsOfEachCellWhatWasToldLast() {
        assertThat(coverage()).as(console.complained()).isZero();
        assertThat(console.told()).isEqualTo("""
                rule          cluster  member  state      metric  why          detail             rule_version  observed_at
                EtcdDiskSlow  blue     m1      blind      fsync   not-scraped  nobody scrapes it  0011aabb      2026-03-29 01:10:00
                EtcdDiskSlow  green    m1      evaluated                                          0011aabb      2026-03-29 01:10:00
                """);
    }

    @Test
    void coverageKeepsToTheClusterAndTheStateThatWereNamed() {
        assertThat(coverage("--state", "blind", "--format", "json")).isZero();
        assertThat(console.told()).contains("\"blue\"").doesNotContain("green");
        assertThat(coverage("--cluster", "green", "--state", "blind")).isZero();
        assertThat(console.complained()).startsWith("No cells of cluster green in state blind; a job that runs");
    }

    @Test
    void explainFindsAnAlertWithItsEvidence() {
        assertThat(Quorate.run("rules", "explain", "00112233445566aa", "--clickhouse", engine.url()))
                .as(console.complained())
                .isZero();
        assertThat(console.told()).startsWith("""
                00112233445566aa EtcdElectionStorm of blue, since 2026-03-29T01:00:10Z
                  2026-03-29T01:00:20.250Z  firing    critical  it moves
                numbers, firing at 2026-03-29T01:00:20.250Z:
                  leader-moves: m1 -> m2, term 8 (2026-03-29T01:00:10.125Z)
                what would have silenced it:
                  other numbers in its file: they are part of the job's graph;\
                """);
    }

    @Test
    void explainSaysOfAnAlertInShadowThatNobodyWasNotified() {
        assertThat(Quorate.run("rules", "explain", "00112233445566bb", "--clickhouse", engine.url()))
                .isZero();
        assertThat(console.told()).contains("since 2026-03-29T01:00:10Z, in shadow: nobody was notified\n");
    }

    private static int coverage(String... more) {
        String[] all = new String[more.length + 4];
        System.arraycopy(new String[] {"rules", "coverage", "--clickhouse", engine.url()}, 0, all, 0, 4);
        System.arraycopy(more, 0, all, 4, more.length);
        return Quorate.run(all);
    }
}
