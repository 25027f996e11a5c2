package io.quorate.jobs.alerting;

import io.quorate.events.Notification;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import io.quorate.events.codec.UnreadableEvent;
import io.quorate.jobs.kafka.KafkaSettings;
import io.quorate.jobs.kafka.KafkaTopics;
import io.quorate.jobs.kafka.KafkaUnreachable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger in topic {@code notification}. */
record LedgerTopic(KafkaSettings kafka) implements Ledger {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerTopic.class);

    /** A page waits for no more than this when it is written down before it is sent. */
    private static final int TIMEOUT_MILLIS = 5_000;

    @Override
    public List<Notification> since(Instant moment) {
        List<Notification> lines = new ArrayList<>();
        try {
            KafkaTopics.eachSince(kafka, Topic.NOTIFICATION, moment, record -> read(record.value(), lines));
        } catch (KafkaUnreachable e) {
            LOG.warn("What was told already cannot be read: some of it may be told again, under the same keys", e);
        }
        return lines;
    }

    private static void read(byte[] record, List<Notification> into) {
        try {
            into.add(new EventCodec<>(Notification.class).decode(record));
        } catch (UnreadableEvent e) {
            // Whoever reads the topic as a stream makes it a dead letter; here it says nothing.
        }
    }

    @Override
    public Writer open() {
        Map<String, Object> client = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrap(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                TIMEOUT_MILLIS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS,
                ProducerConfig.LINGER_MS_CONFIG,
                0);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            // Else the first page would wait until the broker is known.
            producer.partitionsFor(Topic.NOTIFICATION.name());
        } catch (KafkaException e) {
            LOG.warn("The broker does not answer: pages are sent without being written down first", e);
        }
        return new Topical(producer);
    }

    private record Topical(KafkaProducer<byte[], byte[]> producer) implements Writer {

        @Override
        public CompletableFuture<Void> append(List<Notification> lines) {
            EventCodec<Notification> codec = new EventCodec<>(Notification.class);
            List<CompletableFuture<Void>> written = new ArrayList<>();
            for (Notification line : lines) {
                CompletableFuture<Void> one = new CompletableFuture<>();
                byte[] key = line.cluster().getBytes(StandardCharsets.UTF_8);
                producer.send(
                        new ProducerRecord<>(Topic.NOTIFICATION.name(), key, codec.encode(line)), (at, failure) -> {
                            if (failure == null) {
                                one.complete(null);
                            } else {
                                one.completeExceptionally(failure);
                            }
                        });
                written.add(one);
            }
            return CompletableFuture.allOf(written.toArray(CompletableFuture[]::new));
        }

        @Override
        public void close() {
            producer.close(Duration.ofMillis(TIMEOUT_MILLIS));
        }
    }
}
