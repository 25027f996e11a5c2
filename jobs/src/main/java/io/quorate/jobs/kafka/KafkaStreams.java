package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.Topic;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.SerializableTimestampAssigner;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Topics as streams of events, and streams of events as topics. */
public final class KafkaStreams {

    /** In bytes; a member's scrape is some tens of thousands. */
    static final int LARGEST_RECORD = 8 << 20;

    private static final OutputTag<DeadLetter> UNREADABLE = new OutputTag<>("unreadable") {};

    private KafkaStreams() {}

    /**
     * A topic, read.
     *
     * @param events with event time and watermarks per partition
     * @param unreadable records that are not the topic's event
     */
    public record Read<T>(DataStream<T> events, DataStream<DeadLetter> unreadable) {}

    /**
     * Reads a topic from where this job last was, or from its beginning.
     *
     * @param disorder how far apart in event time neighbours in one partition may be
     */
    public static <T> Read<T> read(
            StreamExecutionEnvironment env, KafkaSettings kafka, Topic<T> topic, String job, Duration disorder) {
        SerializableTimestampAssigner<Either<DeadLetter, T>> time = (record, kafkaTime) -> record.isRight()
                ? topic.time().apply(record.right()).toEpochMilli()
                // What cannot be read must not move the stream's time.
                : Long.MIN_VALUE;
        return read(
                env,
                kafka,
                topic,
                job,
                WatermarkStrategy.<Either<DeadLetter, T>>forBoundedOutOfOrderness(disorder)
                        .withTimestampAssigner(time)
                        .withIdleness(kafka.idleAfter()));
    }

    /** Reads a topic whose events come seldom, and must not hold back the time of those they are joined with. */
    public static <T> Read<T> readTimeless(
            StreamExecutionEnvironment env, KafkaSettings kafka, Topic<T> topic, String job) {
        return read(env, kafka, topic, job, WatermarkStrategy.forGenerator(context -> new Timeless<>()));
    }

    private static <T> Read<T> read(
            StreamExecutionEnvironment env,
            KafkaSettings kafka,
            Topic<T> topic,
            String job,
            WatermarkStrategy<Either<DeadLetter, T>> watermarks) {
        TypeInformation<T> type = TypeInformation.of(topic.type());
        KafkaSource<Either<DeadLetter, T>> source = KafkaSource.<Either<DeadLetter, T>>builder()
                .setBootstrapServers(kafka.bootstrap())
                .setTopics(topic.name())
                .setGroupId("quorate-" + job)
                .setClientIdPrefix("quorate-" + job + '-' + topic.name())
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST))
                .setDeserializer(
                        new EventReader<>(topic, new EitherTypeInfo<>(TypeInformation.of(DeadLetter.class), type)))
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

    /** Writes a stream to its topic, at least once. */
    public static <T> void write(DataStream<T> events, KafkaSettings kafka, Topic<T> topic) {
        Properties producer = new Properties();
        producer.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        producer.setProperty(ProducerConfig.LINGER_MS_CONFIG, "5");
        producer.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LARGEST_RECORD));
        String uid = "write-" + topic.name();
        events.sinkTo(KafkaSink.<T>builder()
                        .setBootstrapServers(kafka.bootstrap())
                        .setRecordSerializer(new EventWriter<>(topic))
                        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                        .setKafkaProducerConfig(producer)
                        .build())
                .uid(uid)
                .name(uid);
    }

    /** Idle from the start, whatever comes. */
    private static final class Timeless<T> implements WatermarkGenerator<T> {

        @Override
        public void onEvent(T event, long time, WatermarkOutput output) {
            output.markIdle();
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }

    private static final class Sort<T> extends ProcessFunction<Either<DeadLetter, T>, T> {

        private static final long serialVersionUID = 1;

        @Override
        public void processElement(Either<DeadLetter, T> record, Context context, Collector<T> out) {
            if (record.isRight()) {
                out.collect(record.right());
            } else {
                context.output(UNREADABLE, record.left());
            }
        }
    }
}
