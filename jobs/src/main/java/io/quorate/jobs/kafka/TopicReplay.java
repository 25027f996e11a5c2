package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.TimeoutException;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topics once more, each partition up to the end that it had when this was opened; it joins no group and commits nothing.
 *
 * <p>What a partition holds keeps its order, as the live jobs judged by it what is late: a record is heard at the largest
 * event time that its partition has brought up to it. Partitions are merged by that, those of one moment by topic and
 * partition, so that every replay is the same. How partitions took turns live is nowhere kept.
 */
public final class TopicReplay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicReplay.class);

    private static final Duration SILENT_FOR = Duration.ofSeconds(15);
    private static final Duration POLL = Duration.ofMillis(500);

    /** Records per poll, and below how many more are asked for: what waits in memory does not grow with the topic. */
    private static final int MOST = 100;

    private static final int FEW = MOST / 2;

    /** No event is stamped further ahead of its record: Quorate's own clocks are that good, and it refuses worse ones. */
    private static final Duration AHEAD = Duration.ofHours(1);

    /** Unreadable records beyond these are counted and not named. */
    private static final int NAMED = 5;

    private final KafkaSettings kafka;
    private final Instant since;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Partition<?>> partitions = new ArrayList<>();
    private final List<Topic<?>> notThere = new ArrayList<>();

    /** Those with a next event, in the order in which they are heard. */
    private final PriorityQueue<Partition<?>> ready =
            new PriorityQueue<>(Comparator.<Partition<?>, Told<?>>comparing(Partition::head, Told.ORDER));

    /** Those whose next event is still to be read. */
    private final List<Partition<?>> starved = new ArrayList<>();

    private long unreadable;

    /**
     * An event and where it lay.
     *
     * @param heardAt the largest event time that its partition had brought by then, its own or a former one
     */
    public record Told<T>(Topic<T> topic, int partition, long offset, Instant heardAt, T event) {

        private static final Comparator<Told<?>> ORDER = Comparator.<Told<?>, Instant>comparing(Told::heardAt)
                .thenComparing(told -> told.topic().name())
                .thenComparing(Told::partition)
                .thenComparing(Told::offset);
    }

    private TopicReplay(KafkaSettings kafka, Instant since) {
        this.kafka = kafka;
        this.since = since;
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrap(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "quorate-backtest",
                        // What retention takes away meanwhile is a gap in the offsets, which is told.
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        // A broker that makes topics as they are asked for would make it without its settings.
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        MOST,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        15_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Opens these topics; a topic that is not there brings nothing.
     *
     * <p>Of a compacted topic all is read. Of any other only what was written from a while before on: an event is written
     * when it has happened, and a record that was written long before is heard before, too. Where a topic shows that this
     * does not hold, as events were stamped ahead of the clock, it is read from its beginning.
     *
     * @param since what is heard before is of no interest, but for this much:
     * @param lookBack by topic, how long before {@code since} its events still matter; nothing for no time
     * @throws KafkaUnreachable when the broker does not answer
     */
    public static TopicReplay open(
            KafkaSettings kafka, List<Topic<?>> topics, Instant since, Map<Topic<?>, Duration> lookBack) {
        TopicReplay replay = new TopicReplay(kafka, since);
        try {
            replay.begin(topics, lookBack);
            return replay;
        } catch (RuntimeException e) {
            replay.consumer.close();
            throw e;
        }
    }

    private void begin(List<Topic<?>> topics, Map<Topic<?>, Duration> lookBack) {
        try {
            for (Topic<?> topic : topics) {
                List<Integer> numbers = consumer.partitionsFor(topic.name()).stream()
                        .map(info -> info.partition())
                        .toList();
                if (numbers.isEmpty()) {
                    notThere.add(topic);
                }
                numbers.forEach(number -> partitions.add(new Partition<>(topic, number)));
            }
            List<TopicPartition> all = partitions.stream().map(Partition::at).toList();
            consumer.assign(all);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Map<TopicPartition, Long> writtenBefore = writtenBefore(lookBack);
            for (Partition<?> partition : partitions) {
                long first = Objects.requireNonNull(begins.get(partition.at()));
                partition.begin = first;
                partition.end = Objects.requireNonNull(ends.get(partition.at()));
                Long sought = writtenBefore.get(partition.at());
                partition.start(sought == null ? first : Math.max(first, sought));
            }
            fill();
            for (Partition<?> partition : partitions) {
                Told<?> head = partition.head;
                if (partition.first > partition.begin
                        && (head == null || !head.heardAt().isBefore(since))) {
                    ready.remove(partition);
                    partition.start(partition.begin);
                }
            }
            fill();
            for (Partition<?> partition : partitions) {
                partition.firstHeardAt = partition.head == null ? null : partition.head.heardAt();
            }
        } catch (KafkaException e) {
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        }
    }

    /** By partition, the first offset that was written after all that is heard before; none where there is none. */
    private Map<TopicPartition, Long> writtenBefore(Map<Topic<?>, Duration> lookBack) {
        Map<TopicPartition, Long> times = new HashMap<>();
        for (Partition<?> partition : partitions) {
            Duration back = AHEAD.plus(lookBack.getOrDefault(partition.topic, Duration.ZERO));
            if (!partition.topic.compacted() && since.isAfter(Instant.EPOCH.plus(back))) {
                times.put(partition.at(), since.minus(back).toEpochMilli());
            }
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (!times.isEmpty()) {
            for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> found :
                    consumer.offsetsForTimes(times).entrySet()) {
                OffsetAndTimestamp offset = found.getValue();
                if (offset != null) {
                    offsets.put(found.getKey(), offset.offset());
                }
            }
        }
        return offsets;
    }

    /**
     * The next event that is heard before this time; null when there is none.
     *
     * @throws KafkaUnreachable when the broker does not answer
     */
    public @Nullable Told<?> next(Instant before) {
        fill();
        Partition<?> first = ready.peek();
        if (first == null || !first.head().heardAt().isBefore(before)) {
            return null;
        }
        ready.poll();
        Told<?> told = first.head();
        advance(first);
        return told;
    }

    /** How many records so far were not their topic's event, and are left out, as the live jobs left them out. */
    public long unreadable() {
        return unreadable;
    }

    /**
     * What is not there any more of what was to be heard, a sentence each: what retention had deleted when this was opened,
     * and what compaction and retention are known to have taken from what was read so far.
     */
    public List<String> lost() {
        List<String> lost = new ArrayList<>();
        notThere.forEach(topic -> lost.add("There is no topic " + topic.name() + " at " + kafka.bootstrap() + "."));
        Map<Topic<?>, List<Partition<?>>> byTopic = new LinkedHashMap<>();
        partitions.forEach(one ->
                byTopic.computeIfAbsent(one.topic, unseen -> new ArrayList<>()).add(one));
        byTopic.forEach((topic, all) -> {
            List<Partition<?>> cut =
                    all.stream().filter(one -> one.beginsAfter(since)).toList();
            if (!cut.isEmpty()) {
                lost.add("Of topic " + topic.name() + ", " + cut.size() + " of " + all.size()
                        + (all.size() == 1 ? " partition begins" : " partitions begin") + " later than " + since
                        + beginning(cut) + ": Kafka's retention has deleted what was before.");
            }
            long gone = all.stream().mapToLong(one -> one.skipped).sum();
            if (gone > 0) {
                lost.add("Of topic " + topic.name() + ", " + gone + (gone == 1 ? " record is" : " records are")
                        + " not there any more: "
                        + (topic.compacted()
                                ? "Kafka keeps the newest of each key, and what that replaced is not heard."
                                : "Kafka's retention deleted them while they were read."));
            }
        });
        return lost;
    }

    private static String beginning(List<Partition<?>> cut) {
        return cut.stream()
                .map(one -> one.firstHeardAt)
                .filter(first -> first != null)
                .max(Comparator.naturalOrder())
                .map(latest -> ", the last at " + latest)
                .orElse("");
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** Reads until every partition has its next event, or none any more. */
    private void fill() {
        if (starved.isEmpty()) {
            return;
        }
        try {
            Instant heardAt = Instant.now();
            while (!starved.isEmpty()) {
                int before = starved.size();
                boolean brought = poll();
                List<Partition<?>> hungry = List.copyOf(starved);
                starved.clear();
                hungry.forEach(this::advance);
                heardAt = brought || starved.size() < before ? Instant.now() : heardAt;
                // A broker that goes away midway is no error to a consumer: it waits for ever.
                if (heardAt.plus(SILENT_FOR).isBefore(Instant.now())) {
                    throw new KafkaUnreachable(kafka.bootstrap(), new TimeoutException("silent midway"));
                }
            }
        } catch (KafkaException e) {
            throw new KafkaUnreachable(kafka.bootstrap(), e);
        }
    }

    /** Only those that run short: the others wait until theirs is heard. */
    private boolean poll() {
        List<TopicPartition> wanting = new ArrayList<>();
        List<TopicPartition> waiting = new ArrayList<>();
        Map<TopicPartition, Partition<?>> byPlace = new HashMap<>();
        for (Partition<?> partition : partitions) {
            byPlace.put(partition.at(), partition);
            (partition.isRead() || partition.records.size() >= FEW ? waiting : wanting).add(partition.at());
        }
        consumer.pause(waiting);
        consumer.resume(wanting);
        ConsumerRecords<byte[], byte[]> records = wanting.isEmpty() ? ConsumerRecords.empty() : consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Partition<?> partition = byPlace.get(new TopicPartition(record.topic(), record.partition()));
            if (partition != null && record.offset() < partition.end) {
                partition.records.add(record);
            }
        }
        for (TopicPartition place : wanting) {
            Partition<?> partition = byPlace.get(place);
            if (partition != null) {
                partition.position = consumer.position(place);
            }
        }
        return !records.isEmpty();
    }

    private void advance(Partition<?> partition) {
        if (partition.advance()) {
            ready.add(partition);
        } else if (!partition.isRead()) {
            starved.add(partition);
        }
    }

    /** One partition and what of it waits. */
    private final class Partition<T> {

        private final Topic<T> topic;
        private final int number;
        private final EventReader<T> reader;
        private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();

        /** The first offset that there is, the first that is read, and the one behind the last. */
        private long begin;

        private long first;
        private long end;

        private long position;
        private long expected;
        private long skipped;
        private @Nullable Instant heardAt;
        private @Nullable Instant firstHeardAt;
        private @Nullable Told<T> head;

        private Partition(Topic<T> topic, int number) {
            this.topic = topic;
            this.number = number;
            reader = EventReader.of(topic);
        }

        private TopicPartition at() {
            return new TopicPartition(topic.name(), number);
        }

        private Told<T> head() {
            if (head == null) {
                throw new IllegalStateException("asked for the next event where there is none");
            }
            return head;
        }

        private void start(long offset) {
            records.clear();
            head = null;
            heardAt = null;
            first = offset;
            position = offset;
            // Compaction may have taken the first ones of all.
            expected = topic.compacted() ? 0 : offset;
            skipped = 0;
            if (!isRead()) {
                consumer.seek(at(), offset);
                starved.add(this);
            }
        }

        /** Whether no more is to come from the broker. */
        private boolean isRead() {
            return position >= end;
        }

        private boolean beginsAfter(Instant time) {
            return !topic.compacted()
                    && first == begin
                    && begin > 0
                    && (firstHeardAt == null || firstHeardAt.isAfter(time));
        }

        /** On to the next event, past what is none; false when none waits. */
        private boolean advance() {
            head = null;
            while (head == null) {
                ConsumerRecord<byte[], byte[]> record = records.poll();
                if (record == null) {
                    return false;
                }
                skipped += record.offset() - expected;
                expected = record.offset() + 1;
                T event = read(record);
                if (event != null) {
                    Instant time = topic.time().apply(event);
                    Instant heard = heardAt == null || heardAt.isBefore(time) ? time : heardAt;
                    heardAt = heard;
                    head = new Told<>(topic, number, record.offset(), heard, event);
                }
            }
            return true;
        }

        /** As the live jobs read it; null when it is no event. */
        private @Nullable T read(ConsumerRecord<byte[], byte[]> record) {
            Readable<T> readable = new Readable<>();
            reader.deserialize(record, readable);
            DeadLetter letter = readable.letter;
            if (readable.event == null && letter != null) {
                unreadable++;
                if (unreadable <= NAMED) {
                    LOG.warn("{} is left out: {}", letter.source(), letter.detail());
                }
            }
            return readable.event;
        }
    }

    /** What one record turns out to be. */
    private static final class Readable<T> implements Collector<Either<DeadLetter, T>> {

        private @Nullable T event;
        private @Nullable DeadLetter letter;

        @Override
        public void collect(Either<DeadLetter, T> record) {
            if (record.isRight()) {
                event = record.right();
            } else {
                letter = record.left();
            }
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }
}
