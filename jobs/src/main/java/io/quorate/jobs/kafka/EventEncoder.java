package io.quorate.jobs.kafka;

import io.quorate.events.DeadLetter;
import io.quorate.events.codec.EventCodec;
import io.quorate.events.codec.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Events as records of their topic, keyed as the topic says, so that all of one cluster lies in one partition. One that the
 * producer would refuse becomes a dead letter, whole: there it would fail the job again at every restart.
 */
final class EventEncoder<T> extends ProcessFunction<T, EncodedRecord> {

    static final OutputTag<DeadLetter> TOO_LARGE = new OutputTag<>("too-large") {};

    private static final long serialVersionUID = 1;

    private final Topic<T> topic;
    private final EventCodec<T> codec;
    private transient Counter tooLarge;

    EventEncoder(Topic<T> topic) {
        this.topic = topic;
        this.codec = new EventCodec<>(topic.type());
    }

    @Override
    public void open(OpenContext context) {
        tooLarge = getRuntimeContext().getMetricGroup().counter("tooLargeEvents");
    }

    @Override
    public void processElement(T event, Context context, Collector<EncodedRecord> out) {
        String key = topic.key().apply(event);
        EncodedRecord record =
                new EncodedRecord(key == null ? null : key.getBytes(StandardCharsets.UTF_8), codec.encode(event));
        if (record.size() <= RecordSizes.mostPayload(topic)) {
            out.collect(record);
        } else {
            tooLarge.inc();
            context.output(TOO_LARGE, letter(event, key, record));
        }
    }

    private DeadLetter letter(T event, @Nullable String key, EncodedRecord record) {
        return new DeadLetter(
                topic.name(),
                EventReader.TOO_LARGE,
                "a record of " + record.size() + " bytes, expected at most " + RecordSizes.mostPayload(topic)
                        + "; it was not written, look in it for what has grown, such as the series of one member",
                key,
                new String(record.value(), StandardCharsets.UTF_8),
                topic.time().apply(event));
    }
}
