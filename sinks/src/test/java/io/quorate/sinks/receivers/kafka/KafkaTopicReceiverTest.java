package io.quorate.sinks.receivers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.desk.Home;
import io.quorate.desk.KafkaBroker;
import io.quorate.events.Alert.Severity;
import io.quorate.events.Alert.Status;
import io.quorate.sinks.receivers.Answer;
import io.quorate.sinks.receivers.Message;
import io.quorate.sinks.receivers.Message.Kind;
import io.quorate.sinks.receivers.Messages;
import io.quorate.sinks.receivers.Receiver;
import io.quorate.sinks.receivers.Retry;
import io.quorate.sinks.receivers.Terms;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaTopicReceiverTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Terms PATIENT = Terms.UNLIMITED.patient(Duration.ofSeconds(20), Retry.DEFAULT);
    private static final Terms HASTY = Terms.UNLIMITED.patient(Duration.ofMillis(300), Retry.DEFAULT);

    @Test
    @Tag("slow")
    void writesARecordPerAlertToARealBroker(@TempDir Path folder) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(Home.current().withState(folder), "kafka", 0)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("alerts", 1, (short) 1)))
                        .all()
                        .get();
            }
            try (Receiver receiver = new KafkaTopicSettings("kafka", broker.bootstrap(), "alerts", PATIENT).open()) {
                Message two = Messages.of(
                        Kind.FIRING,
                        "g",
                        List.of(Severity.CRITICAL),
                        Messages.placed(Messages.storm("a1", Status.FIRING, Messages.AT)),
                        Messages.placed(Messages.alert(
                                "a2", "EtcdMemberDown", Severity.WARNING, "dev", "m1", Status.FIRING, Messages.AT)));
                assertThat(receiver.send(two).join()).isEqualTo(new Answer.Delivered(null, null));
                assertThat(receiver.send(two).join()).isEqualTo(new Answer.Delivered(null, null));
            }
            List<ConsumerRecord<String, String>> records = read(broker.bootstrap(), 4);
            assertThat(records).extracting(ConsumerRecord::key).containsExactly("prod", "dev", "prod", "dev");
            assertThat(records)
                    .extracting(record -> new String(
                            record.headers().lastHeader("idempotency-key").value(), StandardCharsets.UTF_8))
                    .containsOnly("g-firing");
            assertThat(records.get(2).value()).isEqualTo(records.get(0).value());
            assertThat(JSON.readTree(records.get(1).value())).isEqualTo(JSON.readTree("""
                    {"id": "a2", "rule": "EtcdMemberDown", "severity": "warning", "cluster": "dev", "member": "m1",
                     "status": "firing", "at": "2026-03-29T01:00:10.123Z", "startedAt": "2026-03-29T01:00:05.123Z",
                     "summary": "three leader changes in ten minutes", "cause": "the disk of m1 is slow: its log waits for it",
                     "runbook": "docs/runbooks/etcd-election-storm.md",
                     "evidence": [
                      {"what": "leader change", "value": "m1 -> m2", "at": "2026-03-29T01:00:05.123Z"},
                      {"what": "cause", "value": "slow-disk", "at": "2026-03-29T01:00:05.123Z"},
                      {"what": "root member", "value": "m1", "at": "2026-03-29T01:00:05.123Z"},
                      {"what": "ruled out", "value": "network: no peer was slow", "at": "2026-03-29T01:00:10.123Z"},
                      {"what": "not known", "value": "cpu: nobody looked", "at": "2026-03-29T01:00:10.123Z"},
                      {"what": "advice", "value": "now: move the leadership", "at": "2026-03-29T01:00:10.123Z"}],
                     "labels": {"alertname": "EtcdMemberDown", "severity": "warning", "cluster": "dev", "member": "m1"},
                     "host": "10.0.0.1:2379", "role": "leader", "spread": "3 other clusters have it"}
                    """));
        }
    }

    @Test
    void endsInTimeWhereNoBrokerIs() throws Exception {
        Instant asked = Instant.now();
        assertThat(tell("127.0.0.1:" + freePort()))
                .isEqualTo(new Answer.WorthRetrying(null, "no answer in time: no broker, or no such topic", null));
        assertThat(tell("broker.invalid:9092")).isInstanceOf(Answer.WorthRetrying.class);
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void letsNoAlertWaitForTheTimeOutsOfOthers() throws Exception {
        Instant asked = Instant.now();
        try (Receiver receiver = new KafkaTopicSettings("kafka", "127.0.0.1:" + freePort(), "alerts", HASTY).open()) {
            List<CompletableFuture<Answer>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(receiver.send(Messages.firing("a" + i)));
            }
            assertThat(all).allSatisfy(one -> assertThat(one.join()).isInstanceOf(Answer.WorthRetrying.class));
        }
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void travelsWithTheJobAndSaysWhereItIsReached() throws Exception {
        KafkaTopicSettings settings = new KafkaTopicSettings("kafka", "a:9092, b:9092", "alerts", PATIENT);
        new ObjectOutputStream(OutputStream.nullOutputStream()).writeObject(settings);
        assertThat(settings.reachedAt()).isEqualTo("a:9092");
        assertThat(settings.tellsEach()).isTrue();
        assertThatThrownBy(() -> new KafkaTopicSettings("kafka", "a:9092", "no topic", PATIENT))
                .hasMessageContaining("expected letters, digits");
    }

    private static Answer tell(String bootstrap) {
        try (Receiver receiver = new KafkaTopicSettings("kafka", bootstrap, "alerts", HASTY).open()) {
            return receiver.send(Messages.firing("a1")).join();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static List<ConsumerRecord<String, String>> read(String bootstrap, int number) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        Instant until = Instant.now().plusSeconds(20);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor("alerts").stream()
                    .map(partition -> new TopicPartition("alerts", partition.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (records.size() < number && Instant.now().isBefore(until)) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }
}
