package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

    private static final Retention SHORT = new Retention(
            Duration.ofHours(36),
            Duration.ofDays(30),
            Duration.ofDays(100),
            Duration.ofDays(900),
            Duration.ofDays(60),
            Duration.ofDays(365));

    private ClickHouseSettings settings;
    private ClickHouseClient client;

    @BeforeEach
    void startEmpty() throws IOException {
        settings = Engine.databaseFor(RetentionTest.class);
        client = new ClickHouseClient(settings);
    }

    @Test
    void isByDefaultWhatTheMigrationsMade() throws IOException {
        String before = kept();
        Retention.DEFAULT.applyTo(settings);
        assertThat(kept()).isEqualTo(before);
        assertThat(alterations()).as("nothing was altered").isEqualTo("0\n");
    }

    @Test
    void changesEveryTableOfItsKind() throws IOException {
        SHORT.applyTo(settings);
        assertThat(kept()).isEqualTo("""
                alert	365
                cluster_event	60
                leader_change	365
                member_window	1.5
                member_window_1d	900
                member_window_1h	100
                member_window_1m	30
                member_window_5m	30
                notification	365
                rule_coverage	60
                rule_coverage_newest	60
                scope_window	1.5
                scope_window_1d	900
                scope_window_1h	100
                scope_window_1m	30
                scope_window_5m	30
                shadow_alert	365
                """);
    }

    @Test
    void changesNothingTheSecondTime() throws IOException {
        SHORT.applyTo(settings);
        String altered = alterations();
        SHORT.applyTo(settings);
        assertThat(alterations()).isEqualTo(altered).isNotEqualTo("0\n");
    }

    @Test
    void reachesRowsThatWereWrittenBefore() throws IOException {
        client.execute(
                "INSERT INTO member_window (metric, window_start, written_at) VALUES"
                        + " ('old', '2026-03-29 01:00:00', now64(3) - INTERVAL 2 DAY), ('new', '2026-03-29 01:00:00', now64(3))");
        SHORT.applyTo(settings);
        await().untilAsserted(() -> {
            client.execute("OPTIMIZE TABLE member_window FINAL");
            assertThat(client.execute("SELECT metric FROM member_window FINAL")).isEqualTo("new\n");
        });
    }

    /** A row that would have gone stays when it is to be kept for longer. */
    @Test
    void reachesThemAlsoWhenTheyAreToStayLonger() throws IOException {
        SHORT.applyTo(settings);
        client.execute("SYSTEM STOP TTL MERGES " + settings.database() + ".member_window");
        client.execute("INSERT INTO member_window (metric, window_start, written_at) VALUES"
                + " ('old', '2026-03-29 01:00:00', now64(3) - INTERVAL 2 DAY)");
        Retention.DEFAULT.applyTo(settings);
        await().until(() -> client.execute("SELECT count() FROM system.mutations WHERE database = currentDatabase()"
                        + " AND table = 'member_window' AND NOT is_done")
                .equals("0\n"));
        client.execute("SYSTEM START TTL MERGES " + settings.database() + ".member_window");
        client.execute("OPTIMIZE TABLE member_window FINAL");
        assertThat(client.execute("SELECT metric FROM member_window FINAL")).isEqualTo("old\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT59M", "P7301D", "PT-1H"})
    void refusesWhatClickHouseCannotKeep(Duration days) {
        assertThatThrownBy(() -> new Retention(
                        Duration.ofDays(7),
                        Duration.ofDays(90),
                        Duration.ofDays(400),
                        days,
                        Duration.ofDays(90),
                        Duration.ofDays(400)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clickhouse.keep.days: " + days.toSeconds() + "s, expected 1h to 7300d");
    }

    /** Days per table that the settings speak of. */
    private String kept() throws IOException {
        return client.execute("""
                SELECT name, multiIf(ttl LIKE '%Day%', toFloat64(n), toFloat64(n) / 86400)
                FROM
                (
                    SELECT name, extract(engine_full, ' TTL (.*\\\\))') AS ttl, extract(ttl, 'Interval[A-Z][a-z]+.(\\\\d+)') AS n
                    FROM system.tables
                    WHERE database = currentDatabase()
                )
                WHERE match(name, '_window|alert$|notification|leader_change|cluster_event|rule_coverage')  AND ttl != ''
                ORDER BY name""");
    }

    private String alterations() throws IOException {
        return client.execute("SELECT count() FROM system.mutations WHERE database = currentDatabase()");
    }
}
