package io.quorate.jobs.percentiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberWindow;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.Counted;
import io.quorate.jobs.Gathered;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaStreams;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.settings.FlinkSettings;
import io.quorate.jobs.settings.WindowSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records that are not ours on a real topic, between records that are: each ends as a dead letter, whole, and the windows
 * are those of a topic without them.
 */
class ForeignRecordsTest {

    private static final Topic<MemberScrape> CLEAN =
            new Topic<>("clean-scrape", MemberScrape.class, MemberScrape::cluster, MemberScrape::observedAt, false);

    private static final EventCodec<MemberScrape> CODEC = new EventCodec<>(MemberScrape.class);
    private static final int RAISED = 32 << 20;

    /** Four of m1 and four of m2. */
    private static final int WINDOWS = 8;

    private static final Map<String, byte[]> FOREIGN = foreign();

    private static KafkaBroker broker;
    private static List<MemberWindow> windows;
    private static List<MemberWindow> windowsWithoutThem;
    private static List<DeadLetter> letters;
    private static long unreadable;
    private static long tooLarge;
    private static long malformed;
    private static int starts;

    private static Map<String, byte[]> foreign() {
        Map<String, byte[]> records = new LinkedHashMap<>();
        records.put("text", utf8("not ours"));
        records.put("bytes", new byte[] {(byte) 0xff, 0});
        records.put("nothing", new byte[0]);
        records.put("a list", utf8("[1]"));
        records.put("nested", utf8("[".repeat(100_000)));
        records.put("half", utf8(text(Scrapes.at(5, 7)).substring(0, 200)));
        records.put("another event", utf8("{\"schema\":1,\"source\":\"x\",\"reason\":\"y\"}"));
        records.put("an empty place", utf8(text(Scrapes.at(5, 7)).replace("\"counters\":[", "\"counters\":[null,")));
        records.put("a time of its own", utf8(text(Scrapes.at(5, 7)).replace("\"2026-", "\"+999999999-")));
        records.put(
                "labels of no series",
                utf8(text(Scrapes.at(5, 7)).replaceFirst("\"labels\":\"\"", "\"labels\":\"To\"")));
        records.put("a later schema", utf8(text(Scrapes.at(5, 7)).replace("\"schema\":1", "\"schema\":2")));
        // The first reading once more, and a series that cannot be counted.
        records.put(
                "an odd series",
                utf8(text(Scrapes.at(1, 3))
                        .replace(
                                "\"counters\":[",
                                "\"counters\":[{\"metric\":\"odd\",\"labels\":\"\",\"value\":\"NaN\"},")));
        records.put("large", "x".repeat(9 << 20).getBytes(StandardCharsets.UTF_8));
        records.put("a large event", utf8(text(Scrapes.at(5, 7)).replaceFirst("\\{", "{" + " ".repeat(8 << 20))));
        return records;
    }

    @BeforeAll
    static void readBoth(@TempDir Path folder) throws Exception {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        KafkaSettings kafka = KafkaSettings.single(broker.bootstrap(), 1, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(CLEAN.name(), 1, (short) 1)))
                    .all()
                    .get();
            // As somebody did who has records of this size.
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, "member-scrape"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("max.message.bytes", String.valueOf(RAISED)),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        produce(kafka.bootstrap());

