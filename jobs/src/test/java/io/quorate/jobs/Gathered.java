package io.quorate.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** What a stream of a job that runs in this JVM brought so far, however large. */
public final class Gathered<T> {

    private static final Map<String, List<Object>> EVENTS = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> STARTS = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();

    private Gathered() {
        EVENTS.put(id, new CopyOnWriteArrayList<>());
        STARTS.put(id, new AtomicInteger());
    }

    /** Gathers from now on. */
    public static <T> Gathered<T> from(DataStream<T> stream) {
        Gathered<T> gathered = new Gathered<>();
        stream.map(new Gathering<T>(gathered.id))
                .returns(stream.getType())
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>());
        return gathered;
    }

    @SuppressWarnings("unchecked")
    public List<T> soFar() {
        return (List<T>) new ArrayList<>(EVENTS.get(id));
    }

    /** How often the job began: more than once when it failed. */
    public int starts() {
        return STARTS.get(id).get();
    }

    private static final class Gathering<T> extends RichMapFunction<T, T> {

        private final String id;

        private Gathering(String id) {
            this.id = id;
        }

        @Override
        public void open(OpenContext context) {
            STARTS.get(id).incrementAndGet();
        }

        @Override
        public T map(T event) {
            EVENTS.get(id).add(event);
            return event;
        }
    }
}
