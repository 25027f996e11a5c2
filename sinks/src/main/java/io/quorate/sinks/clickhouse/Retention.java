package io.quorate.sinks.clickhouse;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long ClickHouse keeps rows after they were written.
 *
 * @param window base windows
 * @param minutes windows of a minute and of five
 * @param hours windows of an hour
 * @param days windows of a day
 * @param events what happened in and to clusters, and which rules could speak of them
 * @param alerts leader changes, alerts, also those in shadow, and whom they were told to
 */
public record Retention(
        Duration window, Duration minutes, Duration hours, Duration days, Duration events, Duration alerts) {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private static final Duration SHORTEST = Duration.ofHours(1);

    /** ClickHouse counts a row's end in seconds up to the year 2106, and beyond it begins anew: the row would go at once. */
    private static final Duration LONGEST = Duration.ofDays(7300);

    private static final String TTL = "toDateTime(written_at) + ";

    /** As the migrations make the tables; below what is checked against, as it is checked too. */
    public static final Retention DEFAULT = new Retention(
            Duration.ofDays(7),
            Duration.ofDays(90),
            Duration.ofDays(400),
            Duration.ofDays(1826),
            Duration.ofDays(90),
            Duration.ofDays(400));

    public Retention {
        check("window", window);
        check("minutes", minutes);
        check("hours", hours);
        check("days", days);
        check("events", events);
        check("alerts", alerts);
    }

    /** Changes the tables that keep their rows for another time; those that are as they should be are left alone. */
    public void applyTo(ClickHouseSettings settings) throws IOException {
        ClickHouseClient client = new ClickHouseClient(settings);
        Map<String, String> kept = new LinkedHashMap<>();
        client.execute("SELECT name, extract(engine_full, ' TTL (.*?)(?: SETTINGS |$)') FROM system.tables"
                        + " WHERE database = currentDatabase() ORDER BY name")
                .lines()
                .map(line -> line.split("\t", 2))
                .forEach(row -> kept.put(row[0], row[1]));
        for (Map.Entry<String, Duration> table : byTable().entrySet()) {
            String before = kept.get(table.getKey());
            String ttl = TTL + interval(table.getValue());
            if (before != null && !before.equals(ttl)) {
                // Else every part would be written anew for a row that goes.
                client.execute(
                        "ALTER TABLE " + table.getKey() + " MODIFY SETTING materialize_ttl_recalculate_only = 1");
                // What is there already follows, in the background: else a longer time would come too late for it.
                client.execute("ALTER TABLE " + table.getKey() + " MODIFY TTL " + ttl);
                LOG.info("{} keeps rows until {}, no longer until {}", table.getKey(), ttl, before);
            }
        }
    }

    private Map<String, Duration> byTable() {
        Map<String, Duration> tables = new LinkedHashMap<>();
        for (String base : List.of(MemberWindowTable.TABLE.name(), ScopeWindowTable.TABLE.name())) {
            tables.put(base, window);
            for (RollUp size : RollUp.values()) {
                tables.put(
                        base + size.suffix(),
                        switch (size) {
                            case MINUTE, FIVE_MINUTES -> minutes;
                            case HOUR -> hours;
                            case DAY -> days;
                        });
            }
        }
        tables.put(ClusterEventTable.TABLE.name(), events);
        tables.put(RuleCoverageTable.TABLE.name(), events);
        tables.put(RuleCoverageTable.NEWEST, events);
        tables.put(LeaderChangeTable.TABLE.name(), alerts);
        tables.put(AlertTable.TABLE.name(), alerts);
        tables.put(AlertTable.SHADOW.name(), alerts);
        tables.put(NotificationTable.TABLE.name(), alerts);
        return tables;
    }

    /** As ClickHouse writes it back, so that the two can be compared. */
    private static String interval(Duration duration) {
        return duration.equals(Duration.ofDays(duration.toDays()))
                ? "toIntervalDay(" + duration.toDays() + ")"
                : "toIntervalSecond(" + duration.toSeconds() + ")";
    }

    private static void check(String key, Duration duration) {
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "clickhouse.keep." + key + ": " + duration.toSeconds() + "s, expected 1h to 7300d");
        }
    }
}