        InMemoryReporter metrics = InMemoryReporter.createWithRetainedMetrics();
        StreamExecutionEnvironment env = environment(metrics);
        KafkaStreams.Read<MemberScrape> read =
                KafkaStreams.read(env, kafka, Topic.MEMBER_SCRAPE, "test", Duration.ofSeconds(1));
        KafkaStreams.writeLetters(read.unreadable(), kafka);
        Gathered<MemberWindow> amongForeign = windows(read);
        Gathered<DeadLetter> dead =
                Gathered.from(KafkaStreams.read(env, kafka, Topic.DEAD_LETTER, "test", Duration.ofSeconds(1))
                        .events());
        JobClient job = env.executeAsync();
        StreamExecutionEnvironment cleanEnv = environment(InMemoryReporter.create());
        Gathered<MemberWindow> clean =
                windows(KafkaStreams.read(cleanEnv, kafka, CLEAN, "test", Duration.ofSeconds(1)));
        JobClient cleanJob = cleanEnv.executeAsync();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> amongForeign.soFar().size() >= WINDOWS
                        && clean.soFar().size() >= WINDOWS
                        && dead.soFar().size() >= FOREIGN.size());
        windows = amongForeign.soFar();
        windowsWithoutThem = clean.soFar();
        letters = dead.soFar();
        starts = amongForeign.starts();
        unreadable = Counted.in(metrics, job.getJobID(), "sort-member-scrape", "unreadableRecords");
        tooLarge = Counted.in(metrics, job.getJobID(), "sort-member-scrape", "tooLargeRecords");
        malformed = Counted.in(metrics, job.getJobID(), "sort-member-scrape", "malformedRecords");
        job.cancel().get();
        cleanJob.cancel().get();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void leaveTheWindowsOfAllMembersAsTheyWouldBeWithoutThem() {
        assertThat(windowsWithoutThem).hasSize(WINDOWS);
        assertThat(windows).containsExactlyInAnyOrderElementsOf(windowsWithoutThem);
        assertThat(starts).isEqualTo(1);
    }

    static Stream<Arguments> outcomes() {
        return Stream.of(
                Arguments.of("text", "unreadable", "not JSON: Unrecognized token 'not'"),
                Arguments.of("bytes", "unreadable", "not JSON"),
                Arguments.of("nothing", "unreadable", "expected a JSON object with a MemberScrape"),
                Arguments.of("a list", "unreadable", "expected a JSON object with a MemberScrape"),
                Arguments.of("nested", "unreadable", "nesting depth"),
                Arguments.of("half", "unreadable", "Unexpected end-of-input"),
                Arguments.of("another event", "unreadable", "not a MemberScrape"),
                Arguments.of("an empty place", "unreadable", "not a MemberScrape: at .counters"),
                Arguments.of(
                        "a time of its own", "unreadable", "its time is +999999999-01-01T00:00:05Z, expected one from"),
                Arguments.of("labels of no series", "unreadable", "not canonical labels: To"),
                Arguments.of("a later schema", "unreadable", "schema 2, expected 1 to 1"),
                Arguments.of("large", "too-large", "a record of 9437184 bytes, expected at most 8388608"),
                Arguments.of("a large event", "too-large", "bytes, expected at most 8388608"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("outcomes")
    void endAsDeadLettersWholeWithWhereAndWhy(String which, String reason, String detail) {
        String whole = which.equals("bytes") ? "base64:/wA=" : new String(FOREIGN.get(which), StandardCharsets.UTF_8);

        assertThat(letters)
                .filteredOn(letter -> letter.record().equals(whole))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo(reason);
                    assertThat(letter.detail()).contains(detail);
                    assertThat(letter.source()).matches("member-scrape/0@[0-9]+");
                });
    }

    @Test
    void loseOnlyWhatCannotBeCounted() {
        assertThat(letters)
                .filteredOn(letter -> letter.reason().equals("malformed"))
                .singleElement()
                .satisfies(letter -> assertThat(letter.detail()).contains("odd: a counter cannot be NaN"))
                .satisfies(letter -> assertThat(letter.record())
                        .isEqualTo(new String(FOREIGN.get("an odd series"), StandardCharsets.UTF_8)));
    }

    @Test
    void areCounted() {
        assertThat(letters).hasSize(FOREIGN.size());
        assertThat(unreadable).isEqualTo(FOREIGN.size() - 3);
        assertThat(tooLarge).isEqualTo(2);
        assertThat(malformed).isEqualTo(1);
    }

    private static Gathered<MemberWindow> windows(KafkaStreams.Read<MemberScrape> scrapes) {
        return Gathered.from(PercentilesPipeline.of(scrapes.events(), null, WindowSettings.DEFAULT)
                .windows()
                .filter(window -> WindowSettings.DEFAULT.isBase(window.windowStart(), window.windowEnd())));
    }

    /** Readings of two members, a foreign record after each; the last ones close every window before. */
    private static void produce(String bootstrap) throws Exception {
        List<byte[]> foreign = new ArrayList<>(FOREIGN.values());
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "max.request.size", RAISED);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int second = 1; second <= 61; second += second < 31 ? 2 : 30) {
                for (String member : List.of("m1", "m2")) {
                    byte[] good = utf8(text(Scrapes.at(member, second, 3L * second, 100.0)));
                    producer.send(new ProducerRecord<>(CLEAN.name(), good)).get();
                    producer.send(new ProducerRecord<>("member-scrape", good)).get();
                    if (!foreign.isEmpty()) {
                        producer.send(new ProducerRecord<>("member-scrape", foreign.remove(0)))
                                .get();
                    }
                }
            }
        }
        assertThat(foreign).isEmpty();
    }

    private static StreamExecutionEnvironment environment(InMemoryReporter metrics) {
        Configuration configuration = JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(1)));
        return StreamExecutionEnvironment.createLocalEnvironment(1, metrics.addToConfiguration(configuration));
    }

    private static String text(MemberScrape scrape) {
        return new String(CODEC.encode(scrape), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
