package io.quorate.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.ClusterRoster;
import io.quorate.events.DeadLetter;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.Gathered;
import io.quorate.jobs.JobEnvironment;
import io.quorate.jobs.settings.FlinkSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics on a real broker. */
// A record that its producer refuses fails the job again at every restart, and the test would wait for ever.
@Timeout(120)
class KafkaStreamsTest {

    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private static KafkaBroker broker;
    private static KafkaSettings kafka;

    @BeforeAll
    static void start(@TempDir Path folder) {
        broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        KafkaTopics.create(kafka);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void bringsEventsThroughAndSendsStrangersToTheDeadLettersWhole() throws Exception {
        StreamExecutionEnvironment writing = environment();
        KafkaStreams.write(writing.fromData(status("c1"), status("c2"), status("c3")), kafka, Topic.MEMBER_STATUS);
        writing.execute();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("member-status", "not ours".getBytes(StandardCharsets.UTF_8)));
            producer.send(new ProducerRecord<>("member-status", new byte[] {(byte) 0xff, 0}));
            producer.send(new ProducerRecord<>("member-status", "{\"schema\":9}".getBytes(StandardCharsets.UTF_8)));
        }

        StreamExecutionEnvironment reading = environment();
        KafkaStreams.Read<MemberStatus> read =
                KafkaStreams.read(reading, kafka, Topic.MEMBER_STATUS, "test", Duration.ofSeconds(1));
        DataStream<String> all = read.events()
                .map(MemberStatus::cluster)
                .union(read.unreadable().map((DeadLetter letter) -> letter.reason() + " " + letter.record()));

