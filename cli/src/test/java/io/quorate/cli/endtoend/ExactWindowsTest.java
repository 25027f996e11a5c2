package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.simulate.SimulateCommand;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import io.quorate.sinks.clickhouse.Verification;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Half an hour of four simulated clusters under every kind of trouble, over a midnight, through topics, percentiles and
 * history into ClickHouse: every row beside what the raw topic says, and the same rows when it is delivered badly.
 */
@Tag("slow")
class ExactWindowsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Instant BEGIN = Instant.parse("2026-03-01T23:45:00Z");
    private static final Duration LENGTH = Duration.ofMinutes(33);
    /** What ended by then has closed. */
    private static final Instant COMPLETE = BEGIN.plus(Duration.ofMinutes(32));

    private static final Duration BASE = Duration.ofSeconds(10);
    private static final List<Duration> LONGER =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofDays(1));
    private static final Map<Duration, String> SUFFIX =
            Map.of(BASE, "", LONGER.get(0), "_1m", LONGER.get(1), "_5m", LONGER.get(2), "_1h", LONGER.get(3), "_1d");

    private static final List<Double> LEVELS = List.of(0.5, 0.9, 0.95, 0.99, 0.999);

    @TempDir
    private static Path folder;

    private static Home home;
    private static KafkaBroker broker;
    private static ClickHouseEngine engine;
    private static ClickHouseSettings asItCame;

    @BeforeAll
    static void runOnce() throws Exception {
        home = Home.current().withState(folder.resolve("state"));
        broker = KafkaBroker.start(home, "kafka", 0);
        engine = ClickHouseEngine.start(home, "clickhouse", 0);
        KafkaTopics.create(kafka(broker));
        Path plan = folder.resolve("plan.yaml");
        try (InputStream in =
                Objects.requireNonNull(ExactWindowsTest.class.getResourceAsStream("/plans/many-faults.yaml"))) {
            Files.copy(in, plan);
        }
        int code = new CommandLine(new SimulateCommand())
                .execute(
                        "--plan",
                        plan.toString(),
                        "--seed",
                        "7",
                        "--begin",
                        BEGIN.toString(),
                        "--for",
                        LENGTH.toMinutes() + "m",
                        "--to",
                        "kafka",
                        "--bootstrap",
                        broker.bootstrap());
        assertThat(code).isZero();
        asItCame = percentilesInto("quorate", broker);
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
        broker.close();
    }

    @Test
    void everyRowIsWhatTheRawTopicSays() throws Exception {
        RawScrapes raw = new RawScrapes(
                BASE,
                LONGER,
                Set.of("etcd_server_proposals_committed_total", "etcd_server_proposals_applied_total"),
                Set.of("etcd_server_leader_changes_seen_total"));
        for (byte[] scrape : records(Topic.MEMBER_SCRAPE)) {
            raw.add(JSON.readTree(scrape));
        }
        List<JsonNode> rosters = new ArrayList<>();
        for (byte[] roster : records(Topic.CLUSTER_ROSTER)) {
            rosters.add(JSON.readTree(roster));
        }
        raw.compute(RawScrapes.groups(rosters));
        Map<RawScrapes.Row, RawScrapes.Figures> expected = new HashMap<>(raw.rows());
        expected.keySet().removeIf(row -> row.start() + row.millis() > COMPLETE.toEpochMilli());

        List<String> disagreements = new ArrayList<>();
        long compared = 0;
        long quantiles = 0;
        Map<String, Long> byScopeAndSize = new HashMap<>();
        for (Duration size : SUFFIX.keySet()) {
            for (JsonNode told : told(size)) {
                RawScrapes.Row row = row(told, size);
                RawScrapes.Figures figures = expected.remove(row);
                if (figures == null) {
                    disagreements.add("too many: " + row);
                    continue;
                }
                compared++;
                quantiles += told.get("quantile_value").size();
                byScopeAndSize.merge(row.scope() + " " + size, 1L, Long::sum);
                String difference = difference(told, figures, raw.gaps().get(row));
                if (told.get("members").asInt() != raw.members().get(row)) {
                    difference += " members not " + raw.members().get(row);
                }
                if (!difference.isEmpty()) {
                    disagreements.add(difference + ": " + row + " " + told);
                }
            }
        }
        expected.keySet().forEach(row -> disagreements.add("missing: " + row));

        assertThat(disagreements.stream().limit(5).toList())
                .as("%d of %d rows", disagreements.size(), compared)
                .isEmpty();
        assertThat(compared).isGreaterThan(200_000);
        assertThat(quantiles).isGreaterThan(100_000);
        assertThat(byScopeAndSize).hasSize(4 * 5);
        System.out.printf("compared %d rows, %d quantiles, %s%n", compared, quantiles, byScopeAndSize);
    }

    @Test
    void sqlSaysTheSameOfEveryRow() throws Exception {
        Verification verification = Verification.of(asItCame);

        Set<String> expected = new TreeSet<>();
        for (String scope : List.of("member", "cluster", "group", "fleet")) {
            for (String size : List.of("base", "1m", "5m", "1h", "1d")) {
                expected.add("quantiles " + scope + ' ' + size);
                if (!scope.equals("member")) {
                    expected.add("sums " + scope + ' ' + size);
                }
                // The day ends with its last hour: it is compared once a later hour is there. A group's hour is not, as
                // nobody told labels when it began.
                if (!size.equals("base") && !size.equals("1d") && !(scope + size).equals("group1h")) {
                    expected.add("rollups " + scope + ' ' + size);
                }
            }
        }
        assertThat(verification.checks())
                .extracting(check -> check.name() + ' ' + check.scope() + ' ' + check.size())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(verification.checks())
                .allSatisfy(check ->
                        assertThat(check.differing()).as(check.toString()).isZero());
        assertThat(verification.holds()).isTrue();
    }

    /** Each record three times, within what passes for order or a minute late, and some once more ten minutes late. */
    @Test
    void deliveredShuffledThreeTimesAndLateItEndsInTheSameRows() throws Exception {
        Random random = new Random(7);
        List<Delivery> deliveries = new ArrayList<>();
        int tooLate = 0;
        for (byte[] scrape : records(Topic.MEMBER_SCRAPE)) {
            Instant at = Instant.parse(JSON.readTree(scrape).get("observedAt").asText());
            boolean aMinuteLate = random.nextInt(5) == 0;
            for (int copy = 0; copy < 3; copy++) {
                long delay = aMinuteLate ? 60_000 : random.nextInt(12_000);
                deliveries.add(new Delivery(at.plusMillis(delay), scrape));
            }
            if (at.isAfter(BEGIN.plusSeconds(60))
                    && at.isBefore(COMPLETE.minusSeconds(660))
                    && random.nextInt(20) == 0) {
                deliveries.add(new Delivery(at.plusSeconds(600), scrape));
                tooLate++;
            }
        }
        deliveries.sort(Comparator.comparing(Delivery::at));
        try (KafkaBroker other = KafkaBroker.start(home, "kafka-again", 0)) {
            KafkaTopics.create(kafka(other));
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", other.bootstrap()),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (byte[] roster : records(Topic.CLUSTER_ROSTER)) {
                    send(producer, Topic.CLUSTER_ROSTER, roster);
                }
                for (Delivery delivery : deliveries) {
                    send(producer, Topic.MEMBER_SCRAPE, delivery.scrape());
                }
            }
            ClickHouseSettings again = percentilesInto("again", other);

            for (Duration size : SUFFIX.keySet()) {
                for (String table : List.of("member_window", "scope_window")) {
                    assertThat(differing(table + SUFFIX.get(size)))
                            .as(table + SUFFIX.get(size))
                            .isEmpty();
                }
            }
            assertThat(count(again, "SELECT count() FROM again.dead_letter FINAL WHERE reason = 'late'"))
                    .isEqualTo(tooLate)
                    .isPositive();
            assertThat(count(again, "SELECT count() FROM again.member_window FINAL WHERE version > 1"))
                    .as("corrected windows")
                    .isPositive();
        }
    }

    private record Delivery(Instant at, byte[] scrape) {}

    private static void send(KafkaProducer<byte[], byte[]> producer, Topic<?> topic, byte[] value) throws IOException {
        byte[] key = JSON.readTree(value).get("cluster").asText().getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic.name(), key, value));
    }

    /**
     * Rows that only one of the two runs has, leaving out which version they are and when they were written, and rows of
     * zero: a series that was told with zero stays so, also when a late reading shows that its process had ended before.
     */
    private static String differing(String table) throws IOException {
        String rows = "SELECT '%1$s' AS run, * EXCEPT (version, written_at) FROM %1$s." + table
                + " FINAL WHERE version > 0 AND (samples > 0 OR count > 0 OR increase != 0)"
                + " AND window_end <= toDateTime64('"
                + COMPLETE.toString().replace("Z", "")
                + "', 3, 'UTC')";
        String one = rows.formatted("quorate");
        assertThat(count(asItCame, "SELECT count() FROM (" + one + ")"))
                .as(table)
                .isPositive();
        return new ClickHouseClient(asItCame)
                .execute(
                        "SELECT count(), groupArray(3)(tuple(*)) FROM (SELECT * EXCEPT run FROM (" + one + " UNION ALL "
                                + rows.formatted("again") + ") GROUP BY ALL HAVING count() != 2) HAVING count() > 0");
    }

    private static String difference(JsonNode told, RawScrapes.Figures expected, Boolean gap) {
        StringBuilder wrong = new StringBuilder();
        List<Long> counts = new ArrayList<>();
        told.get("counts").forEach(count -> counts.add(count.asLong()));
        List<Double> edges = new ArrayList<>();
        told.get("edges").forEach(edge -> edges.add(edge.asDouble()));
        List<Long> expectedCounts = new ArrayList<>();
        for (long count : expected.counts) {
            expectedCounts.add(count);
        }
        if (!counts.equals(expectedCounts) || !edges.equals(expected.edges)) {
            wrong.append("counts not ").append(expectedCounts);
        }
        if (told.get("gap").asBoolean() != gap) {
            wrong.append(" gap not ").append(gap);
        }
        if (!near(told.get("sum").asDouble(), expected.sum, 1e-9)) {
            wrong.append(" sum not ").append(expected.sum);
        }
        if (told.get("increase").isNull() != (expected.increase == null)
                || (expected.increase != null && !near(told.get("increase").asDouble(), expected.increase, 1e-9))) {
            wrong.append(" increase not ").append(expected.increase);
        }
        if (told.get("samples").asLong() != expected.samples
                || (expected.samples > 0
                        && (told.get("min").asDouble() != expected.min
                                || told.get("max").asDouble() != expected.max))
                || !Objects.equals(
                        told.get("last").isNull() ? null : told.get("last").asDouble(),
                        told.get("scope").asText().equals("member") ? expected.last : null)) {
            wrong.append(" gauge not ").append(expected.samples).append(" samples");
        }
        for (int i = 0; i < LEVELS.size() && expected.count() > 0; i++) {
            double[] quantile = expected.quantile(LEVELS.get(i));
            if (told.get("quantile_low").size() != LEVELS.size()
                    || number(told.get("quantile_low").get(i)) != quantile[0]
                    || !near(number(told.get("quantile_value").get(i)), quantile[1], 1e-9)
                    || number(told.get("quantile_high").get(i)) != quantile[2]) {
                wrong.append(" quantile ").append(LEVELS.get(i)).append(" not ").append(quantile[1]);
            }
        }
        return wrong.toString();
    }

    private static double number(JsonNode told) {
        return told.asText().equals("inf") ? Double.POSITIVE_INFINITY : told.asDouble();
    }

    /** Sums of floating point numbers lose digits of the large ones that they are differences of. */
    private static boolean near(double one, double other, double tolerance) {
        return Math.abs(one - other) <= tolerance * Math.max(1e-3, Math.max(Math.abs(one), Math.abs(other)));
    }

    private static RawScrapes.Row row(JsonNode told, Duration size) {
        String scope = told.get("scope").asText();
        String who = switch (scope) {
            case "member" ->
                told.get("cluster").asText() + "/" + told.get("member").asText();
            case "cluster" -> told.get("cluster").asText();
            default -> told.get("group").asText();
        };
        return new RawScrapes.Row(
                scope,
                who,
                told.get("metric").asText(),
                told.get("labels").asText(),
                told.get("start").asLong(),
                size.toMillis());
    }

    private static List<JsonNode> told(Duration size) throws IOException {
        String columns =
                "metric, labels, toUnixTimestamp64Milli(window_start) AS start, toUnixTimestamp64Milli(window_end)"
                        + " AS end, count, sum, edges, counts, quantile_low, quantile_value, quantile_high, increase, samples, min,"
                        + " max, last, gap";
        String rest = " FINAL WHERE version > 0 AND NOT startsWith(metric, 'quorate_') AND window_end <= toDateTime64('"
                + COMPLETE.toString().replace("Z", "") + "', 3, 'UTC')";
        List<JsonNode> rows = new ArrayList<>();
        for (String query : List.of(
                "SELECT 'member' AS scope, cluster, member, '' AS group, 1 AS members, " + columns
                        + " FROM member_window" + SUFFIX.get(size) + rest,
                "SELECT toString(scope) AS scope, cluster, '' AS member, group, members, " + columns
                        + " FROM scope_window" + SUFFIX.get(size) + rest)) {
            String answer = new ClickHouseClient(asItCame)
                    .execute(query
                            + " SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_denormals = 1"
                            + " FORMAT JSONEachRow");
            for (String line : answer.split("\n")) {
                if (!line.isEmpty()) {
                    JsonNode row = JSON.readTree(line);
                    assertThat(row.get("end").asLong() - row.get("start").asLong())
                            .isEqualTo(size.toMillis());
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static KafkaSettings kafka(KafkaBroker of) {
        // Partitions that are idle for a moment on a busy machine must not let time run ahead of their records.
        return KafkaSettings.single(of.bootstrap(), 2, Duration.ofSeconds(20));
    }

    private static List<byte[]> records(Topic<?> topic) {
        List<byte[]> records = new ArrayList<>();
        KafkaTopics.each(kafka(broker), topic, record -> records.add(record.value()));
        return records;
    }

    /** Runs percentiles and history on what lies in the topics, until all that has closed is in the tables. */
    private static ClickHouseSettings percentilesInto(String database, KafkaBroker from) throws Exception {
        Path config = Files.writeString(
                folder.resolve(database + ".yaml"), """
                ingest: { metrics: [ { cluster: unused, targets: ["127.0.0.1:1"] } ] }
                percentiles: { early: off }
                kafka: { bootstrap: "%s", idle-after: 20s }
                clickhouse: { url: "%s", database: %s }
                """.formatted(from.bootstrap(), engine.url(), database));
        Settings settings = SettingsReader.read(config);
        Migrations.applyTo(settings.clickhouse());
        JobClient percentiles = start(PercentilesJob::define, settings);
        JobClient history = start(HistoryJob::define, settings);
        try {
            awaitSettled(settings.clickhouse());
        } finally {
            percentiles.cancel().get(60, TimeUnit.SECONDS);
            history.cancel().get(60, TimeUnit.SECONDS);
        }
        return settings.clickhouse();
    }

    private static JobClient start(BiConsumer<StreamExecutionEnvironment, Settings> job, Settings settings)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                2, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(2))));
        job.accept(env, settings);
        return env.executeAsync();
    }

    /** The last fleet window is there, and nothing has been added for some seconds. */
    private static void awaitSettled(ClickHouseSettings clickhouse) {
        long[] before = {-1};
        Awaitility.await()
                .atMost(5, TimeUnit.MINUTES)
                .pollInterval(5, TimeUnit.SECONDS)
                .until(() -> {
                    long last = count(
                            clickhouse,
                            "SELECT toInt64(toUnixTimestamp(max(window_end))) FROM scope_window WHERE scope = 'fleet'");
                    long rows = count(
                            clickhouse,
                            "SELECT sum(n) FROM (SELECT count() AS n FROM member_window UNION ALL SELECT count() FROM"
                                    + " scope_window UNION ALL SELECT count() FROM dead_letter)");
                    boolean still = rows == before[0];
                    before[0] = rows;
                    return still && last >= COMPLETE.getEpochSecond();
                });
    }

    private static long count(ClickHouseSettings clickhouse, String sql) throws IOException {
        return Long.parseLong(new ClickHouseClient(clickhouse).execute(sql).strip());
    }
}
