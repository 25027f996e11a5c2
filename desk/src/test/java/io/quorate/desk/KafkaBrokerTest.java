package io.quorate.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaBrokerTest {
    @TempDir
    Path folder;

    @Test
    void keepsItsTopicsOverACrashAndLeavesNothingRunning() throws Exception {
        Home home = TestHome.in(folder);
        try (KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(Set.of(new NewTopic("member-scrape", 2, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "member-scrape");
            assertThat(admin.describeConfigs(List.of(topic))
                            .all()
                            .get(30, TimeUnit.SECONDS)
                            .get(topic)
                            .get("message.timestamp.type")
                            .value())
                    .isEqualTo("LogAppendTime");
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("member-scrape", "lab", "one"))
                        .get(30, TimeUnit.SECONDS);
            }
            broker.kill();
            assertThat(TestHome.runs(broker.pid())).isFalse();
        }
        long pid;
        try (KafkaBroker broker = KafkaBroker.start(home, "kafka", 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            pid = broker.pid();
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("member-scrape");
            assertThat(ProcessMemory.of(pid)).hasValueSatisfying(memory -> {
                assertThat(memory.residentBytes()).isBetween(50L << 20, 700L << 20);
                assertThat(memory.peakBytes()).isGreaterThanOrEqualTo(memory.residentBytes());
            });
        }
        assertThat(TestHome.runs(pid)).isFalse();
    }
}
