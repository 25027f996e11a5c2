package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import io.quorate.jobs.time.Timeless;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.SerializableTimestampAssigner;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Topics as streams of events, and streams of events as topics. */
public final class KafkaStreams {

    private static final OutputTag<DeadLetter> UNREADABLE = new OutputTag<>("unreadable") {};

    private KafkaStreams() {}

    /**
     * A topic, read.
     *
     * @param events with event time and watermarks per partition
     * @param unreadable records that are not the topic's event, or larger than any that is written, or hold what cannot be
     *     counted
     */
    public record Read<T>(DataStream<T> events, DataStream<DeadLetter> unreadable) {}

    /**
     * Reads a topic from where this job last was, or from its beginning.
     *
     * @param disorder how far apart in event time neighbours in one partition may be
     */
    public static <T> Read<T> read(
            StreamExecutionEnvironment env, KafkaSettings kafka, Topic<T> topic, String job, Duration disorder) {
        return read(env, kafka, topic, job, byEventTime(kafka, topic, disorder), begin(topic));
    }

    private static <T> WatermarkStrategy<Either<DeadLetter, T>> byEventTime(
            KafkaSettings kafka, Topic<T> topic, Duration disorder) {
        SerializableTimestampAssigner<Either<DeadLetter, T>> time = (record, kafkaTime) -> record.isRight()
                ? topic.time().apply(record.right()).toEpochMilli()
                // What cannot be read must not move the stream's time.
                : Long.MIN_VALUE;
        return WatermarkStrategy.<Either<DeadLetter, T>>forBoundedOutOfOrderness(disorder)
                .withTimestampAssigner(time)
                .withIdleness(kafka.idleAfter());
    }

    /**
     * Reads a topic from where this job last was by its state; without state not from where it last was but from this long ago,
     * for who can tell by itself what it has done already.
     *
     * @param disorder how far apart in event time neighbours in one partition may be
     */
    public static <T> Read<T> readAgain(
            StreamExecutionEnvironment env,
            KafkaSettings kafka,
            Topic<T> topic,
            String job,
            Duration disorder,
            Duration since) {
        long from = System.currentTimeMillis() - since.toMillis();
        return read(env, kafka, topic, job, byEventTime(kafka, topic, disorder), OffsetsInitializer.timestamp(from));
    }

    /** Reads a topic whose events come seldom, and must not hold back the time of those they are joined with. */
    public static <T> Read<T> readTimeless(
            StreamExecutionEnvironment env, KafkaSettings kafka, Topic<T> topic, String job) {
        // Nor do they have a time of their own: when somebody wrote one is no time of what members do.
        return read(
                env,
                kafka,
                topic,
                job,
                WatermarkStrategy.<Either<DeadLetter, T>>forGenerator(context -> new Timeless<>())
                        .withTimestampAssigner((record, kafkaTime) -> Long.MIN_VALUE),
                begin(topic));
    }

    private static <T> Read<T> read(
            StreamExecutionEnvironment env,
            KafkaSettings kafka,
            Topic<T> topic,
            String job,
            WatermarkStrategy<Either<DeadLetter, T>> watermarks,
            OffsetsInitializer begin) {
        TypeInformation<T> type = TypeInformation.of(topic.type());
        KafkaSource<Either<DeadLetter, T>> source = KafkaSource.<Either<DeadLetter, T>>builder()
                .setBootstrapServers(kafka.bootstrap())
                .setTopics(topic.name())
                .setGroupId("quorate-" + job)
                .setClientIdPrefix("quorate-" + job + '-' + topic.name())
                .setStartingOffsets(begin)
                .setDeserializer(EventReader.of(topic))
                .setProperty("partition.discovery.interval.ms", "60000")
                .build();
        String uid = "read-" + topic.name();
        SingleOutputStreamOperator<T> events = env.fromSource(source, watermarks, uid)
                .uid(uid)
                .process(new Sort<T>())
                .returns(type)
                .uid("sort-" + topic.name())
                .name("sort-" + topic.name());
        return new Read<>(events, events.getSideOutput(UNREADABLE));
    }

    /** Without state: where the job last was. Of a compacted topic all that it holds is true now, and must be known. */
    private static OffsetsInitializer begin(Topic<?> topic) {
        return topic.compacted()
                ? OffsetsInitializer.earliest()
                : OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
    }

    /**
     * Writes a stream to its topic, at least once. Events that no record can hold come back as dead letters, for {@link
     * #writeLetters}.
     */
    public static <T> DataStream<DeadLetter> write(DataStream<T> events, KafkaSettings kafka, Topic<T> topic) {
        SingleOutputStreamOperator<EncodedRecord> records = events.process(new EventEncoder<>(topic));
        send(records, kafka, topic);
        return records.getSideOutput(EventEncoder.TOO_LARGE);
    }

    /** Writes dead letters, at least once. One that no record can hold is cut, and says so. */
    public static void writeLetters(DataStream<DeadLetter> letters, KafkaSettings kafka) {
        send(letters.process(new LetterEncoder()), kafka, Topic.DEAD_LETTER);
    }

    private static void send(SingleOutputStreamOperator<EncodedRecord> records, KafkaSettings kafka, Topic<?> topic) {
        Properties producer = new Properties();
        producer.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // Records of one batch share its price, here and at the broker; nobody who is on call sees the wait.
        producer.setProperty(ProducerConfig.LINGER_MS_CONFIG, "50");
        producer.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(RecordSizes.limit(topic)));
        String name = topic.name();
        records.returns(EncodedRecord.class)
                .uid("encode-" + name)
                .name("encode-" + name)
                .sinkTo(KafkaSink.<EncodedRecord>builder()
                        .setBootstrapServers(kafka.bootstrap())
                        .setRecordSerializer(
                                (record, context, time) -> new ProducerRecord<>(name, record.key(), record.value()))
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setKafkaProducerConfig(producer)
                        .build())
                .uid("write-" + name)
                .name("write-" + name);
    }

    private static final class Sort<T> extends ProcessFunction<Either<DeadLetter, T>, T> {

        private static final long serialVersionUID = 1;

        private transient Counter unreadable;
        private transient Counter tooLarge;
        private transient Counter malformed;

        @Override
        public void open(OpenContext context) {
            unreadable = getRuntimeContext().getMetricGroup().counter("unreadableRecords");
            tooLarge = getRuntimeContext().getMetricGroup().counter("tooLargeRecords");
            malformed = getRuntimeContext().getMetricGroup().counter("malformedRecords");
        }

        @Override
        public void processElement(Either<DeadLetter, T> record, Context context, Collector<T> out) {
            if (record.isRight()) {
                out.collect(record.right());
            } else {
                switch (record.left().reason()) {
                    case EventReader.TOO_LARGE -> tooLarge.inc();
                    case EventReader.MALFORMED -> malformed.inc();
                    default -> unreadable.inc();
                }
                context.output(UNREADABLE, record.left());
            }
        }
    }
}
