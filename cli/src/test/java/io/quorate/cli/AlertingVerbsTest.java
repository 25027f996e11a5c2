package io.quorate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Alert;
import io.quorate.events.Control;
import io.quorate.events.Notification;
import io.quorate.events.Notification.Outcome;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.alerting.Acknowledgement;
import io.quorate.jobs.alerting.Silence;
import io.quorate.jobs.kafka.ControlTopic;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code quorate alerts}, {@code ack} and {@code silence} on a real broker, without a job that listens. */
class AlertingVerbsTest {

    private static final Instant AT = Instant.parse("2026-03-29T01:00:00Z");

    @TempDir
    static Path state;

    @TempDir
    Path folder;

    @RegisterExtension
    final Console console = new Console();

    private static KafkaBroker broker;
    private static KafkaSettings kafka;
    private String config = "";

    @BeforeAll
    static void startBrokerAndTell() throws Exception {
        broker = KafkaBroker.start(Home.current().withState(state), "kafka", 0);
        kafka = KafkaSettings.single(broker.bootstrap(), 2, Duration.ofSeconds(1));
        KafkaTopics.create(kafka);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            write(producer, Topic.ALERT, alert("a1", Alert.Severity.WARNING, Alert.Status.FIRING, 0, null));
            write(producer, Topic.ALERT, alert("a1", Alert.Severity.CRITICAL, Alert.Status.UPDATED, 5, null));
            write(producer, Topic.ALERT, alert("b2", Alert.Severity.WARNING, Alert.Status.FIRING, 1, null));
            write(producer, Topic.ALERT, alert("c3", Alert.Severity.CRITICAL, Alert.Status.FIRING, 2, null));
            write(producer, Topic.ALERT, alert("c3", Alert.Severity.CRITICAL, Alert.Status.RESOLVED, 9, null));
            write(producer, Topic.ALERT, alert("d4", Alert.Severity.WARNING, Alert.Status.FIRING, 3, "fleet-7"));
            write(producer, Topic.NOTIFICATION, line("a1", "g1", "slack", 1, Outcome.DELIVERED, 200, null, 6));
            write(producer, Topic.NOTIFICATION, line("a1", "g1", "hook", 0, Outcome.PLANNED, null, null, 6));
            write(producer, Topic.NOTIFICATION, line("a1", "g1", "hook", 3, Outcome.RETRIED, 503, "busy", 8));
            write(producer, Topic.NOTIFICATION, line("b2", null, "nobody", 0, Outcome.SILENCED, null, "silence 5e", 2));
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void writeSettings() throws IOException {
        config = Files.writeString(folder.resolve("quorate.yaml"), """
                        ingest: { prometheus: [ { url: "http://127.0.0.1:1" } ] }
                        kafka: { bootstrap: "%s", partitions: 2 }
                        """.formatted(broker.bootstrap()))
                .toString();
    }

    @Test
    void showsWhatFiresTheWorstFirstAndWhoWasToldOfIt() {
        assertThat(run("alerts")).as(console.complained()).isZero();
        assertThat(console.told()).isEqualTo("""
                a1  critical EtcdElectionStorm of prod, firing since 2026-03-29T01:00:00Z
                    three leader changes
                    hook has not taken it yet: attempt 3 at 2026-03-29T01:00:08Z, HTTP 503, busy
                    slack was told of firing at 2026-03-29T01:00:06Z
                    group g1
                b2  warning EtcdElectionStorm of prod, firing since 2026-03-29T01:00:00Z
                    three leader changes
                    nobody was told of firing at 2026-03-29T01:00:02Z: silence 5e
                d4  warning EtcdElectionStorm of prod, firing since 2026-03-29T01:00:00Z
                    three leader changes
                    nobody was told: part of fleet-7
                """);
    }

    @Test
    void showsMachinesAlsoWhatIsOver() throws Exception {
        assertThat(run("alerts", "--all", "--format", "json")).isZero();
        List<String> rows = console.told().lines().toList();
        assertThat(rows).hasSize(4);
        JsonNode worst = new ObjectMapper().readTree(rows.get(0));
        assertThat(worst.path("id").asText()).isEqualTo("a1");
        assertThat(worst.path("groups").get(0).asText()).isEqualTo("g1");
        assertThat(worst.path("told").get(0).path("outcome").asText()).isEqualTo("retried");
        assertThat(worst.path("acknowledged").isNull()).isTrue();
        assertThat(new ObjectMapper().readTree(rows.get(1)).path("status").asText())
                .isEqualTo("resolved");
    }

    @Test
    void takesOnAnAlertOrAGroupAndGivesItBack() throws Exception {
        assertThat(run("ack", "g1", "--for", "2h", "--comment", "on it", "--by", "ana"))
                .as(console.complained())
                .isZero();
        Control said = inForce(Control.ACK).get(0);
        Acknowledgement taken = Acknowledgement.of(said);
        assertThat(taken.id()).isEqualTo("g1");
        assertThat(taken.until()).isEqualTo(taken.at().plus(Duration.ofHours(2)));
        assertThat(run("alerts")).isZero();
        assertThat(console.told()).contains("taken on by ana until " + taken.until() + ": on it");

        assertThat(run("ack", "g1", "--undo")).isZero();
        assertThat(inForce(Control.ACK)).isEmpty();
        assertThat(run("ack", "g1", "--undo")).isEqualTo(1);
        assertThat(console.complained()).contains("nobody has taken 'g1' on");
    }

    @Test
    void refusesToTakeOnWhatNobodyKnowsOrWhatIsOver() {
        assertThat(run("ack", "a11")).isEqualTo(1);
        assertThat(console.complained()).contains("'a11' is no alert and no group; did you mean 'a1'?");
        assertThat(run("ack", "c3")).isEqualTo(1);
        assertThat(console.complained())
                .contains("'c3' does not fire (critical EtcdElectionStorm of prod, resolved at");
        assertThat(run("ack", "a1", "--for", "0s")).isEqualTo(2);
        assertThat(run("ack", "unheard-of", "--force")).isZero();
        assertThat(run("ack", "unheard-of", "--undo")).isZero();
    }

    @Test
    void addsListsAndEndsASilence() throws Exception {
        assertThat(run("silence", "list")).isZero();
        assertThat(console.told()).isEqualTo("No silence holds: everybody is told of everything\n");

        assertThat(run(
                        "silence",
                        "add",
                        "--where",
                        "env=\"dev\",cluster!=c1",
                        "--for",
                        "2h",
                        "--comment",
                        "disks",
                        "--by",
                        "ana"))
                .as(console.complained())
                .isZero();
        Silence silence = Silence.of(inForce(Control.SILENCE).get(0));
        assertThat(Duration.between(silence.from(), silence.until())).hasHours(2);
        assertThat(console.told()).contains("silence " + silence.id() + " of {env=\"dev\",cluster!=\"c1\"} until");

        assertThat(run("silence", "list")).isZero();
        assertThat(console.told())
                .endsWith(silence.id() + "  until " + silence.until()
                        + "  {env=\"dev\",cluster!=\"c1\"}  by ana: disks\n");
        assertThat(run("rules", "list")).isZero();
        assertThat(console.told())
                .as("no rule")
                .endsWith("Nothing was applied: the rules are those that the jobs began with\n");

        assertThat(run("silence", "expire", "x" + silence.id())).isEqualTo(1);
        assertThat(console.complained()).contains("did you mean '" + silence.id() + "'?");
        assertThat(run("silence", "expire", silence.id())).isZero();
        assertThat(inForce(Control.SILENCE)).isEmpty();
        assertThat(run("silence", "expire", silence.id())).isEqualTo(1);
    }

    @Test
    void refusesASilenceThatWouldHoldBackAll() {
        assertThat(run("silence", "add", "--where", "{}", "--for", "2h")).isEqualTo(2);
        assertThat(console.complained()).contains("would silence all; expected at least one");
        assertThat(run("silence", "add", "--where", "env=dev", "--for", "soon")).isEqualTo(2);
        assertThat(console.complained()).contains("'soon' is no duration; expected one like");
        assertThat(run("silence", "add", "--where", "env=~(", "--for", "2h")).isEqualTo(2);
        assertThat(console.complained()).contains("at character 6: '(' is no regular expression");
    }

    private int run(String... words) {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--config", config));
        return Quorate.run(arguments.toArray(String[]::new));
    }

    private static List<Control> inForce(String kind) {
        return ControlTopic.inForce(ControlTopic.said(kafka)).stream()
                .filter(control -> control.kind().equals(kind))
                .toList();
    }

    private static <T> void write(KafkaProducer<byte[], byte[]> producer, Topic<T> topic, T event) throws Exception {
        producer.send(new ProducerRecord<>(topic.name(), 0, null, new EventCodec<>(topic.type()).encode(event)))
                .get();
    }

    private static Alert alert(
            String id, Alert.Severity severity, Alert.Status status, int second, @Nullable String partOf) {
        return new Alert(
                id,
                "EtcdElectionStorm",
                severity,
                "prod",
                null,
                null,
                null,
                status,
                AT.plusSeconds(second),
                AT,
                "three leader changes",
                null,
                partOf,
                null,
                List.of());
    }

    private static Notification line(
            String id,
            @Nullable String group,
            String receiver,
            int attempt,
            Outcome outcome,
            @Nullable Integer httpStatus,
            @Nullable String detail,
            int second) {
        return new Notification(
                id + "-warning",
                group,
                id,
                "EtcdElectionStorm",
                Alert.Severity.WARNING,
                "prod",
                null,
                Alert.Status.FIRING,
                receiver,
                attempt,
                outcome,
                httpStatus,
                detail,
                AT,
                AT.plusSeconds(second));
    }
}
