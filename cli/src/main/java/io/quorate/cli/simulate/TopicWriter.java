package io.quorate.cli.simulate;

import io.quorate.events.ClusterRoster;
import io.quorate.events.MemberScrape;
import io.quorate.events.MemberStatus;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.ingest.catalogue.Catalogue;
import io.quorate.ingest.prometheus.ScrapeAssembler;
import io.quorate.ingest.prometheus.TextFormat;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.simulator.face.Observation;
import io.quorate.simulator.face.Simulation;
import io.quorate.simulator.model.Cluster;
import io.quorate.simulator.model.StatusAnswer;
import io.quorate.simulator.plan.Plan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final int voters;
    private final List<Cluster> clusters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TextFormat format = new TextFormat(Catalogue.shipped(), Set.of());
    private final EventCodec<MemberScrape> scrapes = new EventCodec<>(MemberScrape.class);
    private final EventCodec<MemberStatus> statuses = new EventCodec<>(MemberStatus.class);
    private final EventCodec<ClusterRoster> rosters = new EventCodec<>(ClusterRoster.class);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private Instant nextRoster = Instant.MIN;
    private long events;

    TopicWriter(String bootstrap, Plan plan, List<Cluster> clusters) {
        this.bootstrap = bootstrap;
        this.voters = plan.shape().members();
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
        Instant arrived = instant(seen.arrivesAt());
        if (!arrived.isBefore(nextRoster)) {
            nextRoster = arrived.plus(ROSTER_EVERY);
            for (Cluster cluster : clusters) {
                send(Topic.CLUSTER_ROSTER, cluster.name(), rosters.encode(roster(cluster, arrived)));
            }
        }
        if (seen.kind() == Observation.Kind.METRICS) {
            send(Topic.MEMBER_SCRAPE, seen.cluster(), scrapes.encode(scrape(seen, arrived)));
        } else {
            send(Topic.MEMBER_STATUS, seen.cluster(), statuses.encode(status(seen)));
        }
    }

    long events() {
        return events;
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
        events++;
    }

    private void failIfFailed() throws IOException {
        Exception first = failure.get();
        if (first != null) {
            throw new IOException("Kafka at " + bootstrap + " did not take a record: " + first.getMessage(), first);
        }
    }

    private MemberScrape scrape(Observation seen, Instant arrived) {
        Instant at = instant(seen.askedAt());
        String source = "simulator/" + seen.source();
        if (seen.page() == null) {
            return MemberScrape.failed(
                    seen.cluster(), seen.member(), source, at, arrived, failureClass(seen) + ": " + seen.error());
        }
        ScrapeAssembler assembler = new ScrapeAssembler();
        format.read(seen.page(), assembler);
        return assembler.scrape(seen.cluster(), seen.member(), source, at, arrived);
    }

    private MemberStatus status(Observation seen) {
        Instant at = instant(seen.askedAt() + seen.took());
        String endpoint = "simulator/" + seen.cluster() + "/" + seen.member();
        StatusAnswer answer = seen.status();
        if (answer == null) {
            return MemberStatus.failed(
                    seen.cluster(),
                    seen.member(),
                    null,
                    endpoint,
                    at,
                    voters,
                    failureClass(seen),
                    String.valueOf(seen.error()));
        }
        return new MemberStatus(
                seen.cluster(),
                Long.toHexString(answer.clusterId()),
                seen.member(),
                Long.toHexString(answer.memberId()),
                endpoint,
                at,
                at,
                answer.version(),
                answer.dbSize(),
                answer.dbSizeInUse(),
                answer.leader() == 0 ? null : Long.toHexString(answer.leader()),
                answer.raftTerm(),
                answer.raftIndex(),
                answer.raftAppliedIndex(),
                false,
                answer.errors(),
                voters,
                null,
                null);
    }

    private static ClusterRoster roster(Cluster cluster, Instant now) {
        return new ClusterRoster(
                cluster.name(),
                cluster.hexId(),
                now,
                now,
                cluster.members().stream()
                        .map(member -> new ClusterRoster.Member(member.hexId(), member.name(), false, List.of()))
                        .toList(),
                cluster.labels());
    }

    private static String failureClass(Observation seen) {
        return String.valueOf(seen.error()).contains("refused")
                ? "refused"
                : String.valueOf(seen.error()).contains("timed out") ? "timeout" : "error";
    }

    private static Instant instant(double epochSeconds) {
        return Instant.ofEpochMilli(Math.round(epochSeconds * 1000));
    }
}
