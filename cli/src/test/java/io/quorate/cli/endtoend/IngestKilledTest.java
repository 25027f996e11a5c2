package io.quorate.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.desk.Child;
import io.quorate.desk.ClickHouseEngine;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.LeaderChange;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.PollTally;
import io.quorate.events.Sample;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.detection.DetectionJob;
import io.quorate.jobs.history.HistoryJob;
import io.quorate.jobs.ingest.IngestJob;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.percentiles.PercentilesJob;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.Settings;
import io.quorate.jobs.settings.SettingsReader;
import io.quorate.sinks.clickhouse.ClickHouseClient;
import io.quorate.sinks.clickhouse.ClickHouseSettings;
import io.quorate.sinks.clickhouse.Migrations;
import io.quorate.sinks.clickhouse.Question;
import io.quorate.sinks.clickhouse.Span;
import io.quorate.sinks.clickhouse.WindowSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process of the ingest job is killed twice while the other jobs run on. The first time it goes on from its newest
 * checkpoint, the second time it begins anew. A real etcd cluster is polled for statuses, scraped, and asked of a Prometheus.
 */
@Tag("slow")
class IngestKilledTest {

    private static final Duration CHECKPOINTS = Duration.ofSeconds(15);
    /** So much is told to Kafka after the checkpoint, and told again by whoever goes on from there. */
    private static final Duration SINCE_CHECKPOINT = Duration.ofSeconds(6);

    private static final Duration AWAY = Duration.ofSeconds(15);
    /** Between two statuses of an endpoint; far more than a busy machine is late. */
    private static final Duration HOLE = Duration.ofSeconds(10);

    private static final Duration MINUTE_AND_ITS_TELLING = Duration.ofSeconds(92);

    /** What makes a row one fact, whatever the table's own key. */
    private static final Map<String, String> FACTS = Map.of(
            "member_window", "cluster, member, window_start, metric, labels",
            "scope_window", "scope, cluster, group, window_start, metric, labels",
            "member_status", "endpoint, observed_at",
            "leader_change", "cluster, raft_term",
            "poll_tally", "source, target, minute, counted_from");

    private KafkaSettings kafka;
    private ClickHouseClient clickhouse;
    private Path checkpoints;

    /** When it was killed, and when it was started again. */
    private record Absence(Instant killedAt, Instant startedAt) {}

    @Test
    void leavesNoGapUnmarkedAndNothingDoubledDownstream(@TempDir Path folder) throws Exception {
        Home home = Home.current().withState(folder.resolve("state"));
        checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
        KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
        ClickHouseEngine engine = ClickHouseEngine.start(home, "clickhouse", 0);
        List<JobClient> others = new ArrayList<>();
        Child ingest = null;
        try (Watched watched = Watched.start(folder.resolve("watched"))) {
            kafka = KafkaSettings.single(broker.bootstrap(), 1, Duration.ofSeconds(1));
            KafkaTopics.create(kafka);
            Migrations.applyTo(ClickHouseSettings.at(engine.url()));
            clickhouse = new ClickHouseClient(ClickHouseSettings.at(engine.url()));
            Path config = Files.writeString(folder.resolve("quorate.yaml"), settings(watched, broker, engine));
            Settings settings = SettingsReader.read(config);
            for (BiConsumer<StreamExecutionEnvironment, Settings> job :
                    List.<BiConsumer<StreamExecutionEnvironment, Settings>>of(
                            HistoryJob::define, DetectionJob::define, PercentilesJob::define)) {
                others.add(start(job, settings));
            }

            ingest = JobProcess.start(home, IngestJob.NAME, config, null);
            awaitScrapesWellAfterACheckpoint();
            Instant killedAt = kill(ingest);
            watched.changeLeader();
            awaitAway(killedAt);
            String checkpoint =
                    newestCheckpoint().orElseThrow().getParent().toUri().toString();
            Absence resumed = new Absence(killedAt, Instant.now());
            ingest = JobProcess.start(home, IngestJob.NAME, config, checkpoint);
            awaitTalliesSince(resumed.startedAt());
            awaitScrapesWellAfterACheckpoint();

            killedAt = kill(ingest);
            awaitAway(killedAt);
            Absence anew = new Absence(killedAt, Instant.now());
            ingest = JobProcess.start(home, IngestJob.NAME, config, null);
            awaitTalliesSince(anew.startedAt());
            watched.changeLeader();
            Instant changedAt = Instant.now();
            awaitWindowsOf(changedAt.plusSeconds(10));
            ingest.kill();

            tellsBothGaps(resumed, anew);
            claimsNoPollThatWasNotMade();
            marksTheWindows(resumed, anew);
            countsNothingTwice();
        } finally {
            if (ingest != null) {
                ingest.kill();
            }
            for (JobClient job : others) {
                job.cancel().get(60, TimeUnit.SECONDS);
            }
            engine.close();
            broker.close();
        }
    }

