package io.quorate.jobs.backtest;

import static io.quorate.jobs.backtest.Events.BASE;
import static io.quorate.jobs.backtest.Events.BEGIN;
import static io.quorate.jobs.backtest.Events.control;
import static io.quorate.jobs.backtest.Events.coverage;
import static io.quorate.jobs.backtest.Events.roster;
import static io.quorate.jobs.backtest.Events.scrape;
import static io.quorate.jobs.backtest.Events.status;
import static io.quorate.jobs.backtest.Events.window;
import static io.quorate.jobs.backtest.Walk.chunks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.ClusterRoster;
import io.quorate.events.Control;
import io.quorate.events.Coverage;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.MemberWindow;
import io.quorate.events.Sample;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.backtest.TopicHistory.TopicReader;
import io.quorate.jobs.kafka.KafkaSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was heard live, heard once more from the topics of a real broker. */
@Timeout(120)
class TopicHistoryTest {

    private static final int PARTITIONS = 3;

    private static final List<Topic<?>> TOPICS = List.of(
            Topic.MEMBER_SCRAPE,
            Topic.MEMBER_WINDOW,
            Topic.MEMBER_STATUS,
            Topic.CLUSTER_ROSTER,
            Topic.COVERAGE,
            Topic.CONTROL);

    private static KafkaBroker broker;
    private static KafkaSettings kafka;
    private static Admin admin;

    private KafkaProducer<byte[], byte[]> producer;

    /** All that was written, as the definition has it: each with the largest time that its partition had brought. */
    private final List<Written> written = new ArrayList<>();

    private final Map<String, Instant> largest = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();

    private record Written(String topic, int partition, long offset, Instant heardAt, Happened happened) {}

