package io.quorate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrationsTest {

    private static final Path SQL = Path.of("src/main/resources/clickhouse");

    private static final String SUBJECT_AREAS = "'cluster_info', 'general_info', 'wal_fsync', 'disk_io', 'network_io',"
            + " 'backend_commit', 'compact_defrag', 'member_lag', 'incident_evidence'";

    private ClickHouseSettings settings;
    private ClickHouseClient client;

    @BeforeEach
    void startEmpty() throws IOException {
        settings = Engine.emptyDatabaseFor(MigrationsTest.class);
        client = new ClickHouseClient(settings);
    }

    @Test
    void makesATablePerEvent() throws IOException {
        Migrations.applyTo(settings);
        assertThat(client.execute("SHOW TABLES").lines())
                .contains(
                        "member_window",
                        "scope_window",
                        "member_status",
                        "cluster_roster",
                        "coverage",
                        "poll_tally",
                        "leader_change",
                        "cluster_event",
                        "alert",
                        "shadow_alert",
                        "rule_coverage",
                        "rule_coverage_newest",
                        "rule_coverage_now",
                        "notification",
                        "dead_letter",
                        "schema_migration");
    }

    /** So that what reads one size reads them all. */
    @ParameterizedTest
    @CsvSource({"member_window, _1m", "member_window, _5m", "member_window, _1h", "member_window, _1d"})
    @CsvSource({"scope_window, _1m", "scope_window, _5m", "scope_window, _1h", "scope_window, _1d"})
    void givesARollUpTheColumnsOfItsBase(String base, String size) throws IOException {
        Migrations.applyTo(settings);
        assertThat(columns(base + size)).isEqualTo(columns(base)).contains("early\tBool\tALIAS\tversion = 0\t");
    }

    private String columns(String table) throws IOException {
        return client.execute("SELECT name, type, default_kind, default_expression, compression_codec, comment"
                + " FROM system.columns WHERE database = currentDatabase() AND table = '" + table
                + "' ORDER BY position");
    }

    @Test
    void appliesEachFileOnce() throws IOException {
        Migrations.applyTo(settings);
        String before = client.execute("SELECT * FROM schema_migration ORDER BY file");
        Migrations.applyTo(settings);
        assertThat(client.execute("SELECT * FROM schema_migration ORDER BY file"))
                .isEqualTo(before)
                .contains(Migrations.FILES);
    }

    @Test
    void canBeAppliedAgainAfterItWasHalfApplied() throws IOException {
        Migrations.applyTo(settings);
        client.execute("TRUNCATE TABLE schema_migration");
        assertThatCode(() -> Migrations.applyTo(settings)).doesNotThrowAnyException();
    }

    @Test
    void appliesOnlyWhatIsMissing() throws IOException {
        new Migrations(settings, files("0001_a.sql", "CREATE TABLE a (x Int8) ENGINE = Memory")).apply();
        new Migrations(
                        settings,
                        files(
                                "0001_a.sql",
                                "CREATE TABLE a (x Int8) ENGINE = Memory",
                                "0002_b.sql",
                                "CREATE TABLE b (x Int8) ENGINE = Memory"))
                .apply();
        assertThat(client.execute("SHOW TABLES").lines()).contains("a", "b");
    }

    @Test
    void refusesAFileThatChangedAfterItWasApplied() throws IOException {
        new Migrations(settings, files("0001_a.sql", "CREATE TABLE a (x Int8) ENGINE = Memory")).apply();
        Migrations changed = new Migrations(settings, files("0001_a.sql", "CREATE TABLE a (x Int16) ENGINE = Memory"));
        assertThatThrownBy(changed::apply)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("0001_a.sql: has changed since it was applied")
                .hasMessageContaining("restore the file");
    }

    @Test
    void refusesADatabaseThatALaterBuildMade() throws IOException {
        new Migrations(settings, files("0009_z.sql", "SELECT 1")).apply();
        assertThatThrownBy(() -> Migrations.applyTo(settings)).hasMessageContaining("0009_z.sql: was applied but");
    }

    @Test
    void namesFileAndStatementThatClickHouseRefuses() {
        Migrations broken = new Migrations(settings, files("0001_a.sql", "SELECT 1; SELECT oops"));
        assertThatThrownBy(broken::apply)
                .isInstanceOf(ClickHouseRefused.class)
                .hasMessageStartingWith("clickhouse/0001_a.sql, statement 2 of 2: ")
                .hasMessageContaining("oops");
    }

    @Test
    void saysWhereClickHouseWasLookedFor() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> Migrations.applyTo(ClickHouseSettings.at("http://127.0.0.1:" + port)))
                .isInstanceOf(ClickHouseUnreachable.class)
                .hasMessageContaining("http://127.0.0.1:" + port)
                .hasMessageContaining("clickhouse.url");
    }

    @Test
    void saysWhatEveryTableAndColumnMeans() throws IOException {
        Migrations.applyTo(settings);
        assertThat(client.execute("SELECT name FROM system.tables WHERE database = currentDatabase() AND comment = ''"))
                .isEmpty();
        assertThat(client.execute(
                        "SELECT table, c.name FROM system.columns AS c JOIN system.tables AS t ON t.name = c.table AND"
                                + " t.database = c.database WHERE c.database = currentDatabase() AND t.engine NOT LIKE '%View' AND"
                                + " c.comment = ''"))
                .isEmpty();
    }

    /** A table's in its comment, a view's in its name, since a view takes no comments on columns. */
    @Test
    void saysTheUnitOfEveryNumber() throws IOException {
        Migrations.applyTo(settings);
        String numbers =
                "SELECT c.table, c.name FROM system.columns AS c JOIN system.tables AS t ON t.name = c.table AND"
                        + " t.database = c.database WHERE c.database = currentDatabase() AND match(c.type, '^[^E]*(Int|Float)')";
        assertThat(
                        client.execute(
                                numbers + " AND t.engine != 'View' AND NOT match(c.comment, '(?i)bytes|seconds|unit|"
                                        + "observations|corrections?|index|term|members|samples|polls|the first|the receiver''s answer')"))
                .isEmpty();
        assertThat(client.execute(numbers + " AND t.engine = 'View' AND c.table IN (" + SUBJECT_AREAS + ") AND NOT"
                        + " match(c.name, '(_(count|seconds|ms|bytes|mib|ratio|percent|entries|cores|per_second|term)"
                        + "|members.*|voters|learners)$')"))
                .isEmpty();
        assertThat(client.execute("SELECT count() FROM system.tables WHERE database = currentDatabase() AND name IN ("
                        + SUBJECT_AREAS + ")"))
                .isEqualTo("9\n");
    }

    @Test
    void knowsEveryFileOfTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(SQL)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".sql")))
                    .containsExactlyInAnyOrderElementsOf(Migrations.FILES);
        }
    }

    @Test
    void everySqlFileOpensWithItsQuestion() throws IOException {
        try (Stream<Path> files = Files.walk(SQL)) {
            List<Path> sql =
                    files.filter(file -> file.toString().endsWith(".sql")).toList();
            assertThat(sql)
                    .hasSizeGreaterThan(9)
                    .allSatisfy(file -> assertThat(Files.readAllLines(file).get(0))
                            .startsWith("-- ")
                            .contains("?"));
        }
    }

    private static Map<String, String> files(String... namesAndTexts) {
        Map<String, String> files = new TreeMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return files;
    }
}