        assertThat(take(all, 6))
                .containsExactlyInAnyOrder(
                        "c1", "c2", "c3", "unreadable not ours", "unreadable base64:/wA=", "unreadable {\"schema\":9}");
    }

    @Test
    void sendsAnEventThatIsTooLargeToTheDeadLettersWholeAndTheOthersToTheirTopic() throws Exception {
        // Twice coded, every second character of it is an escape.
        ClusterRoster large = roster("c2", "\"x".repeat(3_000_000));
        StreamExecutionEnvironment writing = environment();
        DataStream<DeadLetter> tooLarge = KafkaStreams.write(
                writing.fromData(roster("c1", ""), large, roster("c3", "")), kafka, Topic.CLUSTER_ROSTER);
        KafkaStreams.writeLetters(tooLarge, kafka);
        writing.execute();

        assertThat(readUntil(Topic.CLUSTER_ROSTER, roster("c3", "")))
                .extracting(ClusterRoster::cluster)
                .contains("c1", "c3")
                .doesNotContain("c2");
        assertThat(read(Topic.DEAD_LETTER, letters -> letters.stream().anyMatch(it -> "c2".equals(it.cluster()))))
                .filteredOn(letter -> "c2".equals(letter.cluster()))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.source()).isEqualTo("cluster-roster");
                    assertThat(letter.reason()).isEqualTo("too-large");
                    assertThat(letter.detail()).matches("a record of 9000[0-9]{3} bytes, expected at most 8323072; .*");
                    assertThat(letter.observedAt()).isEqualTo(AT);
                    assertThat(new EventCodec<>(ClusterRoster.class)
                                    .decode(letter.record().getBytes(StandardCharsets.UTF_8)))
                            .isEqualTo(large);
                });
    }

    @Test
    void cutsALetterThatNoRecordCanHoldAndSaysSo() throws Exception {
        DeadLetter quotes = new DeadLetter("cut 1", "unreadable", "why", null, "\"".repeat(9 << 20), AT);
        DeadLetter giant = new DeadLetter("cut 2", "unreadable", "why", null, "\u0001".repeat(40 << 20), AT);
        StreamExecutionEnvironment writing = environment();
        KafkaStreams.writeLetters(writing.fromData(quotes, giant), kafka);
        writing.execute();

        Predicate<DeadLetter> cut = letter -> letter.source().startsWith("cut");
        assertThat(read(
                        Topic.DEAD_LETTER,
                        letters -> letters.stream().filter(cut).count() >= 2))
                .filteredOn(cut)
                .extracting(
                        DeadLetter::source,
                        DeadLetter::detail,
                        letter -> letter.record().length())
                .containsExactlyInAnyOrder(
                        tuple("cut 1", "why; cut: the first 2097152 of 9437184 characters follow", 2 << 20),
                        tuple("cut 2", "why; cut: the first 2097152 of 41943040 characters follow", 2 << 20));
    }

    /** The producer counts before compression, the broker after it, and random text does not become smaller. */
    @Test
    void bringsTheLargestThatItLetsPass() throws Exception {
        ClusterRoster largest = filled(
                Topic.CLUSTER_ROSTER,
                RecordSizes.mostPayload(Topic.CLUSTER_ROSTER) - 7,
                text -> roster("largest", text));
        DeadLetter letter = filled(
                Topic.DEAD_LETTER,
                RecordSizes.mostPayload(Topic.DEAD_LETTER),
                text -> new DeadLetter("largest", "x", "", null, text, AT));
        StreamExecutionEnvironment writing = environment();
        KafkaStreams.writeLetters(
                KafkaStreams.write(writing.fromData(largest), kafka, Topic.CLUSTER_ROSTER)
                        .union(writing.fromData(letter)),
                kafka);
        writing.execute();

        assertThat(readUntil(Topic.CLUSTER_ROSTER, largest)).contains(largest);
        assertThat(readUntil(Topic.DEAD_LETTER, letter))
                .contains(letter)
                .noneMatch(other -> "largest".equals(other.cluster()));
    }

    @Test
    void raisesTheLimitOfATopicThatTakesLessThanIsWritten() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            limit(admin, "notification", 1 << 20);
            limit(admin, "alert", 64 << 20);

            KafkaTopics.create(kafka);

            assertThat(limit(admin, "notification")).isEqualTo("8388608");
            assertThat(limit(admin, "alert")).isEqualTo("67108864");
            assertThat(limit(admin, "dead-letter")).isEqualTo("16777216");
        }
    }

    @Test
    void namesABrokerThatDoesNotAnswer() {
        KafkaSettings nowhere = KafkaSettings.single("127.0.0.1:1", 1, Duration.ofSeconds(1));

        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> KafkaTopics.create(nowhere)))
                .isInstanceOf(KafkaUnreachable.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    private static void limit(Admin admin, String topic, int bytes) throws Exception {
        AlterConfigOp set = new AlterConfigOp(
                new ConfigEntry("max.message.bytes", Integer.toString(bytes)), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(set)))
                .all()
                .get();
    }

    private static String limit(Admin admin, String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .get(resource)
                .get("max.message.bytes")
                .value();
    }

    /** An event whose value has exactly so many bytes, with a text that does not compress. */
    private static <T> T filled(Topic<T> topic, int bytes, Function<String, T> event) {
        int rest = bytes - new EventCodec<>(topic.type()).encode(event.apply("")).length;
        byte[] random = new byte[rest * 3 / 4 + 3];
        new Random(1).nextBytes(random);
        return event.apply(Base64.getEncoder().encodeToString(random).substring(0, rest));
    }

    private static <T> List<T> readUntil(Topic<T> topic, T event) throws Exception {
        return read(topic, events -> events.contains(event));
    }

    private static <T> List<T> read(Topic<T> topic, Predicate<List<T>> enough) throws Exception {
        StreamExecutionEnvironment env = environment();
        // A group of its own, so that every test reads from the beginning.
        Gathered<T> events = Gathered.from(
                KafkaStreams.read(env, kafka, topic, UUID.randomUUID().toString(), Duration.ofSeconds(1))
                        .events());
        JobClient job = env.executeAsync();
        await().atMost(Duration.ofSeconds(30)).until(() -> enough.test(events.soFar()));
        job.cancel().get();
        return events.soFar();
    }

    private static List<String> take(DataStream<String> stream, int n) throws Exception {
        List<String> taken = new ArrayList<>();
        try (CloseableIterator<String> iterator = stream.executeAndCollect()) {
            while (taken.size() < n) {
                taken.add(iterator.next());
            }
        }
        return taken;
    }

    private static StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createLocalEnvironment(
                1, JobEnvironment.configuration(new FlinkSettings(null, Duration.ofSeconds(1))));
    }

    private static ClusterRoster roster(String cluster, String note) {
        return new ClusterRoster(cluster, "77", AT, AT, List.of(), Map.of("note", note));
    }

    private static MemberStatus status(String cluster) {
        return MemberStatus.failed(cluster, "m1", null, "http://m1", AT, 3, "refused", "");
    }
}