    private String settings(Watched watched, KafkaBroker broker, ClickHouseEngine engine) {
        String scraped = "ingest:\n  metrics:\n    - { cluster: direct, targets: [%s] }\n"
                .formatted(watched.cluster.members().stream()
                        .map(member -> '"' + member.address() + '"')
                        .collect(Collectors.joining(", ")));
        return watched.settings()
                        .replace("ingest:\n", scraped)
                        .replace(
                                "flink: { checkpoint-interval: 2s }",
                                "flink: { checkpoint-interval: %ds, checkpoint-dir: \"%s\" }"
                                        .formatted(CHECKPOINTS.toSeconds(), checkpoints.toUri()))
                + "kafka: { bootstrap: \"%s\", partitions: 1, idle-after: 1s }\nclickhouse: { url: \"%s\" }\n"
                        .formatted(broker.bootstrap(), engine.url());
    }

    private static JobClient start(BiConsumer<StreamExecutionEnvironment, Settings> job, Settings settings)
            throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                1, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(2))));
        job.accept(env, settings);
        return env.executeAsync();
    }

    private static Instant kill(Child process) {
        process.kill();
        return Instant.now();
    }

    private static void awaitAway(Instant since) {
        Awaitility.await()
                .atMost(AWAY.multipliedBy(4))
                .pollInterval(1, TimeUnit.SECONDS)
                .until(() -> Instant.now().isAfter(since.plus(AWAY)));
    }

    /** Some seconds after a checkpoint, and in the first half of a window, whose second half will be missing. */
    private void awaitScrapesWellAfterACheckpoint() {
        Awaitility.await()
                .atMost(3, TimeUnit.MINUTES)
                .pollInterval(500, TimeUnit.MILLISECONDS)
                .until(() -> {
                    Optional<Path> newest = newestCheckpoint();
                    if (newest.isEmpty()
                            || Instant.now().getEpochSecond() % 10 < 2
                            || Instant.now().getEpochSecond() % 10 > 4) {
                        return false;
                    }
                    Instant at = Files.getLastModifiedTime(newest.get()).toInstant();
                    return Instant.now().isAfter(at.plus(SINCE_CHECKPOINT))
                            && Instant.now().isBefore(at.plus(CHECKPOINTS))
                            && Topics.read(kafka, Topic.MEMBER_SCRAPE).stream()
                                            .map(MemberScrape::cluster)
                                            .distinct()
                                            .count()
                                    == 2;
                });
    }

    /** The last file of the newest complete checkpoint. */
    private Optional<Path> newestCheckpoint() throws IOException {
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()));
        }
    }

    /** Until every target's first minute after that time is told. */
    private void awaitTalliesSince(Instant start) {
        Awaitility.await()
                .atMost(4, TimeUnit.MINUTES)
                .pollInterval(1, TimeUnit.SECONDS)
                .until(() -> {
                    List<PollTally> tallies = Topics.read(kafka, Topic.POLL_TALLY);
                    Set<String> since = tallies.stream()
                            .filter(tally -> tally.countedFrom().isAfter(start))
                            .map(PollTally::target)
                            .collect(Collectors.toSet());
                    // The cluster, the Prometheus, and three members.
                    return since.size() == 5;
                });
    }

    private void awaitWindowsOf(Instant time) {
        Awaitility.await()
                .atMost(2, TimeUnit.MINUTES)
                .pollInterval(1, TimeUnit.SECONDS)
                .until(() -> Topics.read(kafka, Topic.MEMBER_WINDOW).stream()
                        .anyMatch(window -> window.windowEnd().isAfter(time)));
    }

    /** Nothing came for so long, of one endpoint. */
    private record Hole(Instant from, Instant until) {}

    /** What the ledger says of one target. */
    private record Gap(Instant from, Instant until) {

        boolean covers(Hole hole) {
            // The first answers take some seconds; what was due before them is counted as left out.
            return !from.isAfter(hole.from().plusSeconds(1))
                    && !until.isBefore(hole.until().minusSeconds(8));
        }
    }

    private void tellsBothGaps(Absence resumed, Absence anew) throws Exception {
        Set<String> parts = Topics.read(kafka, Topic.POLL_TALLY).stream()
                .map(tally -> tally.source() + tally.target() + tally.minute() + tally.countedFrom())
                .collect(Collectors.toSet());
        Awaitility.await()
                .atMost(2, TimeUnit.MINUTES)
                .until(() -> count("SELECT count() FROM poll_tally FINAL") == parts.size());

        Map<String, List<Gap>> gaps = new TreeMap<>();
        for (String[] row : rows("not-polled")) {
            gaps.computeIfAbsent(row[2] + " " + row[3], unseen -> new ArrayList<>())
                    .add(0, new Gap(instant(row[0]), instant(row[1])));
        }
        assertThat(gaps)
                .as("targets: the cluster, the Prometheus, three members")
                .hasSize(5);
        assertThat(gaps).allSatisfy((target, both) -> {
            assertThat(both).as(target).hasSize(2);
            Gap first = both.get(0);
            assertThat(first.from())
                    .isBefore(resumed.killedAt())
                    .isAfter(resumed.killedAt().minus(CHECKPOINTS).minusSeconds(5));
            assertThat(first.until()).isAfter(resumed.startedAt());
            Gap second = both.get(1);
            assertThat(second.from())
                    .isBefore(anew.killedAt())
                    .isAfter(anew.killedAt().minus(MINUTE_AND_ITS_TELLING));
            assertThat(second.until()).isAfter(anew.startedAt());
        });

        List<Gap> ofCluster = Objects.requireNonNull(gaps.get("etcd c1"));
        Map<String, List<Hole>> holes = holes();
        assertThat(holes).hasSize(3);
        assertThat(holes).allSatisfy((endpoint, both) -> {
            assertThat(both).as(endpoint).hasSize(2);
            assertThat(both).allMatch(hole -> ofCluster.stream().anyMatch(gap -> gap.covers(hole)));
        });
    }

    private Map<String, List<Hole>> holes() {
        Map<String, List<Instant>> times = new TreeMap<>();
        for (MemberStatus status : Topics.read(kafka, Topic.MEMBER_STATUS)) {
            times.computeIfAbsent(status.endpoint(), unseen -> new ArrayList<>())
                    .add(status.observedAt());
        }
        Map<String, List<Hole>> holes = new TreeMap<>();
        times.forEach((endpoint, all) -> {
            all.sort(Comparator.naturalOrder());
            List<Hole> between = new ArrayList<>();
            for (int i = 1; i < all.size(); i++) {
                if (all.get(i).isAfter(all.get(i - 1).plus(HOLE))) {
                    between.add(new Hole(all.get(i - 1), all.get(i)));
                }
            }
            holes.put(endpoint, between);
        });
        return holes;
    }

    /** The ledger against what lies in the topics. */
    private void claimsNoPollThatWasNotMade() throws Exception {
        long came = Topics.read(kafka, Topic.MEMBER_STATUS).stream()
                        .filter(MemberStatus::answered)
                        .count()
                + 3L * Topics.read(kafka, Topic.CLUSTER_ROSTER).size();
        long expected = 0;
        long answered = 0;
        long leftOut = 0;
        long notPolled = 0;
        for (String[] row : rows("collection-complete")) {
            if (row[1].equals("etcd") && row[2].equals("c1")) {
                expected += Long.parseLong(row[4]);
                answered += Long.parseLong(row[5]);
                leftOut += Long.parseLong(row[6]);
                notPolled += Long.parseLong(row[7]);
            }
        }
        assertThat(answered).isPositive().isLessThanOrEqualTo(came).isLessThanOrEqualTo(expected - notPolled);
        // Three statuses a second, and a list now and then.
        assertThat(notPolled).isBetween(3 * 2 * AWAY.toSeconds(), 4 * 2 * MINUTE_AND_ITS_TELLING.toSeconds());
        long failed = Topics.read(kafka, Topic.MEMBER_STATUS).stream()
                .filter(status -> !status.answered())
                .count();
        assertThat(expected - answered - leftOut - notPolled)
                .as("what failed, and what was under way when the process was killed")
                .isBetween(0L, failed + 20);
    }

    private void marksTheWindows(Absence resumed, Absence anew) {
        Collection<MemberWindow> direct = windows().stream()
                .filter(window -> window.cluster().equals("direct"))
                .toList();
        assertThat(direct)
                .filteredOn(
                        window -> window.windowEnd().isAfter(resumed.killedAt().plusSeconds(3))
                                && window.windowStart().isBefore(resumed.startedAt()))
                .as("windows that lack scrapes, of an absence from checkpoint to start")
                .isNotEmpty()
                .allMatch(MemberWindow::gap);
        assertThat(direct)
                .filteredOn(window -> window.windowStart().isAfter(anew.killedAt())
                        && window.windowEnd().isBefore(anew.startedAt()))
                .as("windows without a scrape, of a start with empty state")
                .allMatch(MemberWindow::gap);
    }

    private void countsNothingTwice() throws Exception {
        List<MemberScrape> scrapes = Topics.read(kafka, Topic.MEMBER_SCRAPE);
        Map<String, MemberScrape> distinct = new LinkedHashMap<>();
        scrapes.forEach(scrape -> distinct.putIfAbsent(
                scrape.cluster() + " " + scrape.member() + " " + scrape.source() + " " + scrape.observedAt(), scrape));
        assertThat(distinct.size())
                .as("the topic holds again what Prometheus was asked for again")
                .isLessThan(scrapes.size());

        Map<String, Double> grown = grown(distinct.values());
        assertThat(windows())
                .filteredOn(window -> window.cluster().equals("c1"))
                .hasSizeGreaterThan(30)
                .allSatisfy(window -> assertThat(puts(window.measures().counters()))
                        .isEqualTo(grown.getOrDefault(key(window.member(), window.windowStart()), 0.0)));

        Set<Long> terms = Topics.read(kafka, Topic.LEADER_CHANGE).stream()
                .map(LeaderChange::raftTerm)
                .collect(Collectors.toSet());
        assertThat(terms).hasSizeGreaterThanOrEqualTo(2);
        Awaitility.await()
                .atMost(2, TimeUnit.MINUTES)
                .until(() -> count("SELECT count() FROM leader_change FINAL") == terms.size());
        for (Map.Entry<String, String> fact : FACTS.entrySet()) {
            assertThat(count("SELECT count() FROM " + fact.getKey() + " FINAL"))
                    .as(fact.getKey())
                    .isPositive()
                    .isEqualTo(count("SELECT uniqExact(" + fact.getValue() + ") FROM " + fact.getKey()));
        }
        assertThat(count("""
                SELECT count() FROM
                (
                    SELECT
                        counted_from,
                        max(addMilliseconds(counted_from, toInt64(round(counted_seconds * 1000)))) OVER
                            (PARTITION BY source, target ORDER BY counted_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                            AS told_until
                    FROM poll_tally FINAL
                    WHERE counted_seconds > 0
                )
                WHERE told_until > counted_from
                """)).as("seconds that two counts of a target share").isZero();
    }

    /** The last word on each window. */
    private Collection<MemberWindow> windows() {
        Map<String, MemberWindow> newest = new TreeMap<>();
        for (MemberWindow window : Topics.read(kafka, Topic.MEMBER_WINDOW)) {
            newest.merge(
                    window.cluster() + " " + key(window.member(), window.windowStart()),
                    window,
                    (old, now) -> now.version() < old.version() ? old : now);
        }
        return newest.values();
    }

    /** By how much the count of puts grew in each window, by another way than the job goes. */
    private static Map<String, Double> grown(Collection<MemberScrape> scrapes) {
        List<MemberScrape> readings = scrapes.stream()
                .filter(scrape -> scrape.cluster().equals("c1") && scrape.answered())
                .sorted(Comparator.comparing(MemberScrape::observedAt))
                .toList();
        Map<String, Double> grown = new TreeMap<>();
        Map<String, Double> before = new TreeMap<>();
        for (MemberScrape reading : readings) {
            double puts = puts(reading.counters());
            Double last = before.put(reading.member(), puts);
            if (last != null) {
                long second = reading.observedAt().getEpochSecond();
                grown.merge(
                        key(reading.member(), Instant.ofEpochSecond(second - second % 10)), puts - last, Double::sum);
            }
        }
        return grown;
    }

    private static double puts(List<Sample> counters) {
        return counters.stream()
                .filter(counter -> counter.metric().equals("etcd_mvcc_put_total"))
                .mapToDouble(Sample::value)
                .sum();
    }

    private static String key(String member, Instant windowStart) {
        return member + " " + windowStart;
    }

    private List<String[]> rows(String name) throws IOException {
        Question question = Question.named(name).orElseThrow();
        return clickhouse
                .execute(
                        question.sql(),
                        question.values(
                                new Span(Instant.EPOCH, Instant.now().plusSeconds(60)), WindowSize.BASE, "", ""),
                        Map.of())
                .lines()
                .map(line -> line.split("\t", -1))
                .toList();
    }

    private long count(String query) throws IOException {
        return Long.parseLong(clickhouse.execute(query).strip());
    }

    private static Instant instant(String time) {
        return Instant.parse(time.replace(' ', 'T') + "Z");
    }
}
