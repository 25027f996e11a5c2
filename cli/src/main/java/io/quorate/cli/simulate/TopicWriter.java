package io.quorate.cli.simulate;

import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.simulator.face.Observation;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes what was seen to the topics that the ingest job writes, as it would have written it. */
final class TopicWriter implements Simulation.Taker, AutoCloseable {

    private static final Duration ROSTER_EVERY = Duration.ofMinutes(1);

    private final String bootstrap;
    private final List<Cluster> clusters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final SimulatedEvents events;
    private final EventCodec<MemberScrape> scrapes = new EventCodec<>(MemberScrape.class);
    private final EventCodec<MemberStatus> statuses = new EventCodec<>(MemberStatus.class);
    private final EventCodec<ClusterRoster> rosters = new EventCodec<>(ClusterRoster.class);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private Instant nextRoster = Instant.MIN;
    private long written;

    TopicWriter(String bootstrap, Plan plan, List<Cluster> clusters) {
        this.bootstrap = bootstrap;
        events = new SimulatedEvents(plan.shape().members());
        this.clusters = clusters;
        KafkaTopics.create(
                KafkaSettings.single(bootstrap, KafkaSettings.DEFAULT_PARTITIONS, KafkaSettings.DEFAULT_IDLE_AFTER));
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.LINGER_MS_CONFIG,
                        20,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        1 << 18,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        8 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public void take(Observation seen) throws IOException {
        Instant arrived = SimulatedEvents.instant(seen.arrivesAt());
        if (!arrived.isBefore(nextRoster)) {
            nextRoster = arrived.plus(ROSTER_EVERY);
            for (Cluster cluster : clusters) {
                send(Topic.CLUSTER_ROSTER, cluster.name(), rosters.encode(SimulatedEvents.roster(cluster, arrived)));
            }
        }
        if (seen.kind() == Observation.Kind.METRICS) {
            send(Topic.MEMBER_SCRAPE, seen.cluster(), scrapes.encode(events.scrape(seen)));
        } else {
            send(Topic.MEMBER_STATUS, seen.cluster(), statuses.encode(events.status(seen)));
        }
    }

    long events() {
        return written;
    }

    void flush() throws IOException {
        producer.flush();
        failIfFailed();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(10));
    }

    private void send(Topic<?> topic, String key, byte[] value) throws IOException {
        failIfFailed();
        producer.send(
                new ProducerRecord<>(topic.name(), key.getBytes(StandardCharsets.UTF_8), value), (sent, problem) -> {
                    if (problem != null) {
                        failure.compareAndSet(null, problem);
                    }
                });
        written++;
    }

    private void failIfFailed() throws IOException {
        Exception first = failure.get();
        if (first != null) {
            throw new IOException("Kafka at " + bootstrap + " did not take a record: " + first.getMessage(), first);
        }
    }
}
