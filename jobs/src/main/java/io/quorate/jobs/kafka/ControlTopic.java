package io.quorate.jobs.kafka;

import io.quorate.events.Control;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.flink.types.Either;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What people have said to the jobs while they run, and the way to say more. */
public final class ControlTopic {

    private static final int TIMEOUT_MILLIS = 15_000;

    private ControlTopic() {}

    /**
     * What was said last under each key, also that something is removed, in order of the keys.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static List<Control> said(KafkaSettings kafka) {
        EventReader<Control> controls = EventReader.of(Topic.CONTROL);
        Map<String, Control> newest = new TreeMap<>();
        KafkaTopics.each(kafka, Topic.CONTROL, record -> {
            Either<?, Control> control = controls.read(record);
            // What cannot be read is no control to the jobs either: they make it a dead letter.
            if (control.isRight()) {
                newest.put(control.right().key(), control.right());
            }
        });
        return List.copyOf(newest.values());
    }

    /** What of this counts: nothing that something later supersedes, and nothing that was removed. */
    public static List<Control> inForce(Collection<Control> said) {
        return said.stream()
                .filter(control -> !control.mode().equals(Control.REMOVED))
                .filter(control -> said.stream().noneMatch(later -> later.supersedes(control)))
                .sorted(Comparator.comparing(Control::key))
                .toList();
    }

    /** Now, or later than all that was said, whatever the clocks of others show: the newest counts. */
    public static Instant momentAfter(Collection<Control> said, Instant now) {
        return said.stream()
                .map(control -> control.at().plusMillis(1))
                .filter(after -> after.isAfter(now))
                .max(Instant::compareTo)
                .orElse(now);
    }

    /**
     * Says all of this; makes the topic where there is none yet.
     *
     * @throws KafkaUnreachable when the broker does not take it
     */
    public static void say(KafkaSettings kafka, List<Control> controls) {
        KafkaTopics.create(kafka);
        EventCodec<Control> codec = new EventCodec<>(Control.class);
        Map<String, Object> client = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrap(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                TIMEOUT_MILLIS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS / 3,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                RecordSizes.limit(Topic.CONTROL));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Control control : controls) {
                byte[] key = control.key().getBytes(StandardCharsets.UTF_8);
                // One partition, so that a rule comes before what is said of it.
                sent.add(producer.send(new ProducerRecord<>(Topic.CONTROL.name(), 0, key, codec.encode(control))));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        } catch (KafkaException e) {
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        }
    }
}
