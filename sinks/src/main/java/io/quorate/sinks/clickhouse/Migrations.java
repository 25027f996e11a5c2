package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbered SQL files that make the database what this build expects, forward only. Each is applied once, in order, and
 * remembered with its checksum; every statement in them may run twice, as ClickHouse cannot take a half-applied file back.
 */
public final class Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    /** Missing only where there is nothing at all. */
    public static final String FIRST = "0001_windows.sql";

    /** Named one by one: a jar cannot be asked what lies in a folder. */
    static final List<String> FILES = List.of(
            FIRST,
            "0002_events.sql",
            "0003_views.sql",
            "0004_recomputed.sql",
            "0005_coverage.sql",
            "0006_poll_tally.sql",
            "0007_poll_tally_parts.sql",
            "0008_rollups.sql",
            "0009_cluster_event.sql",
            "0010_subject_areas.sql",
            "0011_incident_evidence.sql",
            "0012_recomputed_rollups.sql",
            "0013_closed_windows.sql",
            "0014_rule_coverage.sql",
            "0015_shadow_alert.sql",
            "0016_part_of.sql",
            "0017_alerting.sql");

    private static final String MEMORY = """
            CREATE TABLE IF NOT EXISTS schema_migration
            (
                file       String               COMMENT 'name of the SQL file',
                sha256     String               COMMENT 'checksum of its text when it was applied, lower-case hex',
                applied_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'when it was applied, UTC, milliseconds'
            )
            ENGINE = ReplacingMergeTree(applied_at)
            ORDER BY file
            COMMENT 'Which SQL files made this database; key: file'
            """;

    private final ClickHouseClient client;
    private final ClickHouseSettings settings;
    private final Map<String, String> files;

    Migrations(ClickHouseSettings settings, Map<String, String> files) {
        this.settings = settings;
        this.client = new ClickHouseClient(settings);
        this.files = files;
    }

    /**
     * Creates the database if need be and applies what is missing.
     *
     * @throws ClickHouseUnreachable when nothing answers there
     * @throws ClickHouseRefused when ClickHouse refuses a statement
     * @throws IllegalStateException when a file that was applied has changed since, or is not known to this build
     */
    public static void applyTo(ClickHouseSettings settings) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String file : FILES) {
            files.put(file, read("/clickhouse/" + file));
        }
        new Migrations(settings, files).apply();
    }

    /** The files of this build that this database was not made with; all of them where there is none. */
    public static List<String> missingIn(ClickHouseSettings settings) throws IOException {
        ClickHouseClient client = new ClickHouseClient(settings);
        String memory = client.execute(
                "SELECT count() FROM system.tables WHERE database = '" + settings.database()
                        + "' AND name = 'schema_migration'",
                "default");
        if (memory.strip().equals("0")) {
            return FILES;
        }
        List<String> applied = client.execute("SELECT file FROM schema_migration FINAL")
                .lines()
                .toList();
        return FILES.stream().filter(file -> !applied.contains(file)).toList();
    }

    void apply() throws IOException {
        client.execute("CREATE DATABASE IF NOT EXISTS " + settings.database(), "default");
        client.execute(MEMORY);
        Map<String, String> applied = applied();
        refuseWhatChanged(applied);
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (!applied.containsKey(file.getKey())) {
                apply(file.getKey(), file.getValue());
            }
        }
    }

    private void apply(String file, String text) throws IOException {
        List<String> statements = SqlStatements.in(text);
        for (int i = 0; i < statements.size(); i++) {
            try {
                client.execute(statements.get(i));
            } catch (ClickHouseRefused e) {
                throw new ClickHouseRefused("clickhouse/" + file + ", statement " + (i + 1) + " of " + statements.size()
                        + ": " + e.getMessage());
            }
        }
        client.execute("INSERT INTO schema_migration (file, sha256) VALUES ('" + file + "', '" + sha256(text) + "')");
        LOG.info("applied {} to {}", file, settings);
    }

    private Map<String, String> applied() throws IOException {
        Map<String, String> applied = new LinkedHashMap<>();
        client.execute("SELECT file, sha256 FROM schema_migration FINAL ORDER BY file")
                .lines()
                .map(line -> line.split("\t", 2))
                .forEach(row -> applied.put(row[0], row[1]));
        return applied;
    }

    private void refuseWhatChanged(Map<String, String> applied) {
        StringBuilder problems = new StringBuilder();
        applied.forEach((file, sha256) -> {
            String text = files.get(file);
            if (text == null) {
                problems.append("\n  ")
                        .append(file)
                        .append(
                                ": was applied but is not part of this build; use the build that made the database, or a"
                                        + " later one");
            } else if (!sha256(text).equals(sha256)) {
                problems.append("\n  ")
                        .append(file)
                        .append(": has changed since it was applied, expected sha256 ")
                        .append(sha256)
                        .append(" but it is ")
                        .append(sha256(text))
                        .append("; restore the file and put the change into a new one with the next number");
            }
        });
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    "database " + settings.database() + " was made by other SQL files than these:" + problems);
        }
    }

    private static String read(String resource) throws IOException {
        try (InputStream in = Migrations.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks its own file " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