    @BeforeAll
    static void start(@TempDir Path folder) {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), PARTITIONS, Duration.ofSeconds(1));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void beginWithEmptyTopics() throws Exception {
        removeAllTopics();
        create("LogAppendTime", TOPICS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void hearsARecordAtTheLargestTimeThatItsPartitionHadBrought() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", 10), status("a", 30), status("a", 20));
        write(Topic.MEMBER_STATUS, 1, status("b", 15), status("b", 25), status("b", 40));

        assertThat(whole(windows(Clusters.ALL), 60))
                .extracting(heard -> heard.cluster() + heard.at().getEpochSecond() % 100)
                .containsExactly("a10", "b15", "b25", "a30", "a20", "b40");
    }

    @Test
    void bringsTheSameInChunksOfAnyLengthAndInTheOrderInWhichItWasHeard() throws Exception {
        Random random = new Random(9);
        for (int second = 0; second < 900; second++) {
            // Some are minutes late, and so is some of what follows them.
            int at = second - (random.nextInt(20) == 0 ? random.nextInt(200) : random.nextInt(3));
            String cluster = "c" + random.nextInt(6);
            int partition = cluster.charAt(1) % PARTITIONS;
            write(Topic.MEMBER_STATUS, partition, status(cluster, at));
            if (second % 2 == 0) {
                write(Topic.MEMBER_WINDOW, partition, window(cluster, at / 10 * 10, BASE));
            }
            if (second % 30 == 0) {
                write(Topic.CLUSTER_ROSTER, partition, roster(cluster, at, "m1"));
                write(Topic.COVERAGE, partition, coverage(cluster, "m1", at));
            }
        }
        List<Happened> expected = written.stream()
                .filter(one -> one.heardAt().isBefore(BEGIN.plusSeconds(3600)))
                .sorted(Comparator.comparing(Written::heardAt)
                        .thenComparing(Written::topic)
                        .thenComparing(Written::partition)
                        .thenComparing(Written::offset))
                .map(Written::happened)
                .toList();

        for (Duration length : List.of(Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofMillis(7_001))) {
            assertThat(chunks(windows(Clusters.ALL), BEGIN.minusSeconds(300), BEGIN.plusSeconds(3600), length))
                    .as("in chunks of %s", length)
                    .isEqualTo(expected);
        }
        // As a reader does that goes on after a restart.
        Instant middle = BEGIN.plusSeconds(450);
        assertThat(chunks(windows(Clusters.ALL), middle, BEGIN.plusSeconds(3600), Duration.ofMinutes(1)))
                .isEqualTo(written.stream()
                        .filter(one -> !one.heardAt().isBefore(middle))
                        .sorted(Comparator.comparing(Written::heardAt)
                                .thenComparing(Written::topic)
                                .thenComparing(Written::partition)
                                .thenComparing(Written::offset))
                        .map(Written::happened)
                        .toList())
                .hasSizeGreaterThan(300);
    }

    @Test
    void endsAChunkBeforeItsLastMoment() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", 9), status("a", 10), status("a", 11));
        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(10)))
                    .extracting(Happened::at)
                    .containsExactly(BEGIN.plusSeconds(9));
            assertThat(reader.chunk(BEGIN.plusSeconds(10), BEGIN.plusSeconds(11)))
                    .extracting(Happened::at)
                    .containsExactly(BEGIN.plusSeconds(10));
        }
    }

    @Test
    void hearsOnlyOfTheClustersThatAreAskedForAndWhatIsSaidToAll() throws Exception {
        for (String cluster : List.of("prod-eu-1", "prod-us-1", "test.eu", "testing")) {
            write(Topic.MEMBER_STATUS, 0, status(cluster, 10));
        }
        write(Topic.CONTROL, 0, control("SomeRule", 11, Control.ACTIVE));

        assertThat(whole(windows(Clusters.named("prod-*", "test.??")), 60))
                .extracting(Happened::cluster)
                .containsExactly("prod-eu-1", "prod-us-1", "test.eu", null);
        assertThat(whole(windows(Clusters.named("testing")), 60))
                .extracting(Happened::cluster)
                .containsExactly("testing", null);
    }

    @Test
    void hearsOnlyBaseWindowsAndJudgesByTheTimeOfAll() throws Exception {
        write(Topic.MEMBER_WINDOW, 0, window("a", 10, BASE), window("a", 60, Duration.ofMinutes(1)));
        write(Topic.MEMBER_WINDOW, 0, window("a", 20, BASE));
        write(Topic.MEMBER_STATUS, 0, status("a", 30));

        assertThat(whole(windows(Clusters.ALL), 60))
                .extracting(Happened::at)
                .containsExactly(BEGIN.plusSeconds(10), BEGIN.plusSeconds(30));
        assertThat(whole(windows(Clusters.ALL), 61))
                .extracting(Happened::at)
                .as("the second was heard behind a longer one that ends at 60 s")
                .containsExactly(BEGIN.plusSeconds(10), BEGIN.plusSeconds(30), BEGIN.plusSeconds(20));
    }

    @Test
    void hearsScrapesInsteadOfWindowsWhereThoseAreAskedFor() throws Exception {
        write(Topic.MEMBER_WINDOW, 0, window("a", 10, BASE));
        write(Topic.MEMBER_SCRAPE, 1, scrape("a", 12));
        write(Topic.MEMBER_STATUS, 1, status("a", 13));
        TopicHistory scrapes = TopicHistory.ofScrapes(kafka, Duration.ofSeconds(13), Clusters.ALL);

        assertThat(scrapes.grain()).isEqualTo(History.Grain.SCRAPES);
        assertThat(whole(scrapes, 60)).containsExactly(Happened.of(scrape("a", 12)), Happened.of(status("a", 13)));
    }

    @Test
    void knowsWhatWasSaidBeforeAndStillHolds() throws Exception {
        ClusterRoster labels = ClusterRoster.ofLabels("a", BEGIN.minusSeconds(40), Map.of("env", "prod"));
        ClusterRoster last = roster("a", -50, "m1", "m2");
        write(Topic.CLUSTER_ROSTER, 0, roster("a", -90, "m1"), last, labels);
        write(Topic.CLUSTER_ROSTER, 1, roster("b", -30, "m1"), roster("b", 5, "m2"));
        write(Topic.COVERAGE, 0, coverage("a", "m1", -80), coverage("a", "m2", -70), coverage("a", "m1", -20));
        write(Topic.CONTROL, 0, control("One", -60, Control.ACTIVE), control("One", -10, Control.SHADOW));
        write(Topic.MEMBER_STATUS, 0, status("a", -5), status("a", 5));

        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.standing())
                    .containsExactly(
                            Happened.of(coverage("a", "m2", -70)),
                            Happened.of(control("One", -60, Control.ACTIVE)),
                            Happened.of(last),
                            Happened.of(labels),
                            Happened.of(roster("b", -30, "m1")),
                            Happened.of(coverage("a", "m1", -20)),
                            Happened.of(control("One", -10, Control.SHADOW)));
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60)))
                    .containsExactly(Happened.of(roster("b", 5, "m2")), Happened.of(status("a", 5)));
            assertThatThrownBy(reader::standing).isInstanceOf(IllegalStateException.class);
        }
        assertThat(chunks(windows(Clusters.ALL), BEGIN, BEGIN.plusSeconds(60), Duration.ofSeconds(60)))
                .as("without having been asked for it")
                .hasSize(2);
    }

    @Test
    void countsWhatIsNoEventAndLetsItMoveNoTime() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", 10));
        send(Topic.MEMBER_STATUS.name(), 0, null, "not ours".getBytes(StandardCharsets.UTF_8));
        MemberStatus ofNoTime = status("a", Instant.parse("9999-01-01T00:00:00Z"));
        send(Topic.MEMBER_STATUS.name(), 0, null, encoded(Topic.MEMBER_STATUS, ofNoTime));
        send(Topic.MEMBER_WINDOW.name(), 1, null, new byte[] {(byte) 0xff});
        send(Topic.CONTROL.name(), 1, null, null);
        offsets.merge(Topic.MEMBER_STATUS.name() + 0, 2L, Long::sum);
        write(Topic.MEMBER_STATUS, 0, status("a", 12));
        write(Topic.MEMBER_STATUS, 1, status("b", 11));

        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60)))
                    .containsExactly(
                            Happened.of(status("a", 10)), Happened.of(status("b", 11)), Happened.of(status("a", 12)));
            assertThat(reader.unreadable()).isEqualTo(4);
            assertThat(reader.lost()).isEmpty();
        }
    }

    /** As of every scrape that the live jobs read. */
    @Test
    void leavesOutTheSeriesThatCannotBeCounted() throws Exception {
        MemberScrape sound = scrape("a", 10);
        MemberScrape malformed = new MemberScrape(
                "a",
                null,
                "m1",
                null,
                "s",
                sound.observedAt(),
                sound.ingestedAt(),
                null,
                null,
                List.of(),
                List.of(new Sample("good_total", "", 1), new Sample("bad_total", "", Double.POSITIVE_INFINITY)),
                List.of());
        send(Topic.MEMBER_SCRAPE.name(), 0, null, encoded(Topic.MEMBER_SCRAPE, malformed));

        assertThat(whole(TopicHistory.ofScrapes(kafka, Duration.ofSeconds(13), Clusters.ALL), 60))
                .containsExactly(Happened.of(sound));
    }

    @Test
    void readsUpToTheEndThatThereWasWhenItWasOpened() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", 10));
        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            write(Topic.MEMBER_STATUS, 0, status("a", 11));
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60))).containsExactly(Happened.of(status("a", 10)));
        }
        assertThat(whole(windows(Clusters.ALL), 60)).hasSize(2);
    }

    @Test
    void joinsNoGroupAndCommitsNothing() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", 10));
        assertThat(whole(windows(Clusters.ALL), 60)).hasSize(1);

        assertThat(admin.listGroups().all().get()).isEmpty();
    }

    /** An unreadable record at the beginning tells whether anybody came by. */
    @Test
    void passesByWhatWasWrittenLongBefore() throws Exception {
        stampedByWriters();
        send(Topic.MEMBER_STATUS.name(), 0, BEGIN.minusSeconds(7300), "not ours".getBytes(StandardCharsets.UTF_8));
        writeAt(Topic.MEMBER_STATUS, BEGIN.minusSeconds(7200), status("a", -7200));
        writeAt(Topic.MEMBER_STATUS, BEGIN.minusSeconds(60), status("a", -60));
        writeAt(Topic.MEMBER_STATUS, BEGIN.plusSeconds(10), status("a", 10));

        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60))).containsExactly(Happened.of(status("a", 10)));
            assertThat(reader.unreadable()).isZero();
        }
    }

    @Test
    void readsFromTheBeginningWhereEventsAreStampedAheadOfTheClock() throws Exception {
        stampedByWriters();
        writeAt(Topic.MEMBER_STATUS, BEGIN.minusSeconds(7200), status("a", 10));
        writeAt(Topic.MEMBER_STATUS, BEGIN.minusSeconds(60), status("a", 20));
        // Nothing of it was written after.
        send(Topic.MEMBER_STATUS.name(), 1, BEGIN.minusSeconds(7200), encoded(Topic.MEMBER_STATUS, status("b", 15)));

        assertThat(whole(windows(Clusters.ALL), 60))
                .containsExactly(
                        Happened.of(status("a", 10)), Happened.of(status("b", 15)), Happened.of(status("a", 20)));
    }

    @Test
    void tellsWhatRetentionHasDeleted() throws Exception {
        write(Topic.MEMBER_STATUS, 0, status("a", -20), status("a", 10), status("a", 20));
        write(Topic.MEMBER_STATUS, 1, status("b", -20), status("b", -10), status("b", 20));
        admin.deleteRecords(Map.of(
                        new TopicPartition("member-status", 0),
                        RecordsToDelete.beforeOffset(2),
                        new TopicPartition("member-status", 1),
                        RecordsToDelete.beforeOffset(1)))
                .all()
                .get();

        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.lost())
                    .containsExactly("Of topic member-status, 1 of 3 partitions begin later than 2026-01-01T00:00:00Z,"
                            + " the last at 2026-01-01T00:00:20Z: Kafka's retention has deleted what was before.");
        }
        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN.plusSeconds(20))) {
            assertThat(reader.lost()).as("what was asked for is there").isEmpty();
        }
    }

    /** Records can be deleted here as compaction does in its own time. */
    @Test
    void tellsWhatCompactionHasTakenAndWhichTopicsAreNotThere() throws Exception {
        removeAllTopics();
        create(
                "LogAppendTime",
                List.of(Topic.CLUSTER_ROSTER, Topic.MEMBER_WINDOW, Topic.MEMBER_STATUS, Topic.COVERAGE));
        write(Topic.CLUSTER_ROSTER, 0, roster("a", 1, "m1"), roster("a", 2, "m1", "m2"), roster("a", 3, "m2"));
        admin.deleteRecords(Map.of(new TopicPartition("cluster-roster", 0), RecordsToDelete.beforeOffset(2)))
                .all()
                .get();

        try (TopicReader reader = windows(Clusters.ALL).open(BEGIN)) {
            assertThat(reader.chunk(BEGIN, BEGIN.plusSeconds(60))).containsExactly(Happened.of(roster("a", 3, "m2")));
            assertThat(reader.lost())
                    .containsExactly(
                            "There is no topic control at " + broker.bootstrap() + ".",
                            "Of topic cluster-roster, 2 records are not there any more: Kafka keeps the newest of each"
                                    + " key, and what that replaced is not heard.");
        }
    }

    @Test
    void saysInWordsThatNoBrokerAnswers() {
        KafkaSettings nobody = KafkaSettings.single("127.0.0.1:9", 1, Duration.ofSeconds(1));
        assertThatThrownBy(
                        () -> TopicHistory.ofWindows(nobody, BASE, Clusters.ALL).open(BEGIN))
                .isInstanceOf(IOException.class)
                .hasMessage("Kafka at 127.0.0.1:9 does not answer; check kafka.bootstrap and that the broker is up");
    }

    @Test
    void travelsToWhereItIsRead() throws Exception {
        TopicHistory history = windows(Clusters.named("a", "b*"));
        assertThat(InstantiationUtil.clone(history)).isEqualTo(history);
    }

    private static TopicHistory windows(Clusters clusters) {
        return TopicHistory.ofWindows(kafka, BASE, clusters);
    }

    /** In one chunk, from the beginning on. */
    private static List<Happened> whole(TopicHistory history, int seconds) throws IOException {
        return chunks(history, BEGIN, BEGIN.plusSeconds(seconds), Duration.ofSeconds(seconds));
    }

    private static void removeAllTopics() throws Exception {
        admin.deleteTopics(admin.listTopics().names().get()).all().get();
        await().until(() -> admin.listTopics().names().get().isEmpty());
    }

    private static void create(String stampedBy, List<Topic<?>> topics) throws Exception {
        Map<String, String> config =
                Map.of("message.timestamp.type", stampedBy, "cleanup.policy", "delete", "retention.ms", "-1");
        Map<String, String> compacted =
                Map.of("message.timestamp.type", stampedBy, "cleanup.policy", "compact,delete", "retention.ms", "-1");
        admin.createTopics(topics.stream()
                        .map(topic -> new NewTopic(topic.name(), PARTITIONS, (short) 1)
                                .configs(topic.compacted() ? compacted : config))
                        .toList())
                .all()
                .get();
        // What is not known everywhere yet would come after it was removed.
        await().until(() -> admin.listTopics().names().get().size() == topics.size());
    }

    /** As in clusters where somebody else has made the topics. */
    private static void stampedByWriters() throws Exception {
        removeAllTopics();
        create("CreateTime", TOPICS);
    }

    @SafeVarargs
    private <T> void write(Topic<T> topic, int partition, T... events) throws Exception {
        for (T event : events) {
            send(topic.name(), partition, null, encoded(topic, event));
            String place = topic.name() + partition;
            Instant heardAt =
                    largest.merge(place, topic.time().apply(event), (one, other) -> one.isAfter(other) ? one : other);
            long offset = offsets.merge(place, 1L, Long::sum) - 1;
            written.add(new Written(topic.name(), partition, offset, heardAt, happened(event)));
        }
    }

    private <T> void writeAt(Topic<T> topic, Instant stamp, T event) throws Exception {
        send(topic.name(), 0, stamp, encoded(topic, event));
    }

    private void send(String topic, int partition, @Nullable Instant stamp, byte @Nullable [] value) throws Exception {
        producer.send(new ProducerRecord<>(
                        topic, partition, stamp == null ? null : stamp.toEpochMilli(), new byte[] {1}, value))
                .get();
    }

    private static <T> byte[] encoded(Topic<T> topic, T event) {
        return new EventCodec<>(topic.type()).encode(event);
    }

    private static Happened happened(Object event) {
        if (event instanceof MemberStatus status) {
            return Happened.of(status);
        }
        if (event instanceof MemberWindow window) {
            return Happened.of(window);
        }
        if (event instanceof MemberScrape scrape) {
            return Happened.of(scrape);
        }
        if (event instanceof ClusterRoster roster) {
            return Happened.of(roster);
        }
        return event instanceof Coverage coverage ? Happened.of(coverage) : Happened.of((Control) event);
    }
}
